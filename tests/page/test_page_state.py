"""What a visitor changed, its address, its figures and its file, without a browser."""

import tomllib
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.answers.answer import answer
from sim.engines import exact
from sim.engines.simulate import simulate
from sim.scenario.complaints import BadInput
from sim.scenario.load import Setting, load
from sim.show.page import chronicle, figures, origins, places, replay, theme, told
from sim.show.page.changes import changes, saved, unchanged
from sim.show.page.desk import Desk
from sim.show.page.dials import dial, dials
from sim.show.page.state import State, read, spelt

OFFICE = "tokyo-office-2023"
DESK = Desk(OFFICE)


def pairs(query):
    return parse_qsl(query, keep_blank_values=True)


values = st.recursive(
    st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(
        lambda text: __import__("unicodedata").normalize("NFC", text)
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex("[a-z]{1,5}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["members.FRA.autonomy", "procedure.rule", 'members."A.B c".stake', "weights.size"]), values
    )
)
def test_a_link_reads_back_to_the_same_state(made):
    state = State(member="FRA", curve="weights.size", replicate=7, round=2, proposal=1)
    for key, value in made.items():
        state = state.put(key, value)
    assert read(pairs(state.query())) == state


def test_nothing_changed_is_a_bare_address():
    assert State().query() == ""
    assert State().put("a.b", 1).drop("a.b") == State()


@pytest.mark.parametrize(
    "text", ["majority", "", "true", "0.4", "a b", 'a"b', "\x7f", "inf", "nan", "a=b", "‮evil", "{x = 1}"]
)
def test_texts_stay_texts(text):
    assert read([("set", f"title={spelt(text)}")]).changes == (("title", text),)


HOSTILE = [
    ([("set", "members.FRA.autonomy=7")], "expected a number from 0 to 1"),
    ([("set", "members.XXX.autonomy=0.5")], "no member"),
    ([("set", 'procedure.rule="<script>alert(1)</script>"')], "no rule"),
    ([("set", "procedure.rle=majority")], "nearest is 'rule'"),
    ([("set", "nonsense")], "no assignment"),
    ([("set", "")], "expected"),
    ([("set", 'council.members="/etc/passwd"')], "no files"),
    ([("set", 'council={members="/etc/passwd"}')], "no files"),
    ([("set", 'interaction.ties="/etc/passwd"')], "no files"),
    ([("set", "weights.size=1e999")], "too large"),
    ([("set", "weights.size=nan")], "expected"),
    ([("set", "council.without=" + str([f"M{n}" for n in range(40)]).replace("'", '"'))], "no member"),
    ([("proposal", "9")], "no text"),
    ([("proposal", "-1")], "whole number"),
    ([("replicate", "1" * 40)], "whole number"),
    ([("round", "x")], "whole number"),
    ([("member", "<b>")], "no member"),
    ([("sett", "x")], "nearest is 'set'"),
    ([("set", f"weights.w{n}=1") for n in range(400)], "expected"),
    ([("set", "title=" + "x" * 40_000)], "too long"),
    ([("curve", "..")], "not a path"),
]


@pytest.mark.parametrize(("given_", "said"), HOSTILE, ids=lambda each: str(each)[:40])
def test_a_wrong_link_is_told_so(given_, said):
    with pytest.raises(BadInput) as wrong:
        DESK.opened(read(given_))
    text = wrong.value.text()
    assert said in text
    assert text.replace("\n", "").isprintable()


def test_the_figures_are_those_of_a_run():
    state = State().put("members.FRA.autonomy", 0.4).but(proposal=0)
    opened = DESK.opened(state)
    found = figures.blamed(opened, figures.answered(opened))
    run = answer(load(OFFICE, [Setting("members.FRA.autonomy", 0.4)])).proposals[0]
    assert found.outcomes == run.outcomes
    assert found.blame == run.blame
    assert found.rules == run.rules
    assert found.lone_hold_out == run.lone_hold_out


@pytest.mark.parametrize("scenario", ["security-council", "tokyo-room-2023"])
def test_simulated_figures_are_those_of_a_run_too(scenario):
    opened = Desk(scenario).opened(State())
    found, run = figures.answered(opened), answer(load(scenario, opened.limits)).proposals[0]
    assert (found.outcomes, found.rules, found.standard_error) == (run.outcomes, run.rules, run.standard_error)
    assert [each.final_hold_out for each in found.blame] == [each.final_hold_out for each in run.blame]


@pytest.mark.parametrize(
    "key", ["members.FRA.autonomy", "procedure.payment.value", "procedure.rounds", "weights.size", "proposal.0.appeal"]
)
def test_a_point_of_the_curve_is_a_run(key):
    opened = DESK.opened(State())
    moved = dial(opened, key)
    found = figures.curve(DESK, opened, moved)
    assert found.today == moved.at
    for n in (0, len(found.at) // 2, len(found.at) - 1):
        case = load(OFFICE, [Setting(key, moved.value(found.at[n]))]).questions[0].case
        assert float(exact.outcomes(case).adopted_any) == pytest.approx(found.adopted[n], abs=1e-12)
    assert not any(found.errors)


def test_a_simulated_curve_says_its_error():
    desk = Desk("security-council")
    opened = desk.opened(State())
    moved = next(each for each in dials(opened) if each.label.endswith("(cost)"))
    found = figures.curve(desk, opened, moved)
    case = load(desk.name, [Setting(moved.key, moved.value(found.at[3]))]).questions[0].case
    assert (
        found.adopted[3]
        == simulate(case, figures.CURVE_REPLICATES, opened.how.seed).adopted_any / figures.CURVE_REPLICATES
    )
    assert any(found.errors)


CHANGED = [
    State().put("members.FRA.autonomy", 0.4).put("procedure.rule", {"name": "consensus-minus", "k": 2}),
    State().put("council.without", ["FRA", "ALB"]).put("weights.autonomy", 5.5),
    State().put("procedure.rule", "double-majority").put("run.replicates", 2500),
    State().put("interaction.heed", 0.5).put("interaction.hide", 0.25).put("run.replicates", 2000),
    State().put("procedure.silence_hours", 24).put("run.replicates", 2000),
    State().put("proposal.1.procedure.payment.value", 2.0).put("proposal.0.loadings.venue", 0.3).but(proposal=1),
]


@pytest.mark.parametrize("state", CHANGED, ids=lambda state: state.changes[0][0])
def test_a_saved_scenario_runs_to_the_same_digits(state, tmp_path):
    opened = DESK.opened(state)
    path = tmp_path / "changed.toml"
    path.write_text(saved(DESK, opened), encoding="utf-8")
    found, run = figures.answered(opened), answer(load(str(path))).proposals[opened.place]
    assert (found.outcomes, found.rules) == (run.outcomes, run.rules)
    assert [each.object for each in found.blame] == [each.object for each in run.blame]


def test_a_saved_scenario_says_what_was_changed_and_forgets_what_was_observed_elsewhere():
    opened = DESK.opened(State().put("members.FRA.autonomy", 0.4))
    document = tomllib.loads(saved(DESK, opened))
    assert "members.FRA.autonomy: 0.993691, now 0.4" in document["notes"][-1]
    assert document["observed"] == []
    believed = tomllib.loads(saved(DESK, DESK.opened(State().put("weights.size", 6.0))))
    assert believed["observed"] == load(OFFICE).resolved["observed"]


def test_what_was_set_when_it_started_is_listed_and_stays():
    desk = Desk(OFFICE, (Setting("weights.size", 6.0),))
    opened = desk.opened(State().put("members.FRA.stake", 0.5))
    listed = {each.key: (each.before, each.now, bool(each.by)) for each in changes(desk, opened, unchanged(desk))}
    assert listed == {"weights.size": ("8.0", "6.0", True), "members.FRA.stake": ("0.9966", "0.5", False)}


def test_the_page_sets_limits_and_says_so():
    opened = DESK.opened(State().put("run.replicates", 10**9).put("run.engine", "agents"))
    assert opened.how.replicates == 10_000
    assert opened.how.engine == "simulate"
    assert {each.key for each in opened.limits} == {"run.replicates", "run.engine"}


def test_every_dial_sets_what_it_says():
    opened = DESK.opened(State())
    for each in dials(opened):
        assert each.low <= each.at <= each.high, each
        for position in (each.low, each.high):
            again = dial(DESK.opened(State().put(each.key, each.value(position))), each.key)
            assert again.at == pytest.approx(position), each


def test_colours_and_places_are_those_of_the_pictures():
    from sim.show.plots import style, tiles

    assert {name: look.face for name, look in style.STANCES.items()} == theme.STANCES
    assert {name: look.face for name, look in style.OUTCOMES.items()} == theme.OUTCOMES
    assert (style.INK, style.SOFT, style.FAINT, style.PAPER, style.BLUE) == (
        theme.INK,
        theme.SOFT,
        theme.FAINT,
        theme.PAPER,
        theme.BLUE,
    )
    for ids in (DESK.opened(State()).case.council.ids, ("A", "B", "C")):
        assert list(places.laid(ids).places) == tiles.plan(list(ids)).places


def test_the_replay_goes_both_ways():
    case = DESK.opened(State()).case
    found = replay.Replay(case, 21, 2023)
    assert [found.at(n).round for n in (2, 0, -1, 1, 99)] == [2, 0, -1, 1, 2]
    assert found.at(2).outcome == "adopted-with-opt-out"
    assert found.at(2).won == ("FRA",)
    assert "won over: France" in chronicle.headline(case, found, found.at(2))
    found.begin(3)
    assert found.at(99).outcome == "withdrawn"


@pytest.mark.parametrize("what", replay.MEMBERS[:4])
def test_the_search_finds_the_next(what):
    case = DESK.opened(State()).case
    france = case.council.ids.index("FRA")

    def happens(number):
        told_ = replay.Replay(case, number, 2023)
        end = told_.at(99)
        stances = [told_.at(n).stances[france] for n in range(end.round + 1)]
        return {
            "yields": "object" in stances and (stances[-1] != "object" or "FRA" in end.won),
            "holds out": "FRA" in end.hold_outs,
            "holds out alone": end.hold_outs == ("FRA",),
            "objects": "object" in stances,
        }[what]

    expected = next(n for n in range(5, 200) if happens(n))
    assert replay.search(case, 2023, replay.Wanted(what, france), 5, lambda: True) == expected


def test_a_search_can_be_called_off_and_can_find_nothing():
    case = DESK.opened(State()).case
    assert replay.search(case, 2023, replay.Wanted("blocked"), 0, lambda: False) is None
    assert replay.search(case, 2023, replay.Wanted("hides", 0), replay.LAST - 500, lambda: True) is None


def test_every_number_about_a_member_has_a_source():
    opened = DESK.opened(State(member="FRA"))
    rows = origins.rows(opened, origins.columns(opened))
    by_name = {row["id"]: row for row in rows}
    assert by_name["effective_autonomy"]["cells"][:2] == ["0.630", "0.131"]
    assert "autonomy" in by_name["effective_autonomy"]["lines"][0]
    assert all("not said" not in row["cells"][2] and row["cells"][4] != "not said" for row in rows)


def test_words_are_plain():
    opened = DESK.opened(State().put("proposal.0.name", "=1+1<script>"))
    text = figures.answered(opened)
    assert "<script>" in told.sentences(text, opened.how)[0]  # as text: whatever shows it must not take it for markup
