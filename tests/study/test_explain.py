"""Explanations: values add up, prices do what they say when they are set, and what no price moves is said to be so."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import small
from commands import SHORTEST, refused
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.answers.answer import DoesNotApply, answer
from sim.answers.figures import Way
from sim.answers.reading import ResultError
from sim.cli import main
from sim.engines import exact
from sim.model.stances import Terms, table, value
from sim.scenario.load import Scenario, Setting, load
from sim.study.explain import explained, likely
from sim.study.explanation import Explained
from sim.study.member import Anatomy
from sim.study.packages import worth
from sim.study.prices import Instrument, Odds, falls, least, opt_out, payment, shares
from sim.study.prices import priced as priced_
from sim.study.supply import others, supply

VALID = sorted((Path(__file__).parents[1] / "cases" / "valid").glob("*.toml"))
SHIPPED = [("tokyo-office-2023", 0), ("tokyo-office-2023", 1), ("tokyo-raw-autonomy", 0), ("security-council", 0)]


def scenario(folder: Path, body: str = "", members: str | None = None, seed: int = 0) -> Scenario:
    """A council of random members."""
    rng = np.random.default_rng(seed)
    drawn = ",\n".join(
        f'{{ id = "M{i}", interest = {a:.3f}, autonomy = {b:.3f}, burden = {c:.3f} }}'
        for i, (a, b, c) in enumerate(rng.random((int(rng.integers(2, 8)), 3)))
    )
    head = f'title = "t"\nquestion = "q"\nsources = ["illustrative"]\n[council]\nmembers = [{members or drawn}]\n'
    path = folder / "random.toml"
    path.write_text(head + (body or '[[proposal]]\nname = "The text"\nappeal = 1.0\n'), encoding="utf-8")
    return load(str(path))


def priced(found: Explained, instrument: str, many: int = 1) -> Iterator[tuple[str, float | None]]:
    for each in found.prices:
        if each.instrument == instrument and each.members in (None, many):
            yield each.status, each.value


# -- values -----------------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_the_parts_add_up(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = f"[weights]\nsize = {rng.uniform(0, 9):.3f}\nburden = {rng.uniform(0, 9):.3f}\n"
    appeal, own = rng.uniform(-3, 6), rng.uniform(-2, 2)
    text = f'[[proposal]]\nname = "T"\nappeal = {appeal:.3f}\ngrievance = {{ M0 = {own:.3f} }}\n'
    costs = f"[procedure]\nrounds = 3\nfatigue = {rng.uniform(0, 1):.3f}\nisolation_curvature = 1.5\n"
    read = scenario(tmp_path_factory.mktemp("random"), text + costs + weights, seed=seed)
    anatomy = Anatomy.of(read, 0)
    case = read.questions[0].case
    as_tabled = exact.as_tabled(case.but(rounds=1))
    for place in range(case.council.size):
        drivers = anatomy.drivers(place)
        total = anatomy.appeal() + anatomy.grievance(place) + sum(each.part for each in drivers)
        assert total == pytest.approx(value(case)[place], abs=1e-12)
        for each in drivers:
            sign = 1.0 if each.benefit else -1.0
            assert each.part == pytest.approx(sign * each.weight * each.loading * each.trait, abs=1e-12)
        cost, stances = anatomy.cost(place), anatomy.stances(place, as_tabled)
        assert stances.object == pytest.approx(float(exact.blame(case).object[place]), abs=1e-12)
        whole = [cost.fixed + cost.isolation + each for each in cost.fatigue]
        assert cost.total == pytest.approx(whole, abs=1e-12)
        assert stances.support + stances.acquiesce + stances.object == pytest.approx(1.0, abs=1e-12)
        assert all(below <= stances.supports_from for below in stances.objects_below)
        assert stances.objects_below == sorted(stances.objects_below, reverse=True)  # holding out tires


@cache
def office() -> Explained:
    """The Tokyo office, explained once."""
    return explained(load("tokyo-office-2023"))


def test_what_is_said_of_france() -> None:
    found = office()
    (france,) = found.explained
    blame = answer(load("tokyo-office-2023")).proposals[0].blame
    same = next(each for each in blame if each.id == "FRA")
    assert (france.blame.final_hold_out, france.blame.shapley) == (same.final_hold_out, same.shapley)
    assert (france.stances.support, france.stances.object) == pytest.approx((same.support, same.object), abs=1e-12)
    autonomy = next(each for each in france.drivers if each.driver == "autonomy")
    assert (autonomy.column, autonomy.divided_by, autonomy.inverted) == ("effective_autonomy", 0.634, False)
    assert autonomy.trait_sd == pytest.approx(0.131 / 0.634, abs=0.001)
    assert autonomy.part_sd == pytest.approx(8 * (autonomy.trait_sd or 0), abs=1e-12)
    assert autonomy.reason
    assert autonomy.origin
    assert autonomy.origin.sources
    assert found.asked is None
    assert found.covered > 0.9
    assert Explained.from_json(found.to_json()) == found


def test_an_override_is_said_and_has_no_spread() -> None:
    (usa,) = explained(load("tokyo-office-2023"), "USA").explained
    solidarity = next(each for each in usa.drivers if each.driver == "solidarity")
    assert solidarity.overridden
    assert (solidarity.trait, solidarity.trait_sd, solidarity.part_sd) == (1.0, None, None)


def test_likely_hold_outs() -> None:
    assert likely(np.array([0.08, 0.7, 0.003, 0.2]), [0] * 4) == [1, 3]
    assert likely(np.array([0.3, 0.3, 0.3]), [0] * 3) == [0, 1, 2]
    assert likely(np.zeros(3), [0.1, 0.3, 0.2]) == [1]
    assert likely(np.full(9, 0.1), [0] * 9) == [0, 1, 2, 3, 4]


# -- prices -----------------------------------------------------------------------------------------------------------


def said(command: str, capsys: pytest.CaptureFixture[str], proposal: int) -> float:
    """P(adopted) as the command that was printed says."""
    words = shlex.split(command)
    assert words[:2] == ["unanimity", "run"]
    assert main([*words[1:], "--json"]) == 0
    found: float = json.loads(capsys.readouterr().out)["proposals"][proposal]["adopted_any"]
    return found


@pytest.mark.parametrize(("name", "proposal"), SHIPPED)
def test_the_price_paid_brings_adoption_to_one_half(
    name: str, proposal: int, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    read = load(name)
    found = explained(read, proposal=proposal)
    prices = [each for each in (*found.prices, *found.explained[0].prices) if each.of == "adopted"]
    for each in prices:
        if each.status == "never":
            assert (each.value, each.command, each.settings) == (None, None, {})
            assert each.probability < 0.5
            continue
        assert each.command is not None
        got = said(each.command, capsys, proposal)
        assert got == pytest.approx(each.probability, abs=1e-12)
        if each.status == "reached":
            assert got == pytest.approx(0.5, abs=1e-6 if found.price_engine == "exact" else 0.005)
        else:
            assert (each.value, got >= 0.5) == (0.0, True)
    for package in found.frontier.packages if found.frontier else []:
        got = said(package.command, capsys, proposal)
        assert got == pytest.approx(package.adopted, abs=1e-12)
        assert got >= 0.5 - 1e-6


@pytest.mark.slow
def test_settings_are_kept_in_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given_ = [
        Setting("procedure.rule", {"name": "consensus-minus", "k": 1}, "--rule"),
        Setting("procedure.rounds", 2),
        Setting('proposal."Tokyo liaison office".appeal', 0.0),
        Setting("run.seed", 7, "--seed"),
        Setting("council.without", ["USA", "GBR"]),
    ]
    found = explained(load("tokyo-office-2023", given_))
    price = found.explained[0].prices[0]
    assert (price.instrument, price.status) == ("concession", "reached")
    assert said(price.command or "", capsys, 0) == pytest.approx(0.5, abs=1e-6)
    assert "--seed 7" in (price.command or "")


def test_a_price_of_its_own_for_the_hold_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (france,) = office().explained
    own = [each for each in france.prices if each.of == "holds out"]
    assert [each.instrument for each in own] == ["payment", "dilution", "opt-out"]
    for each in own:
        assert main([*shlex.split(each.command or "")[1:], "--json"]) == 0
        blame = json.loads(capsys.readouterr().out)["proposals"][0]["blame"]
        assert next(row["final_hold_out"] for row in blame if row["id"] == "FRA") == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("build", [payment, opt_out])
def test_more_autonomy_is_never_cheaper_under_consensus(build: Callable[..., Instrument]) -> None:
    """Stakes rest on interest, so that autonomy is a cost trait and independence only."""
    before = 0.0
    for autonomy in np.linspace(0.5, 1.0, 6):
        case = load("tokyo-office-2023", [Setting("members.FRA.autonomy", float(autonomy))]).questions[0].case
        price = priced_(build(case, str), Odds(Way("exact", 1, 1)), str)
        assert price.status in ("reached", "already")
        assert price.value is not None
        assert price.value >= before
        before = price.value
    assert before > 0.0


def test_what_is_needed_alone_is_a_concession_of_as_much(tmp_path: Path) -> None:
    """One member, stake 1, nothing costs anything: a payment and a concession are the same, and close the gap −v."""
    text = '[[proposal]]\nname = "T"\nappeal = -2.0\n[procedure]\nobjection_cost = 0\nisolation = 0\n'
    found = explained(scenario(tmp_path, text, '{ id = "A" }'))
    ((status, price),) = priced(found, "payment")
    assert status == "reached"
    assert price == pytest.approx(2.0, abs=1e-8)
    assert found.explained[0].prices[0].value == pytest.approx(2.0, abs=1e-8)
    assert list(priced(found, "opt-out")) == [("never", None)]  # it has no costs to be spared
    assert list(priced(found, "dilution")) == [("never", None)]  # a single round
    assert found.supply
    assert found.supply.sellers[0].wanting == pytest.approx(1 / (1 + np.exp(-2.0)), abs=1e-12)


def test_members_that_no_price_moves(tmp_path: Path) -> None:
    """Two who are sure to object: nothing given to one of them alone helps, nor a payment to one; one to both does."""
    text = '[[proposal]]\nname = "T"\nappeal = 9.0\ngrievance = { A = -59, B = -59 }\n'
    found = explained(scenario(tmp_path, text, '{ id = "A" }, { id = "B" }, { id = "C" }'))
    assert [each.id for each in found.explained] == ["A", "B"]
    assert all(each.prices[0].status == "never" for each in found.explained)
    assert list(priced(found, "payment", 1)) == [("never", None)]
    ((status, price),) = priced(found, "payment", 2)
    assert status == "reached"
    assert price is not None
    assert 45 < price < 55
    assert found.frontier is None
    (c,) = explained(scenario(tmp_path, text, '{ id = "A" }, { id = "B" }, { id = "C" }'), "C").explained
    assert (c.prices[0].status, c.prices[0].probability < 0.01) == ("never", True)


def test_a_price_in_dilution_below_the_floor_is_not_taken() -> None:
    found = office()
    (price,) = [each for each in found.prices if each.instrument == "dilution"]
    case = load("tokyo-office-2023").questions[0].case
    assert price.value is not None
    assert price.value < max(falls(case))
    below = exact.outcomes(case.but(dilution_step=price.value - 1e-4)).adopted_any
    assert below < 0.5


def test_a_chance_that_jumps_or_turns() -> None:
    jump = least(lambda x: 0.2 if x < 0.3 else 0.9, shares([0.3]), True, False)
    assert (jump.status, jump.at, jump.probability) == ("reached", pytest.approx(0.3), 0.9)
    hill = least(lambda x: 0.6 - 10 * (x - 0.4) ** 2, shares([]), True, False)
    assert hill.at == pytest.approx(0.3, abs=1e-9)
    low = least(lambda x: 0.4 - (x - 0.25) ** 2, shares([]), True, False)
    assert (low.status, low.probability) == ("never", pytest.approx(0.4, abs=0.01))
    assert least(lambda x: 0.7, [0.0, 1.0], True, True).status == "already"


# -- packages and supply ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_packages_trade_relief_for_payment() -> None:
    found = explained(load("tokyo-office-2023", [Setting("proposal.0.procedure", {})]))
    frontier = found.frontier
    assert frontier is not None
    assert frontier.divisible
    steps = sorted({each.dilution for each in frontier.packages})
    assert len(steps) > 2
    for step in steps:
        row = [each for each in frontier.packages if each.dilution == step]
        assert [each.relief for each in row] == sorted(each.relief for each in row)
        assert [each.payment for each in row] == sorted((each.payment for each in row), reverse=True)
    assert frontier.packages[frontier.cheapest].cost == min(each.cost for each in frontier.packages)


def test_what_a_text_is_worth_to_a_supporter_is_a_mean_over_draws() -> None:
    case = load("tokyo-office-2023").questions[0].case
    rng = np.random.default_rng(1)
    gains = case.council.stake * (value(case) + rng.logistic(size=(20_000, case.council.size)))
    assert worth(case) == pytest.approx(gains[gains >= 0].mean(), rel=0.01)


def test_others_are_counted_without_oneself() -> None:
    p = np.array([0.2, 0.7, 0.9])
    shares_, met = others(p)
    assert shares_[:, 0].tolist() == [0.0, 0.5, 1.0]
    assert met[:, 0] == pytest.approx([0.3 * 0.1, 0.7 * 0.1 + 0.3 * 0.9, 0.63])
    assert met.sum(axis=0) == pytest.approx(1.0)
    assert (shares_ * met).sum(axis=0) == pytest.approx(others(p, counted=False)[0][0])


def test_the_supply_is_what_the_table_of_stances_says() -> None:
    """By plain loops over the table, for one payment."""
    case = load("tokyo-raw-autonomy").questions[0].case
    found = supply(case, lambda b: 0.0, 1, 31, points=3)
    assert found is not None
    b = found.payments[1]
    paid = table(case.but(payment_value=b, payment_members=1))
    assert paid.refuse_payment is not None
    _, met = others(1 - paid.not_support)
    last = case.procedure.rounds - 1
    for each in found.sellers:
        i = case.council.index(each.id)
        won = sum(
            met[s, i] * max(paid.object[s, last, i] - paid.refuse_payment[s, last, i], 0.0)
            for s in range(case.council.size)
        )
        assert each.won[1] == pytest.approx(won, abs=1e-12)
    assert found.won[1] == pytest.approx(sum(each.won[1] for each in found.sellers), abs=1e-12)
    assert found.won[2] == pytest.approx(0.99 * found.wanting, abs=1e-6)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_valid_scenario_is_explained(path: Path) -> None:
    read = load(str(path), [Setting("run.replicates", 200)])
    for proposal in range(min(len(read.questions), 2)):
        found = explained(read, proposal=proposal)
        assert Explained.from_json(found.to_json()) == found
        if found.supply:
            assert found.supply.won == sorted(found.supply.won)
            assert found.supply.won[0] == pytest.approx(0.0, abs=1e-12)


def test_the_office_with_members_that_heed_each_other_is_simulated() -> None:
    found = explained(load("tokyo-office-2023", [Setting("interaction.heed", 0.5), Setting("run.replicates", 500)]))
    assert (found.engine, found.price_engine, found.frontier) == ("simulate", "simulate", None)
    assert any("heed each other" in each for each in found.unpriced)
    assert any("heed" in each for each in found.notes)
    ((status, price),) = priced(found, "payment")
    assert status == "reached"
    assert price is not None
    assert 1.0 < price < 4.0


def test_what_exact_cannot_do_is_said() -> None:
    with pytest.raises(DoesNotApply):
        explained(load("security-council", [Setting("run.engine", "exact")]))
    with pytest.raises(ValueError, match="tuple"):
        explained(load("security-council"), "nobody")


def test_a_saved_record_that_is_none() -> None:
    for text in ("", "[]", "{}", '{"format": 1}', '{"format": 1, "explained": 3}'):
        with pytest.raises(ResultError):
            Explained.from_json(text)


def test_odds_on_common_draws() -> None:
    case = load("tokyo-office-2023").questions[0].case
    drawn = Odds(Way("simulate", 4000, 1))
    place = case.council.index("FRA")
    assert drawn.adopted(case) == pytest.approx(Odds(Way("exact", 1, 1)).adopted(case), abs=4 * drawn.error(0.28))
    assert drawn.yields(case, place) == pytest.approx(1 - 0.7212, abs=4 * drawn.error(0.28))


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", "tokyo-office-2023", "france"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    folder = tmp_path / "results" / "tokyo-office-2023" / "explain"
    left = {each.name for each in folder.iterdir()}
    assert left == {"explanation.json", "waterfall.png", "waterfall.svg", "supply.png", "supply.svg"}
    assert main(["plot", str(folder), "--format", "svg", "--json", "--out", "again"]) == 0
    assert json.loads(capsys.readouterr().out) == ["again/waterfall.svg", "again/supply.svg"]
    assert (tmp_path / "again" / "supply.svg").read_bytes() == (folder / "supply.svg").read_bytes()


def test_json_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", str(SHORTEST), "--json", "--set", "proposal.0.appeal=-1"]) == 0
    assert Explained.from_json(capsys.readouterr().out).proposal
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "status", "said_"),
    [
        (
            "tokyo-office-2023 FRB",
            2,
            "MEMBER: 'FRB' is no member of this council; expected a known one, the nearest is",
        ),
        ("tokyo-office-2023 Frence", 2, "the nearest is 'France'"),
        ("tokyo-office-2023 --proposal 9", 2, "--proposal: '9' is neither a proposal's name nor a place from 0 to 2"),
        ("security-council --engine exact", 3, "the exact engine does not apply to 'Monitored aid corridors'"),
        ("tokyo-office-2023 --proposals 1", 2, "the nearest is '--proposal'"),
    ],
)
def test_what_is_typed_wrong(words: str, status: int, said_: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("explain", *words.split(), "--json") == status
    out, wrong = capsys.readouterr()
    assert out == ""
    assert said_ in wrong


def test_two_of_one_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario(tmp_path, members='{ id = "A", name = "Twin" }, { id = "B", name = "B" }')
    path = tmp_path / "random.toml"
    assert main(["explain", str(path), "b", "--json"]) == 0
    capsys.readouterr()


def test_hostile_names_are_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["[red]<script>", "=1+1", "a.b\\\"c'", "$(touch x)", "\u202eevil"]
    members = ", ".join(
        f"{{ id = {json.dumps(each)}, autonomy = {0.9 if n == 2 else 0.1} }}" for n, each in enumerate(names[:4])
    )
    read = scenario(tmp_path, '[[proposal]]\nname = "; rm -rf $HOME"\nappeal = 1.0\n', members)
    assert main(["explain", read.file, names[2], "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.splitlines())
    (one,) = explained(read, names[2]).explained
    price = one.prices[0]
    assert price.command
    assert main([*shlex.split(price.command)[1:], "--json"]) == 0
    got = json.loads(capsys.readouterr().out)["proposals"][0]["adopted_any"]
    assert got == pytest.approx(price.probability, abs=1e-12)


def test_small_council_with_outer_draws(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(small.TEXT, encoding="utf-8")
    found = explained(load(str(path)), "D", 1)
    assert all(each.part_sd for each in found.explained[0].drivers)
    assert all("proposal.1.procedure.payment.value" in (each.settings or {}) for each in found.prices[:1])
    assert "uncertainty.draws=0" in (found.prices[0].command or "")
    assert replace(found) == found
    assert Terms.of(load(str(path)).questions[1].case).at_stake.shape[-1] == 4
