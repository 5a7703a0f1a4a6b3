"""The Tokyo office by hand, from the members file alone, so that nothing here depends on how scenarios are loaded."""

import csv
from pathlib import Path

import numpy as np

from sim.model.case import Case, Procedure, Proposal
from sim.model.council import Council, Drivers
from sim.model.rules import rule

MEMBERS = Path(__file__).parents[2] / "scenarios" / "members" / "nato-2023.csv"
THE_OFFICE = "Tokyo liaison office"
TEXTS = {
    THE_OFFICE: [0.5, 0.5, 0.75, 1, 0.5, 0.5, 1],
    "Communiqué language on China": [0.75, 0.75, 0.25, 0.25, 0.5, 0, 0.25],
    "Japan partnership programme": [0.5, 0.5, 0.75, 0.25, 0.25, 0.25, 0.25],
}
PROCEDURE = Procedure(
    rounds=4,
    objection_cost=0.8,
    isolation=3.0,
    fatigue=0.25,
    withdrawal_hazard=0.15,
    withdraw_above=6,
    dilution_step=0.12,
    dilution_floor=0.6,
    payment_value=0.5,
    payment_members=1,
    opt_out_relief=0.1,
    opt_out_members=1,
    opt_out_first_round=2,
)


def nato(without: str = "") -> Council:
    with MEMBERS.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["id"] != without]
    ids = tuple(row["id"] for row in rows)

    def column(name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in rows])

    solidarity = np.where(np.array(ids) == "USA", 1.0, column("us_dependence"))
    interest, autonomy = column("indo_pacific_engagement"), column("effective_autonomy")
    costs = [autonomy / 0.634, column("china_exposure"), column("defence_burden"), column("eu_venue")]
    benefits = [solidarity, 1.0 - column("china_political_closeness"), interest]
    return Council(
        ids=ids,
        names=tuple(row["name"] for row in rows),
        drivers=Drivers(),
        traits=np.clip(benefits + costs, 0.0, 1.0),
        stake=0.15 + 0.85 * interest,
        independence=autonomy,
        attention=np.full(len(ids), 0.1),
        never_objects=np.zeros(len(ids), np.bool_),
        veto=np.zeros(len(ids), np.bool_),
        weights={"population": column("population").astype(np.int64)},
    )


def office(rule_name: str = "consensus", text: str = THE_OFFICE, size: float = 8.0, without: str = "") -> Case:
    """The seed case of the project, and its variations; the office itself is indivisible."""
    council = nato(without)
    procedure = {"dilution_step": 0.0} if text == THE_OFFICE else {}
    proposal = Proposal(text, 3.0, np.array(TEXTS[text], float))
    return Case(council, proposal, np.full(7, size), rule(council, rule_name), PROCEDURE).but(**procedure)
