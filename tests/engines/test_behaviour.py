"""Members of another kind: plain ones under another name are plain, mistakes are named, any worker finds the same."""

import gc
import os
import random
import subprocess
import sys
import tracemalloc
from collections import deque
from pathlib import Path

import numpy as np
import pytest
from councils import a_case, watching, watching_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.agents import Council, Member, MemberError, tally
from sim.engines.meetings import meet
from sim.engines.simulate import simulate
from sim.scenario.load import load
from sim.study import behaviour
from sim.study.behaviour import played

SEED = 2023
ROOT = Path(__file__).parents[2]
SCENARIO = """
title    = "Two texts before four"
question = "q"
sources  = ["s"]

[drivers]
benefits = ["gain"]
costs    = ["loss"]

[council]
members = [
  { id = "A", gain = 0.9, loss = 0.1 }, { id = "B", gain = 0.6, loss = 0.5 },
  { id = "C", gain = 0.4, loss = 0.6 }, { id = "D", gain = 0.2, loss = 0.8 },
]

[weights]
size = 3.0

[[proposal]]
name = "First"

[[proposal]]
name   = "Second"
appeal = 0.5

[procedure]
rounds         = 3
objection_cost = 0.3
isolation      = 1.0
fatigue        = 0.2
payment        = { value = 0.5, members = 1 }

[interaction]
heed = 0.5
hide = 0.5
ties = [{ from = "B", to = "D", weight = 2.0 }, { from = "B", to = "A", weight = 1.0 }]

[compare]
rules = ["majority"]

[run]
replicates = 60
seed       = 4
"""


class Same(Member):
    """A plain member under another name."""


class Moody(Member):
    """It draws a number of its own, and remembers what happened on the texts before."""

    def cost(self):
        return super().cost() * (0.5 + self.chance(f"mood {self.model.round}")) / (1 + len(self.past))


def same(one, other):
    return all(np.array_equal(counts, vars(other)[name]) for name, counts in vars(one).items())


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("behaviour") / "two.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return load(str(path))


# -- plain members under another name ---------------------------------------------------------------------------------


@settings(max_examples=60)
@given(watching_cases(sizes=st.integers(1, 12)), st.integers(0, 99), st.data())
def test_a_subclass_that_replaces_nothing_counts_what_simulate_counts(case, start, data):
    some = data.draw(st.sets(st.sampled_from(case.council.ids)))
    expected = simulate(case, 8, SEED, start=start, blame=True)
    for member in (Same, dict.fromkeys(some, Same)):
        assert same(tally(case, 8, SEED, start=start, member=member), expected)


@settings(max_examples=30)
@given(watching_cases(sizes=st.integers(2, 9)), st.integers(0, 99))
def test_so_it_does_text_by_text_and_differs_from_nobody(case, start):
    other = case.but(isolation=1.5, rounds=3)
    for paired, each in zip(meet([case, other], 6, SEED, Same, start=start), (case, other), strict=True):
        assert (paired.gained, paired.lost) == (0, 0)
        assert same(paired.tally, simulate(each, 6, SEED, start=start, blame=True))


def test_a_difference_is_that_of_the_replicates_that_change():
    case = a_case(7, 6, "consensus", 3, {"payment"})
    [paired] = meet([case], 40, SEED, Moody)
    mine = [Council(case, r, SEED, Moody).play().outcome.startswith("adopted") for r in range(40)]
    plain = [Council(case, r, SEED).play().outcome.startswith("adopted") for r in range(40)]
    assert paired.gained == sum(now and not before for now, before in zip(mine, plain, strict=True)) > 0
    assert paired.lost == sum(before and not now for now, before in zip(mine, plain, strict=True)) > 0
    assert paired.tally.adopted_any == sum(mine)


@settings(max_examples=30)
@given(watching_cases(sizes=st.integers(2, 9)), st.integers(0, 99), st.integers(0, 9))
def test_who_is_asked_first_decides_nothing_for_them_either(case, replicate, order):
    one, other = (Council(case, replicate, SEED, Moody, rng=each).play() for each in (None, order))
    assert one.decided[0].course == other.decided[0].course


# -- mistakes are named -----------------------------------------------------------------------------------------------


def a_room():
    """Six members that listen to each other, and several rounds with offers."""
    offers = {"payment_value": 0.5, "payment_members": 2}
    case = watching(a_case(12, 6, "consensus", 5, {"payment", "opt-out"}), 3)
    return case.but(rounds=4, ties=np.ones((6, 6)) - np.eye(6), **offers)


