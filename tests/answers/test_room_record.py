"""What a result says of members that watch the room, against counting replicate by replicate."""

from math import sqrt
from types import SimpleNamespace

import numpy as np
import pytest

from sim.answers import room
from sim.answers.answer import answer
from sim.answers.answer import trace as told
from sim.answers.result import Result
from sim.cli import main
from sim.engines.simulate import trace
from sim.model.process import ADOPTIONS
from sim.scenario.load import Setting, load
from sim.show.room import changed, sentences

MANY = 400
WATCHING = {"run.replicates": MANY, "procedure.isolation": 1.0, "stake.base": 0.6, "interaction.hide": 0.6}


def scenario(**settings):
    chosen = WATCHING | {key.replace("__", "."): value for key, value in settings.items()}
    return load("tokyo-room-2023", [Setting(key, value, "--set") for key, value in chosen.items()])


@pytest.fixture(scope="module")
def found():
    read = scenario()
    return SimpleNamespace(case=read.questions[0].case, result=answer(read, pictures=True))


def ends(case):
    """The last round of each replicate, and whether the text was adopted."""
    for replicate in range(MANY):
        last = trace(case, replicate, 2023)[2][-1]
        yield last, last.outcome[0] < ADOPTIONS


def test_the_counts_of_hidden_and_open_hold_outs(found):
    size = found.case.council.size
    hidden, seen, lone, alone, each_ = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size), []
    for last, adopted in ends(found.case):
        objects, open_ = last.objects[0] & (not adopted), last.open[0] & (not adopted)
        hidden += objects & ~open_
        seen += open_
        lone += open_ & (open_.sum() == 1)
        alone += objects & (objects.sum() == 1)
        each_.append((objects & ~open_).sum())
    text = found.result.proposals[0]
    assert hidden.sum() > 20
    assert [member.hidden for member in text.blame] == (hidden / MANY).tolist()
    assert [member.open_hold_out for member in text.room.members] == (seen / MANY).tolist()
    assert [member.lone_open_hold_out for member in text.room.members] == (lone / MANY).tolist()
    assert text.room.lone_open_hold_out == pytest.approx(lone.sum() / MANY)
    assert text.room.hidden == pytest.approx(np.mean(each_))
    assert text.room.hidden_standard_error == pytest.approx(np.std(each_) / sqrt(MANY))
    for member, only, truly in zip(text.room.members, lone, alone, strict=True):
        assert member.alone == (truly / only if only else None)


@pytest.mark.parametrize("without", [{"heed": 0.0}, {"hide": 0.0}, {"heed": 0.0, "hide": 0.0}])
def test_the_differences_are_paired(found, without):
    here = np.array([adopted for _, adopted in ends(found.case)])
    there = np.array([adopted for _, adopted in ends(found.case.but(**without))])
    each = {each.made_by: each for each in found.result.proposals[0].differences}[" and ".join(without)]
    apart = here.astype(int) - there
    assert each.without == there.mean()
    assert each.difference == pytest.approx(apart.mean())
    assert each.standard_error == pytest.approx(apart.std() / sqrt(MANY))


def test_the_curve_is_what_runs_say(found):
    curve = found.result.proposals[0].room.heed_curve
    assert (curve.isolation, curve.hide, curve.stated) == ([0.5, 1.0, 2.0], [0.0, 0.6], 0.5)
    for k, isolation in enumerate(curve.isolation):
        for n in (0, 5, 10):
            run = answer(
                scenario(
                    procedure__isolation=isolation,
                    interaction__heed=curve.heed[n],
                    interaction__hide=0.6,
                    run__engine="simulate",
                )
            )
            assert run.proposals[0].adopted_any == curve.adopted_any[1][k][n]
            assert run.proposals[0].standard_error == pytest.approx(curve.standard_error[1][k][n])


def test_the_cascade_is_the_first_replicate_in_which_one_gives_in_after_another(found):
    shown = found.result.proposals[0].room.cascade
    case, ties = found.case, found.case.interaction.ties
    ids = case.council.ids

    def after(replicate):
        chronicle = told(case, replicate, 2023)
        objects = [{i for i, each in enumerate(stances) if each == "object"} for stances in chronicle.stances]
        open_ = [
            now - {ids.index(each) for each in hidden} for now, hidden in zip(objects, chronicle.hidden, strict=True)
        ]
        for t in range(1, len(objects)):
            for i in objects[t - 1] - objects[t]:
                heard = [
                    ids[j] for j in range(len(ids)) if t > 1 and j in open_[t - 2] - open_[t - 1] and ties[i, j] > 0
                ]
                yield ids[i], t, heard

    assert shown.gave_in
    assert any(each.after for each in shown.gave_in)
    expected = sorted(after(shown.chronicle.replicate))
    assert sorted((each.id, each.round, each.after) for each in shown.gave_in) == expected
    for replicate in range(shown.chronicle.replicate):
        assert not any(heard for _, _, heard in after(replicate))


def test_where_nobody_watches_nothing_is_said_of_it(tmp_path, capsys):
    few = ["--set", "run.replicates=200", "--set", "uncertainty.draws=0", "--engine", "simulate", "--json"]
    assert main(["run", "tokyo-office-2023", *few]) == 0
    plain = capsys.readouterr().out
    still = ["--set", "interaction.heed=0", "--set", "interaction.hide=0.0"]
    assert main(["run", "tokyo-office-2023", *few, *still]) == 0
    assert capsys.readouterr().out == plain
    ties = tmp_path / "ties.csv"
    ties.write_text("from,to,weight\nFRA,DEU,1\n", encoding="utf-8")
    assert main(["run", "tokyo-office-2023", *few, "--set", f"interaction.ties={ties}"]) == 0
    assert capsys.readouterr().out == plain
    result = Result.from_json(plain)
    assert all(text.room is None and text.differences is None for text in result.proposals)


def test_heed_asks_for_simulate(capsys):
    assert main(["run", "tokyo-room-2023", "--engine", "exact"]) == 3
    said = capsys.readouterr().err
    assert "heed" in said
    assert "--engine simulate" in said
    assert main(["run", "tokyo-room-2023", "--set", "interaction.heed=0", "--engine", "exact", "--json"]) == 3
    assert "hide" in capsys.readouterr().err


def test_hiding_alone_is_exact_but_for_who_hides(capsys):
    never = ["--set", "interaction.heed=0", "--set", "procedure.withdraw_above=31", "--json"]
    assert main(["run", "tokyo-room-2023", *never]) == 0
    result = Result.from_json(capsys.readouterr().out)
    assert result.engine == "exact"
    assert result.proposals[0].room.replicates == 10_000
    assert sum(each.hidden for each in result.proposals[0].blame) == pytest.approx(result.proposals[0].room.hidden)
    assert result.proposals[0].differences[0].difference == 0.0


def test_sentences_never_give_a_rate_without_its_error(found):
    for sentence in sentences(found.result.proposals[0]):
        assert "±" in sentence or "≤" in sentence or "≥" in sentence
    nothing = room._difference("hide", 50, 0, 0, 100)
    assert changed(nothing) == "hide: the same adoptions in all 100 replicates"


def test_the_record_reads_back(found):
    assert Result.from_json(found.result.to_json()) == found.result
