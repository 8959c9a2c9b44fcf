"""How each sector's firms fared in the last whole month, as the table `climate`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import narwhals as nw
import pyarrow as pa

from xiaoer.nightly.frames import FIRMS
from xiaoer.nightly.run import Night
from xiaoer.scores.climate import Climate, climate
from xiaoer.scores.columns import numbers
from xiaoer.scores.terms import Watch
from xiaoer.scores.watching import SECTOR

A_YEAR = 12  # months
NIGHTS = 20  # of a month: it is looked at once, so what they may cry together is its share
CLIMATE = pa.schema(
    {
        "sector": pa.string(),
        "firms": pa.int64(),
        "change": pa.float64(),
        "low": pa.float64(),
        "high": pa.float64(),
    }
)


def fared(night: Night) -> list[Climate]:
    """Each sector with enough firms; empty where the files do not reach back a year."""
    month = last_whole_month(night)
    taken = {name: nw.when(nw.col("month") == of).then(nw.col("inflow")).otherwise(0).sum()
             for name, of in (("now", month), ("before", month - A_YEAR))}  # fmt: skip
    of_firms = night.made("flow_months").group_by("customer_id").agg(**taken)
    sectors = night.made(FIRMS).select("customer_id", SECTOR)
    rows = night.engine.collect(sectors.join(of_firms, on="customer_id", how="inner"))
    now, before = (numbers(rows[name]) for name in ("now", "before"))
    false_alarm = NIGHTS * Watch.in_force(night.business_date).false_alarm
    found = climate(rows[SECTOR].to_pylist(), now, before, false_alarm)
    return _kept(night, found)


def none_fared(night: Night) -> list[Climate]:
    """Where nothing is asked of a sector: the table without rows."""
    return _kept(night, [])


def _kept(night: Night, found: list[Climate]) -> list[Climate]:
    night.keep_rows("climate", pa.Table.from_pylist([asdict(one) for one in found], CLIMATE))
    return found


def last_whole_month(night: Night) -> int:
    """The month, year × 12 + month − 1, that ended last: tonight's on its last day."""
    tomorrow = night.business_date + timedelta(days=1)
    return tomorrow.year * 12 + tomorrow.month - 2