CASE = a_room()
ANSWERS = {
    "receive": [True, 0.5, "object", [1]],
    "supports": [None, 1, 0.5, "yes", float("nan"), np.ones(2), [True]],
    "observe": [None, True, "all", 1.5, -0.5, float("nan"), float("inf"), 10**400, 1j, np.ones(2), [0.5]],
    "cost": [None, True, "dear", float("nan"), float("-inf"), 10**400, 1j, np.ones(2), [0.5]],
    "decide": [None, True, 0, float("nan"), "veto", "Object", b"object", ["object"]],
    "speak": [None, 1, 0.5, "aloud", float("nan"), np.zeros(1, bool)],
    "accepts": [None, 0, 0.5, "gladly", float("nan"), np.zeros(1, bool)],
}


def caught(member, match, replicates=30):
    """The mistake is named, with one text as with two."""
    for texts in (1, 2):
        with pytest.raises(MemberError, match=match):
            meet([a_room()] * texts, replicates, SEED, member)


def bad(**methods):
    return type("Bad", (Member,), methods)


@pytest.mark.parametrize("method", ANSWERS)
def test_a_method_that_raises(method):
    def raises(self, *given):
        return {}["autonmy"]

    caught(bad(**{method: raises}), rf"^Bad\.{method} of M\d in .*replicate \d+, 'Text 5' raised KeyError: 'autonmy'$")


@pytest.mark.parametrize(("method", "answer"), [(method, each) for method, many in ANSWERS.items() for each in many])
def test_an_answer_that_is_none(method, answer):
    caught(bad(**{method: lambda self, *given: answer}), rf"^Bad\.{method} of M\d in .*(answered|OverflowError)")


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("supports", np.True_),
        ("observe", np.float64(0.5)),
        ("observe", 1),
        ("cost", np.float32(1.5)),
        ("cost", -2),
        ("decide", np.str_("acquiesce")),
        ("speak", np.False_),
        ("accepts", np.True_),
    ],
)
def test_numbers_of_numpys_and_whole_ones_are_answers(method, answer):
    assert meet([CASE], 3, SEED, bad(**{method: lambda self, *given: answer}))[0].tally.replicates == 3


def neighbour(self):
    return self.model.members[(self.seat + 1) % len(self.model.members)]


CHANGES = {
    "an attribute of another": (lambda self: setattr(neighbour(self), "taste", 0.9), "changes taste of M"),
    "a new attribute of another": (lambda self: setattr(neighbour(self), "mark", 1), "changes mark of M"),
    "all others, by Mesa": (lambda self: self.model.agents.set("taste", 0.9), "changes taste of M"),
    "what the council holds": (lambda self: setattr(self.model, "supporters", 3), "changes supporters of the council"),
    "what it may hold": (lambda self: setattr(self.model, "mark", 3), "changes mark of the council"),
    "the case": (lambda self: setattr(self.model, "case", CASE.but(rounds=2)), "changes case of the council"),
    "the procedure": (lambda self: setattr(self.model.case.procedure, "rounds", 2), "raised FrozenInstanceError"),
    "the round": (lambda self: self.model.step(), "of the council"),
    "the replicate": (lambda self: self.model.convene(3), "of the council"),
    "who sits there": (lambda self: neighbour(self).remove(), "changes who sits in the council: M. leaves"),
    "who sits there, itself": (lambda self: self.remove(), "changes who sits in the council"),
    "an attribute of another, gone": (
        lambda self: delattr(neighbour(self), "stance"),
        "changes stance; the council writes",
    ),
    "its stance": (lambda self: setattr(self, "stance", "object"), "changes stance; the council writes that down"),
    "its past": (lambda self: setattr(self, "past", 5), "changes past; the council writes that down"),
    "who sits there, one more": (lambda self: Member(self.model, 0), "a member may change nothing but itself"),
}
ARRAYS = {
    "traits": lambda self: self.model.case.council.traits.__setitem__((0, 0), 0.5),
    "stakes": lambda self: self.model.case.council.stake.__setitem__(0, 0.5),
    "weights": lambda self: self.model.case.weights.__setitem__(0, 0.5),
    "loadings": lambda self: self.model.case.proposal.loadings.__setitem__(0, 0.5),
    "votes": lambda self: self.model.case.council.weights.update(votes=1),
    "the rule": lambda self: self.model.case.rule.criteria[0].weights.__setitem__(0, 5),
    "the ties of all": lambda self: self.model.case.interaction.ties.__setitem__((0, 1), 0.5),
    "its ties": lambda self: self.ties.__setitem__(0, 0.5),
    "values": lambda self: self.model.text.values.__setitem__(0, 0.5),
    "thresholds": lambda self: self.model.text.not_support.__setitem__(0, 0.5),
    "draws": lambda self: self.model.text.drawn[0].__setitem__(0, 0.5),
    "who looks up": lambda self: self.model.text.looks_up.__setitem__(0, 0.5),
    "rounds": lambda self: self.model.rounds.clear(),
    "the traits of another": lambda self: neighbour(self).traits.update(gain=1.0),
    "whether the program runs": lambda self: sys.exit(1),
    "all others, by asking": lambda self: self.model.agents.shuffle_do("receive"),
}


