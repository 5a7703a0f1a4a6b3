"""agents against simulate and against plain loops, replicate by replicate; and the use of it with Mesa's own tools."""

import gc
import os
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import mesa
import numpy as np
import pytest
from councils import EQUAL, INSTRUMENTS, UNEQUAL, a_case, cases, plain_case, watching_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from scalar import tell

from sim.engines.agents import Council, Member, tally
from sim.engines.simulate import Chance, simulate, trace
from sim.model.process import OUTCOMES
from sim.model.stances import value

SEED = 2023
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "step-agents.md"


def stances_by_round(council):
    """Everybody's stance in each round, from the DataCollector, in council order."""
    frame = council.datacollector.get_agent_vars_dataframe().reset_index().sort_values(["Step", "AgentID"])
    return [list(stances) for _, stances in frame.groupby("Step")["stance"]]


def names(case, seats):
    return tuple(case.council.ids[seat] for seat in sorted(seats))


def told(council):
    """What a council that has played to its end did, as the story told by plain loops."""
    return council.outcome, council.round, stances_by_round(council), council.hold_outs, council.won


def expected(case, replicate):
    draws = Chance(case, SEED).draws(replicate, 1)
    chance = (each[0].tolist() for each in (draws.taste, draws.notice))
    story = tell(case, *chance, float(draws.agenda[0]), draws.secret[0].tolist())
    return story.outcome, story.last, story.stances, names(case, story.hold_outs), names(case, story.won)


def same(one, other):
    return all(np.array_equal(counts, vars(other)[name]) for name, counts in vars(one).items())


def a_late_case(size=9, **procedure):
    """A case that often goes on for several rounds."""
    patient = {"rounds": 5, "withdrawal_hazard": 0.1, "fatigue": 0.3} | procedure
    return a_case(12, size, "consensus", 5, set()).but(**patient)


def late(case):
    """A replicate of at least three rounds."""
    return next(r for r in range(500) if len(trace(case, r, SEED)[2]) >= 3)


# -- replicate r as agents is replicate r of the batch ----------------------------------------------------------------


ANY = st.one_of(cases(), watching_cases())


@settings(max_examples=80)
@given(ANY, st.integers(0, 10**6))
def test_every_replicate_is_that_of_the_batch(case, start):
    council = Council(case, start, SEED)
    for replicate in range(start, start + 3):
        council.convene(replicate).play()
        rounds = trace(case, replicate, SEED)[2]
        assert len(council.rounds) == len(rounds)
        for mine, batch in zip(council.rounds, rounds, strict=True):
            assert (mine.number, mine.outcome.tolist()) == (batch.number, batch.outcome.tolist())
            assert np.array_equal(mine.objects, batch.objects)
            assert np.array_equal(mine.open, batch.open)
            assert np.array_equal(mine.won, batch.won)
        assert (council.outcome, council.round) == (OUTCOMES[rounds[-1].outcome[0]], rounds[-1].number)


@settings(max_examples=100)
@given(ANY, st.integers(0, 10**6))
def test_every_replicate_is_the_one_that_plain_loops_find(case, replicate):
    assert told(Council(case, replicate, SEED).play()) == expected(case, replicate)


def test_every_rule_and_every_outcome_also_late_and_with_members_won_over():
    met = Counter()
    for seed in range(200):
        name = (EQUAL + UNEQUAL)[seed % len(EQUAL + UNEQUAL)]
        some = {each for k, each in enumerate(INSTRUMENTS) if (seed * 37 >> k) & 1}
        case = a_case(seed, 1 + seed * 7 % 23, name, 1 + seed % 6, some)
        council = Council(case, 0, SEED)
        for replicate in range(6):
            council.convene(replicate).play()
            assert (council.outcome, council.round, council.hold_outs) == _end(case, replicate)
            met[council.outcome] += 1
            met[name, council.outcome.startswith("adopted")] += 1
            met["late", council.outcome] += council.round >= 1
            met["won over"] += len(council.won) >= 2
    wanted = [*OUTCOMES, *((name, passed) for name in EQUAL + UNEQUAL for passed in (True, False)), "won over"]
    wanted += [("late", outcome) for outcome in OUTCOMES]
    assert {each: met[each] for each in wanted if met[each] < 2} == {}


