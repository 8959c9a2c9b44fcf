"""A simulated bank of 24 months in a lake, once for all tests of the room."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tests.engines.two_banks import CHECKOUT, loaded
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import DuckEngine, Frame, Lake
from xiaoer.kit.tables.expressions import with_day_numbers
from xiaoer.loans.night import Bands, bands, first_told, stretches
from xiaoer.loans.terms import Buckets
from xiaoer.sources.contracts import contract

END = date(2026, 10, 31)
FIRMS, MONTHS = 500, 24


@dataclass
class Bank:
    """The lake, its engine, and tables as known at the end."""

    lake: Lake
    engine: DuckEngine
    today: int = field(default=day_number(END))

    def table(self, name: str) -> Frame:
        return self.lake.open(contract(name).schema, END, self.engine)

    def rows(self, name: str) -> list[dict[str, object]]:
        return self.engine.collect(self.table(name)).to_pylist()

    def collected(self, frame: Frame) -> pa.Table:
        return self.engine.collect(frame)

    def stretches(self, repayments: Frame) -> pa.Table:
        """Arrears by these repayments, in memory."""
        begins = self.engine.collect(first_told(repayments))["first_day"][0].as_py()
        plans, paid = with_day_numbers(self.table("schedules")), with_day_numbers(repayments)
        return self.engine.collect(stretches(plans, paid, self.today, begins))

    @property
    def bands(self) -> Bands:
        return bands(self.engine.table, Buckets.in_force(END).floors)


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan

    home: Path = tmp_path_factory.mktemp("lending")
    simulate(Plan(FIRMS, MONTHS, 11, END), home / "files", lambda _: None)
    loaded(CHECKOUT / "mappings" / "simulator.toml", home / "files", home / "bank", END)
    engine = DuckEngine(home / "scratch")
    yield Bank(Lake(home / "bank" / "lake"), engine)
    engine.close()
