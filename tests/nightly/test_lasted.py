"""What a night takes over from the one before: of an older version, after a gap, and not at all after a long one."""

import json
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from xiaoer.events.night.lasting import BEFORE
from xiaoer.events.rules import event_id, numbered
from xiaoer.events.terms import Rule
from xiaoer.kit.dates import day_number
from xiaoer.nightly.lasted import FROM_SEEN, SAID, _listed, before, of_matters

DAY = date(2026, 11, 18)
LAST = DAY - timedelta(days=1)
OLD = {"customer_id": ["X", "Y"], "rule": ["silence", "opening"], "product": [None, "P"], "partner": [None, None],
       "mark_day": [1, 2], "began": [None, 7]}  # fmt: skip
KINDS = {"product": pl.String, "partner": pl.String, "began": pl.Int64}


def night(home: Path, last: date | None = LAST, **tables: pl.DataFrame) -> Any:
    """A night of DAY after one of `last` that left these tables."""
    if last:
        folder = home / last.isoformat() / "run"
        folder.mkdir(parents=True)
        (home / "published.json").write_text(
            json.dumps([{"business_date": last.isoformat(), "run_id": "run"}])
        )
        for name, rows in tables.items():
            rows.write_parquet(folder / f"{name}.parquet")
    return SimpleNamespace(business_date=DAY, folder=home / DAY.isoformat() / "tonight")


def test_a_night_of_an_older_version_lends_its_day_to_what_had_none(tmp_path: Path) -> None:
    rows = before(night(tmp_path, seen=pl.DataFrame(OLD).cast(KINDS))).to_pylist()  # type: ignore[arg-type]
    assert [(row["customer_id"], row["began"], row["told_day"]) for row in rows] == [
        ("X", day_number(LAST), None), ("Y", 7, None)
    ]  # fmt: skip


@pytest.mark.parametrize(("gap", "known"), [(1, True), (14, True), (15, False), (None, False)])
def test_after_a_long_gap_nobody_can_say_what_lasted(tmp_path: Path, gap: int | None, *, known: bool) -> None:
    rows = pl.DataFrame(OLD).cast(KINDS).with_columns(told_day=pl.lit(5, pl.Int64))  # type: ignore[arg-type]
    found = before(night(tmp_path, DAY - timedelta(days=gap) if gap else None, lasting=rows, seen=rows))
    assert found.column_names == list(BEFORE)
    assert bool(found.num_rows) is known


def test_what_stood_within_the_hours_was_told_on_the_day_planned(tmp_path: Path) -> None:
    lines = {
        "customer_id": ["X", "X", "Y"],
        "source": ["e1", "e1", "e2"],
        "day": [DAY] * 3,
        "fits": [True, True, False],
    }
    rows = _listed(night(tmp_path, decisions=pl.DataFrame(lines)))
    assert rows.schema == SAID
    assert rows.select("customer_id", "event_id", "day").rows() == [("X", "e1", day_number(DAY))]
    assert _listed(night(tmp_path / "first", None)).is_empty()
    older = pl.DataFrame(lines).drop("source")
    assert _listed(night(tmp_path / "older", decisions=older)).is_empty(), "of which event it cannot say"


def test_what_was_said_is_of_the_very_matter_by_its_number() -> None:
    began, lost = day_number(LAST), Rule.MAIN_BUYER_LOST
    matters = [
        {"customer_id": "X", "rule": lost.value, "partner": one, "began": began} for one in ("P1", "P2")
    ]
    matters.append({"customer_id": "X", "rule": "bank_a", "partner": None, "began": began})
    put_off = [event_id("X", lost, "P1", LAST), event_id("X", lost, "P2", LAST - timedelta(days=40))]
    said = pl.DataFrame(
        {"customer_id": "X", "event_id": [*put_off, numbered("X", "bank_a", "", LAST.isoformat())]}
    )
    days = said.with_columns(day=pl.lit(None), until_day=pl.lit(9)).cast(SAID)  # type: ignore[arg-type]
    blank = dict.fromkeys(FROM_SEEN.names)
    found = of_matters(days, pa.Table.from_pylist([blank | one for one in matters], FROM_SEEN))
    assert sorted(found.rows()) == [
        ("X", "bank_a", "", began, None, 9),
        ("X", lost.value, "P1", began, None, 9),
    ]
