"""A small simulated bank, taken in and run through the night up to the desk's door."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.nightly.plan import PLAN
from xiaoer.nightly.run import Night, run_number
from xiaoer.offers.terms import FirmFacts, Occasion
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.terms import Plan
from xiaoer.sources.intake import load_bank, receive

CHECKOUT = Path(__file__).resolve().parents[2]
DAY = date(2026, 10, 31)
STEPS = [step for step in PLAN if step.name != "publish"]


@dataclass
class SmallBank:
    """Files, inbox, lake and one night of fifty firms."""

    home: Path
    lake: Lake
    night: Night

    def written(self) -> list[Path]:
        """Every table the night wrote."""
        return sorted(self.night.folder.rglob("*.parquet"))

    def rows(self, name: str) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = pq.read_table(self.night.path(name)).to_pylist()
        return rows


def fresh_night(lake: Lake, folder: Path, scratch: Path) -> Night:
    """A night that knows nothing but the lake and what lies in its folder."""
    return Night(DAY, run_number(DAY, lake), lake, DuckEngine(scratch), folder, folder.parent / "models")


def made_in(home: Path) -> None:
    """Simulate, take in, and run every step but the last, each one anew from files alone."""
    simulate(Plan(80, 3, 7, DAY), home / "bank", lambda _: None)
    lake = Lake(home / "lake")
    bank = receive(CHECKOUT / "mappings" / "simulator.toml", home / "bank", home / "inbox")
    load_bank(bank, lake, DuckEngine(home / "scratch"), DAY)
    for number, step in enumerate(STEPS):
        step.work(fresh_night(lake, home / "night", home / f"scratch-{number}"))


def opened(home: Path, scratch: Path) -> SmallBank:
    """The bank made before."""
    lake = Lake(home / "lake")
    return SmallBank(home, lake, fresh_night(lake, home / "night", scratch))


def firm_facts(customer_id: str, *occasions: Occasion) -> FirmFacts:
    """A firm without loan or score, known by its number only."""
    return FirmFacts(
        customer_id=customer_id,
        branch_id="B1",
        manager_id="M1",
        potential=0,
        loan_balance=0,
        probability=None,
        band=None,
        days_past_due=0,
        occasions=occasions,
    )
