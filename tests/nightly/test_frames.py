"""Frames of past days: as known then, the same as the night's own, made once, resumed where they stopped."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from xiaoer.kit.settings import Settings, settings
from xiaoer.kit.tables import DuckEngine, Lake

pytestmark = pytest.mark.xdist_group("house")

CHECKOUT = Path(__file__).resolve().parents[2]
END = date(2026, 10, 31)
FIRMS, MONTHS = 40, 4
Home = tuple[Settings, DuckEngine]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank of five months, loaded once."""
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan
    from xiaoer.sources.intake import load_bank, receive

    home = tmp_path_factory.mktemp("frames")
    simulate(Plan(FIRMS, MONTHS, 11, END), home / "bank", lambda _: None)
    received = receive(CHECKOUT / "mappings" / "simulator.toml", home / "bank", home / "inbox")
    load_bank(received, Lake(home / "lake"), DuckEngine(home / "scratch"), END)
    return home


@pytest.fixture
def home(bank: Path, tmp_path: Path) -> Home:
    shutil.copytree(bank / "lake", tmp_path / "lake")
    return replace(settings(), home=tmp_path), DuckEngine(tmp_path / "scratch")


def made(home: Home, *days: date) -> dict[date, tuple[pl.DataFrame, bool]]:
    """Each day's firms, and whether the frame lay there already."""
    from xiaoer.nightly.frames import frames

    held: dict[date, bool] = {}
    nights = list(frames(home[0], days, home[1], told=lambda day, was: held.update({day: was})))
    return {
        one.business_date: (pl.read_parquet(one.path("known")), held[one.business_date]) for one in nights
    }


def test_month_ends_begin_with_the_first_customers(home: Home) -> None:
    from xiaoer.nightly.frames import month_ends

    lake = Lake(home[0].lake)
    days = month_ends(lake, END)
    assert days[-1] == END
    assert all((day + timedelta(1)).day == 1 for day in days)
    assert lake.delivered("customers", days[0])
    assert month_ends(lake, date(2020, 1, 31)) == []


def test_a_frame_is_made_once_and_made_again_when_files_come(home: Home) -> None:
    first, again = made(home, END), made(home, END)
    assert (first[END][1], again[END][1]) == (False, True)
    assert first[END][0].equals(again[END][0])
    folder = home[0].home / "frames" / END.isoformat()
    assert [path.stem for path in sorted(folder.glob("*/*.parquet"))] == ["known", "known_notes"]


def test_what_comes_later_is_not_in_it(home: Home, bank: Path) -> None:
    """The lake cut off after the day gives the same frame as the whole one."""
    day = date(2026, 8, 31)
    whole = made(home, day)[day][0]
    manifest = home[0].lake / "manifest.jsonl"
    lines = manifest.read_text().splitlines(keepends=True)
    kept = [line for line in lines if _delivered(line) <= day.isoformat() or '"products"' in line]
    assert len(kept) < len(lines)
    manifest.write_text("".join(kept))
    shutil.rmtree(home[0].home / "frames")
    cut = made(home, day)[day][0]
    assert whole.sort("customer_id").equals(cut.sort("customer_id").select(whole.columns))


def _delivered(line: str) -> str:
    return line.split('"first_delivered": "')[1][:10]


def test_a_run_that_was_stopped_goes_on(home: Home) -> None:
    days = (date(2026, 9, 30), END)
    made(home, *days)
    for path in (home[0].home / "frames" / END.isoformat()).glob("*/known_notes.parquet"):
        path.unlink()  # stopped before the last table was written
    found = made(home, *days)
    assert [found[day][1] for day in days] == [True, False]
