"""Simulated banks to measure on: made, taken in and decided about, each step once."""

import os
from datetime import date
from pathlib import Path
from typing import Any

from bench.watching import CHECKOUT

DAY = date(2026, 10, 31)
SEED = 1
MAPPING = CHECKOUT / "mappings" / "simulator.toml"


def settled(home: Path) -> None:
    """Everything the product writes goes below this folder; call it before Django starts."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"XIAOER_HOME": str(home), "XIAOER_ALLOW_ROOT": "1", "XIAOER_TODAY": "published"}
    for name in ("DATABASE_URL", "DATABASE_WEB_URL"):
        os.environ.pop(name, None)


def simulated(home: Path, firms: int, months: int) -> Path:
    """The bank's folder."""
    folder = home / "bank"
    if not folder.exists():
        from xiaoer.simulator.bank import simulate
        from xiaoer.simulator.terms import Plan

        simulate(Plan(firms, months, SEED, DAY), folder, lambda _: None)
    return folder


def taken_in(home: Path, folder: Path, mapping: Path = MAPPING, day: date = DAY) -> list[Any]:
    """The intake's report of each file."""
    from xiaoer.kit.settings import settings
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.sources.intake import load_bank, receive

    bank = receive(mapping, folder, settings().inbox)
    return list(load_bank(bank, Lake(settings().lake), DuckEngine(home / "scratch"), day))


def night_of(home: Path, firms: int, months: int) -> Any:
    """A night that has run on such a bank, to read what it knew."""
    from xiaoer.kit.settings import settings
    from xiaoer.nightly.night import run_night

    taken_in(home, simulated(home, firms, months))
    return as_run(home, run_night(settings(), DAY, backwards=True)["run_id"])


def as_run(home: Path, run_id: object, day: date = DAY) -> Any:
    """The night of that number."""
    from xiaoer.kit.settings import settings
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.run import Night

    folder = home / "nights" / day.isoformat() / str(run_id)
    engine = DuckEngine(home / "scratch")
    return Night(day, str(run_id), Lake(settings().lake), engine, folder, home / "models")


def disk_bytes(folder: Path) -> int:
    """What lies below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