def _end(case, replicate):
    outcome, last, _, hold_outs, _ = expected(case, replicate)
    return outcome, last, hold_outs


@settings(max_examples=80)
@given(ANY, st.integers(0, 99), st.booleans())
def test_a_tally_counts_what_simulate_counts(case, start, blame):
    assert same(tally(case, 12, SEED, start=start, blame=blame), simulate(case, 12, SEED, start=start, blame=blame))


def test_convening_again_is_the_same_as_a_new_council():
    case = a_late_case()
    council = Council(case, 77, SEED).play()
    for replicate in (5, 3, 3, 4, 2**40):
        mine, fresh = council.convene(replicate).play(), Council(case, replicate, SEED).play()
        assert (mine.outcome, mine.round, mine.won) == (fresh.outcome, fresh.round, fresh.won)
        assert stances_by_round(mine) == stances_by_round(fresh)


# -- who is asked first decides nothing -------------------------------------------------------------------------------


@settings(max_examples=60)
@given(watching_cases(sizes=st.integers(2, 12)), st.integers(0, 999), st.randoms(use_true_random=False))
def test_members_visited_in_any_order_end_alike(case, replicate, order):
    council = Council(case, replicate, SEED)
    council.random.seed(order.random())
    assert told(council.play()) == expected(case, replicate)


# -- looking into it --------------------------------------------------------------------------------------------------


def test_three_lines_in_a_notebook():
    case = a_late_case()
    council = Council(case, replicate=3, seed=2023)
    assert council.play().outcome == expected(case, 3)[0]


def test_a_member_knows_itself():
    case = a_case(4, 7, "security-council", 3, set(INSTRUMENTS))
    council = Council(case, 9, SEED)
    draws = Chance(case, SEED).draws(9, 1)
    members = list(council.agents)
    assert tuple(members) == council.members
    assert [member.id for member in members] == list(case.council.ids)
    assert [member.name for member in members] == list(case.council.names)
    for column in ("stake", "independence", "attention"):
        assert [getattr(member, column) for member in members] == getattr(case.council, column).tolist()
    assert [member.value for member in members] == value(case).tolist()
    assert [list(member.traits) for member in members] == [list(case.council.drivers.names)] * 7
    assert [list(member.traits.values()) for member in members] == case.council.traits.T.tolist()
    assert [member.taste for member in members] == draws.taste[0].tolist()
    assert [member.notice for member in members] == draws.notice[0].tolist()
    assert [member.stance for member in members] == [None] * 7
    assert council.supporters == sum(member.supports() for member in members)


def test_the_frames_tell_the_course_round_by_round():
    case = a_late_case(dilution_step=0.1, dilution_floor=0.5)
    council = Council(case, late(case), SEED).play()
    course = council.datacollector.get_model_vars_dataframe()
    stances = stances_by_round(council)
    assert list(course.columns) == ["text", "round", "supporters", "objectors", "spoke", "ambition", "outcome"]
    assert course["round"].tolist() == list(range(council.round + 1))
    assert council.round >= 2
    assert course["supporters"].tolist() == [each.count("support") for each in stances]
    assert course["objectors"].tolist() == [each.count("object") for each in stances]
    assert course["ambition"].tolist() == case.ambition[: council.round + 1].tolist()
    assert course["outcome"].isna().tolist() == [True] * council.round + [False]
    assert course["outcome"].iloc[-1] == council.outcome
    frame = council.datacollector.get_agent_vars_dataframe()
    assert list(frame.columns) == ["id", "stance", "hidden"]
    assert frame.index.names == ["Step", "AgentID"]
    assert len(frame) == 9 * (council.round + 1)
    assert frame["id"].tolist() == list(case.council.ids) * (council.round + 1)
    assert sorted(set(frame.reset_index()["Step"])) == list(range(1, council.round + 2))


def test_between_rounds_the_council_shows_the_round_just_played():
    case = a_late_case()
    replicate = late(case)
    council = Council(case, replicate, SEED)
    assert (council.round, council.running, council.outcome, council.ambition) == (-1, True, None, 1.0)
    for t, stances in enumerate(expected(case, replicate)[2]):
        assert council.running
        assert council.hold_outs == ()
        council.step()
        assert council.round == t
        assert council.agents.get("stance") == stances
        assert len(council.agents.select(lambda member: member.stance == "object")) == council.objectors
    assert not council.running
    assert council.outcome is not None


