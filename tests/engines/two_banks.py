"""One bank twice: the same files, a home and a database for each engine, nights run side by side."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.conftest import pointed_at
from tests.engines.alike import nights_differ, published_differ
from tests.engines.shown import shown
from xiaoer.kit.settings import Settings, settings
from xiaoer.kit.tables import DuckEngine, EngineName, Lake

CHECKOUT = Path(__file__).resolve().parents[2]
SPARK: dict[str, Any] = {
    "spark_master": "local[2]",
    "spark_properties": Path(__file__).with_name("spark.properties"),
}


class Died(Exception):
    """A night's process ended between two steps."""


@dataclass(frozen=True)
class Bank:
    """A bank's home and database, whose nights run on one engine."""

    home: Settings
    database: str
    engine: EngineName

    def night(self, day: date, *, dies_after: str = "") -> dict[str, Any]:
        """Run or resume the night of a day; raises Died after a step where one is named."""
        from xiaoer.nightly.night import run_night

        def told(record: Any) -> None:
            if record.step == dies_after:
                raise Died

        with pointed_at(self.database):
            return run_night(self.home, day, engine=self.engine, backwards=True, told=told)

    def folder(self, report: dict[str, Any]) -> Path:
        return self.home.home / "nights" / report["business_date"] / report["run_id"]

    def published(self) -> dict[str, list[dict[str, Any]]]:
        """Every row the desk shows."""
        with pointed_at(self.database):
            return shown()


@dataclass(frozen=True)
class TwoBanks:
    """The same bank on DuckDB and on Spark."""

    one: Bank
    other: Bank

    def both(self, act: Callable[[], None]) -> None:
        """The same deed at both desks."""
        for bank in (self.one, self.other):
            with pointed_at(bank.database):
                act()

    def night(self, day: date) -> dict[str, Any]:
        """The night of a day on both; gives DuckDB's report, when not a row of either differs."""
        mine, theirs = self.one.night(day), self.other.night(day)
        assert [one["engine"] for one in (mine, theirs)] == ["duckdb", "spark"]
        self.alike(mine, theirs)
        return mine

    def alike(self, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
        """Two nights are one: number, steps, every table they wrote, every row they show."""
        assert mine["run_id"] == theirs["run_id"]
        assert [(step["step"], step["rows"]) for step in mine["steps"]] == [
            (step["step"], step["rows"]) for step in theirs["steps"]
        ]
        told = nights_differ(self.one.folder(mine), self.other.folder(theirs))
        told += published_differ(self.one.published(), self.other.published())
        assert not told, "\n".join(told[:20])


def loaded(mapping: Path, files: Path, home: Path, day: date) -> Path:
    """A home whose lake holds a bank's files."""
    from xiaoer.sources.intake import load_bank, receive

    received = receive(mapping, files, home / "inbox")
    load_bank(received, Lake(home / "lake"), DuckEngine(home / "scratch"), day)
    return home


def doubled(home: Path, databases: tuple[str, str]) -> TwoBanks:
    """The bank of a loaded home on both engines."""
    banks = []
    for name, database in zip(EngineName, databases, strict=True):
        folder = home.with_name(f"{home.name}-{name}")
        for part in ("inbox", "lake"):
            shutil.copytree(home / part, folder / part)
        banks.append(Bank(replace(settings(), home=folder, **SPARK), database, name))
    return TwoBanks(*banks)
