"""The council in Mesa's own SolaraViz. How to install and start it: docs/how-to/see-it-in-solara.md."""

import solara
from mesa.visualization import Slider, SolaraViz, make_plot_component

from sim.engines.agents import Council
from sim.scenario.load import load

SCENARIO = load("tokyo-office-2023")
CASE = SCENARIO.questions[0].case
COLOURS = {"support": "#9ecae1", "acquiesce": "#d9d9d9", "object": "#d94801"}
SLIDERS = {
    "replicate": Slider("Replicate", 21, 0, 99, 1),
    "isolation": Slider("Isolation", CASE.procedure.isolation, 0.0, 8.0, 0.5),
    "hide": Slider("Hide", CASE.interaction.hide, 0.0, 1.0, 0.1),
}


class Watched(Council):
    """The same council, from what the sliders hold; SolaraViz makes a new one at each Reset."""

    def __init__(self, replicate: int, isolation: float, hide: float) -> None:
        super().__init__(CASE.but(isolation=isolation, hide=hide), replicate, SCENARIO.seed)


def members(council: Council) -> None:
    """Everybody, coloured by stance; who hides that it objects is only outlined."""
    with solara.Card(f"{len(council.members)} members"):
        for stance, colour in COLOURS.items():
            here = [each for each in council.members if each.stance == stance]
            solara.Text(f"{stance}: {len(here)}")
            with solara.Row(gap="4px", style={"flex-wrap": "wrap"}):
                for each in here:
                    solara.v.Chip(children=[each.name], color=colour, outlined=each.hidden, small=True)


def chronicle(council: Council) -> None:
    """What the council is, a line for each round, and how it ended."""
    isolation, hide = council.case.procedure.isolation, council.case.interaction.hide
    with solara.Card("Chronicle"), solara.Column(gap="0px"):
        solara.Text(f"Replicate {council.replicate}, isolation {isolation:g}, hide {hide:g}")
        for each in council.rounds:
            names = [member.name for member in council.members if each.objects[0, member.seat]]
            solara.Text(f"Round {each.number}: {', '.join(names) or 'nobody'} objecting")
        solara.Text(f"Outcome: {council.outcome or 'none yet'}")


def by_round(axes) -> None:
    """The plot's axes, from the first round to the last there may be."""
    axes.lines[0].set(marker="o")
    axes.set(xlim=(-0.5, CASE.procedure.rounds - 0.5), ylim=(0, None))
    axes.yaxis.get_major_locator().set_params(integer=True)


@solara.component
def Page() -> None:  # noqa: N802
    """What `solara run` looks for. The council is made in here, so that every visitor has one of their own."""
    council = solara.use_memo(lambda: Watched(**{name: each.value for name, each in SLIDERS.items()}), [])
    parts = [members, chronicle, make_plot_component("objectors", post_process=by_round)]
    SolaraViz(council, components=parts, model_params=SLIDERS, name=SCENARIO.title, play_interval=500)