def changing(change):
    """A member that changes something as it decides."""

    def decide(self):
        change(self)
        return Member.decide(self)

    return bad(decide=decide)


@pytest.mark.parametrize("what", CHANGES)
def test_a_member_that_changes_more_than_itself(what):
    change, said = CHANGES[what]
    caught(changing(change), rf"^Bad\.decide of M\d in round \d of replicate \d+, 'Text 5' .*{said}")


@pytest.mark.parametrize("what", ARRAYS)
def test_what_all_read_cannot_be_written(what):
    caught(changing(ARRAYS[what]), r"^Bad\.decide of M\d in round \d of replicate \d+, 'Text 5' ")


@pytest.mark.parametrize("method", ["receive", "supports", "observe", "cost", "speak", "accepts"])
def test_it_may_not_in_any_method(method):
    def changes(self, *given):
        self.model.supporters = 0

    caught(bad(**{method: changes}), rf"^Bad\.{method} of M\d in .* changes supporters of the council; a member may")


def set_up(before=lambda self, model: None, after=lambda self, model: None):
    def init(self, model, seat):
        before(self, model)
        Member.__init__(self, model, seat)
        after(self, model)

    return bad(__init__=init)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (set_up(lambda self, model: 1 / 0), r"raised ZeroDivisionError"),
        (set_up(after=lambda self, model: 1 / 0), r"raised ZeroDivisionError"),
        (bad(__init__=lambda self, model: None), r"raised TypeError"),
        (set_up(after=lambda self, model: setattr(model, "mark", 1)), r"changes mark of the council"),
        (set_up(after=lambda self, model: setattr(model.agents[0], "mark", self.seat)), r"changes mark of M0"),
    ],
)
def test_a_member_that_fails_as_it_is_made(member, said):
    caught(member, rf"^Bad\.__init__.* {said}")


def test_a_member_that_forgets_to_call_its_class():
    caught(bad(__init__=lambda self, model, seat: None), r"^Bad\.receive raised AttributeError: .*'model'")


SHARED = {
    "a list": ([], lambda kind: kind.heard.append(1)),
    "a set": (set(), lambda kind: kind.heard.add(len(kind.heard))),
    "a queue": (deque(), lambda kind: kind.heard.append(1)),
    "a table of lists": ({"all": []}, lambda kind: kind.heard["all"].append(1)),
    "an array": (np.zeros(3), lambda kind: kind.heard.__iadd__(1)),
    "a number": (0, lambda kind: setattr(kind, "heard", kind.heard + 1)),
    "a new attribute": (0, lambda kind: setattr(kind, "said", 1)),
    "a method": (0, lambda kind: setattr(kind, "accepts", lambda self, offer: True)),
}


@pytest.mark.parametrize("what", SHARED)
def test_what_all_share_through_their_class_must_stay(what):
    heard, change = SHARED[what]

    class Gossip(Member):
        """It tells all of its kind."""

        def decide(self):
            change(type(self))
            return super().decide()

    Gossip.heard = heard
    with pytest.raises(MemberError, match=r"Gossip\.(heard|said|accepts) was changed by a member"):
        meet([CASE], 30, SEED, Gossip)


def test_and_so_must_the_plain_members_class():
    with pytest.raises(MemberError, match=r"^Member\.mark was changed by a member"):
        meet([CASE], 30, SEED, changing(lambda self: setattr(Member, "mark", 1)))
    del Member.mark