def test_after_the_end_a_step_changes_nothing():
    council = Council(a_late_case(), 1, SEED).play()
    before = told(council)
    for _ in range(3):
        council.step()
    council.play()
    assert told(council) == before
    assert len(council.datacollector.get_model_vars_dataframe()) == council.round + 1


def test_mesas_own_loop_plays_it_too():
    case = a_late_case()
    council = Council(case, 2, SEED)
    council.run_model()
    assert told(council) == expected(case, 2)


def test_progress_is_told_after_each_replicate():
    done = []
    tally(plain_case(3), 4, SEED, start=10, progress=done.append)
    assert done == [1, 2, 3, 4]


def test_what_cannot_be_played_is_refused():
    with pytest.raises(ValueError, match=r"one case at a time.*\(3,\)"):
        Council(plain_case(2, fatigue=np.zeros(3)))
    with pytest.raises(ValueError, match="no replicate -1"):
        Council(plain_case(2), replicate=-1)
    with pytest.raises(ValueError, match="no replicates"):
        tally(plain_case(2), 0, SEED)


# -- living with Mesa -------------------------------------------------------------------------------------------------


def test_no_name_of_mesas_is_taken_but_step():
    class Model(mesa.Model):
        """A model with nothing of its own."""

    class Agent(mesa.Agent):
        """An agent with nothing of its own."""

    model, council = Model(rng=1), Council(plain_case(2), 0, SEED).play()
    agent, member = Agent(model), next(iter(council.agents))
    ours = (vars(council).keys() - vars(model).keys()) | (vars(Council).keys() - vars(Model).keys())
    assert {name for name in ours if hasattr(model, name) and not name.startswith("__")} == {"step", "deregister_agent"}
    ours = (vars(member).keys() - vars(agent).keys()) | (vars(Member).keys() - vars(Agent).keys())
    assert {name for name in ours if hasattr(agent, name) and not name.startswith("__")} == set()


def python(code, *options):
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    run = [sys.executable, *options, "-c", code]
    return subprocess.run(run, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False)


def test_nothing_warns():
    code = (
        "import mesa\n"  # warnings of Mesa's own import are errors too
        "from councils import a_case\n"
        "from sim.engines.agents import Council, tally\n"
        "case = a_case(5, 6, 'consensus', 4, {'payment', 'dilution', 'silence'})\n"
        "council = Council(case, 3, 2023).play()\n"
        "council.step(); council.convene(4).play()\n"
        "council.datacollector.get_model_vars_dataframe(); council.datacollector.get_agent_vars_dataframe()\n"
        "tally(case, 5, 2023)\n"
    )
    ran = python(code, "-W", "error")
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("missing", ["mesa", "networkx"])
def test_without_mesa_or_what_it_needs_the_import_says_what_to_install(missing):
    hide = f"import sys\nsys.modules[{missing!r}] = None\n"
    if missing != "mesa" and python(hide + "import mesa").returncode == 0:
        pytest.skip(f"this Mesa does without {missing}")
    ran = python(hide + "import sim.engines.agents")
    last = ran.stderr.strip().splitlines()[-1]
    assert ran.returncode == 1
    assert last.startswith("ImportError: agents need Mesa 3 (")
    assert f" {missing} " in last
    assert last.endswith("pip install 'mesa>=3.3,<4' networkx")


def test_the_package_and_the_other_engines_do_without_mesa():
    code = "import sys, sim, sim.engines.simulate, sim.engines.exact\nassert 'mesa' not in sys.modules"
    assert python(code).returncode == 0


def test_memory_stays_flat_over_hundreds_of_replicates():
    council = Council(a_late_case(31), 0, SEED)

    def use(replicates):
        for replicate in replicates:
            council.convene(replicate).play()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before, after = use(range(100)), use(range(100, 400))
    finally:
        tracemalloc.stop()
    assert after - before < 50_000


def test_the_page_runs_as_printed(capsys):
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    names_so_far = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names_so_far)
    assert "round 0" in capsys.readouterr().out
