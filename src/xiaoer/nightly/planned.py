"""What was on each manager's list of each day, kept for the reports of the days gone by."""

from datetime import timedelta

import polars as pl
import pyarrow as pa

from xiaoer.nightly import history
from xiaoer.nightly.run import Night

KEPT_DAYS = 400
KEY = {
    "day": pl.Date, "branch_id": pl.String, "manager_id": pl.String, "rule": pl.String, "kind": pl.String,
}  # fmt: skip
SUMS = ("minutes", "expected_return", "cost")
COLUMNS = {**KEY, "lines": pl.Int64, **dict.fromkeys(SUMS, pl.Int64)}


def planned_days(night: Night) -> pa.Table:
    """Tonight's lists, and the ones the nights before made of other days."""
    before = history.made_before(night, "planned_days", list(COLUMNS))
    tonight = _tonight(night)
    held = pl.DataFrame(schema=COLUMNS) if before is None else pl.DataFrame(before).cast(COLUMNS)  # type: ignore[arg-type]
    kept = held.filter(pl.col("day") > night.business_date - timedelta(days=KEPT_DAYS))
    earlier = kept.join(tonight.select("day").unique(), on="day", how="anti")
    rows = pl.concat([earlier, tonight]).sort(list(KEY)).to_arrow()
    night.keep_rows("planned_days", rows)
    return rows


def _tonight(night: Night) -> pl.DataFrame:
    lines = pl.DataFrame(night.rows_of("decisions")).filter(pl.col("fits").fill_null(value=False))
    branches = pl.DataFrame(night.rows_of("portfolio")).select("customer_id", "branch_id")
    placed = lines.join(branches, on="customer_id", how="left")
    summed = placed.group_by(list(KEY)).agg(pl.len().alias("lines"), *(pl.col(name).sum() for name in SUMS))
    return summed.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