def test_a_class_may_hold_whatever_stays_as_it_was():
    class Scholar(Member):
        """It has tables, of all kinds."""

        tables = {"a": np.array([0.0, np.nan]), "b": [object(), {1, 2}, (3, [4])]}  # noqa: RUF012
        history = deque([np.arange(3)])  # noqa: RUF012

    assert same(meet([CASE], 5, SEED, Scholar)[0].tally, meet([CASE], 5, SEED, Same)[0].tally)


CALLS = [0]


def counted_calls():
    CALLS[0] += 1
    return CALLS[0]


OUTSIDE = {
    "random.random": lambda self: random.random() < 0.5,
    "numpy.random": lambda self: np.random.default_rng().random() < 0.5,
    "Mesa's random": lambda self: self.random.random() < 0.5,
    "Mesa's rng": lambda self: self.rng.random() < 0.5,
    "a counter": lambda self: counted_calls() % 3 == 0,
    "a counter, much later": lambda self: counted_calls() > 100,
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_what_does_not_come_out_alike_when_it_is_played_again(what):
    CALLS[0] = 0
    erratic = bad(decide=lambda self: "object" if OUTSIDE[what](self) else "acquiesce")
    with pytest.raises(MemberError, match=r"^Bad: replicate \d came out otherwise when it was played again"):
        meet([CASE], 30, SEED, erratic)


def test_a_plain_member_beside_it_is_not_blamed():
    with pytest.raises(MemberError, match=r"^Bad\.decide of M3 in round 0 of replicate 0"):
        meet([CASE], 5, SEED, {"M3": bad(decide=lambda self: None), "M4": Same})


def test_what_is_no_member_is_refused():
    for member in ({"M9": Same}, dict, Same(Council(CASE, 0, SEED), 0), {"M1": int}):
        with pytest.raises(ValueError, match=r"is no (member of this council|subclass of Member)$"):
            Council(CASE, 0, SEED, member)


# -- any worker, any block, from anywhere -----------------------------------------------------------------------------


def test_blocks_of_any_size_find_the_same(scenario, monkeypatch):
    whole = played(scenario, Moody)
    for size in (7, 60):
        monkeypatch.setattr(behaviour, "BLOCK", size)
        assert played(scenario, Moody).to_json() == whole.to_json()


def test_two_workers_find_the_same_also_for_a_class_of_a_notebook(scenario, monkeypatch):
    monkeypatch.setattr(behaviour, "BLOCK", 20)
    cell = "class Odd(Member):\n    def decide(self):\n        return KINDS[self.chance('kind') < 0.3]"
    notebook = {"__name__": "a notebook", "Member": Member, "KINDS": ("acquiesce", "object")}
    exec(cell, notebook)
    for member in (notebook["Odd"], {"B": notebook["Odd"], "D": Moody}):
        one, two = (played(scenario, member, rules=False, workers=workers) for workers in (1, 2))
        assert one.to_json() == two.to_json()
        assert one.proposals[0].differences[0].difference != 0


def test_from_a_script(tmp_path):
    (tmp_path / "two.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "script.py").write_text(
        "from sim.engines.agents import Member, MemberError\n"
        "from sim.scenario.load import load\n"
        "from sim.study import behaviour\n\n"
        "class Script(Member):\n"
        "    def decide(self):\n"
        "        return 'object' if self.chance('x') < 0.3 else super().decide()\n\n"
        "class Wrong(Member):\n"
        "    def decide(self):\n"
        "        return None\n\n"
        "if __name__ == '__main__':\n"
        "    behaviour.BLOCK = 20\n"
        "    two = load('two.toml')\n"
        "    one, other = (behaviour.played(two, Script, workers=n) for n in (1, 2))\n"
        "    assert one.to_json() == other.to_json()\n"
        "    try:\n"
        "        behaviour.played(two, Wrong, workers=2)\n"
        "    except MemberError as wrong:\n"
        "        print(one.behaviour, wrong)\n",
        encoding="utf-8",
    )
    ran = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Script Wrong.decide of ")


def test_a_class_that_cannot_be_sent_says_so(scenario):
    member = bad(lock=(each for each in ()))
    with pytest.raises(MemberError, match=r"^Bad cannot be sent to other processes .*; workers=1 needs none$"):
        played(scenario, member, workers=2)


def test_memory_stays_flat():
    council = Council(CASE, 0, SEED, Moody, collect=False)

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
