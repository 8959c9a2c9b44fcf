"""The published organisation: branches with their paths, staff, posts in force, and who answers for whom."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from xiaoer.nightly.run import Night
from xiaoer.nightly.standins import branch_rows, post_rows, staff_rows

Row = dict[str, Any]


def branches(night: Night) -> list[Row]:
    rows = branch_rows(night)
    parents = {row["branch_id"]: row["parent_id"] or "" for row in rows}
    return [
        {"branch_id": row["branch_id"], "name": row["name"] or row["branch_id"],
         "parent_id": parents[row["branch_id"]], "path": _path(row["branch_id"], parents)}
        for row in rows
    ]  # fmt: skip


def staff(night: Night) -> list[Row]:
    return [
        {"staff_id": row["staff_id"], "name": row["name"], "branch_id": row["branch_id"] or "",
         "capacity_minutes": row["capacity_minutes"]}
        for row in staff_rows(night)
    ]  # fmt: skip


def posts(night: Night) -> list[Row]:
    return [
        {name: row[name] for name in ("staff_id", "post", "branch_id", "from_date", "to_date")}
        for row in post_rows(night)
    ]


def assignments(night: Night) -> pa.Table:
    """One main manager per firm that has one, since the day the bank's files tell."""
    placed = pl.DataFrame(night.rows_of("portfolio")).sort("customer_id")
    told = night.delivered("assignments").select("customer_id", "staff_id", "from_date")
    dated = pl.DataFrame(night.engine.collect(told)).unique(["customer_id", "staff_id"], keep="last")
    own = placed.filter(~pl.col("manager_id").str.starts_with("pool:")).with_columns(staff_id="manager_id")
    rows = own.join(dated, on=["customer_id", "staff_id"], how="left", maintain_order="left")
    return rows.with_columns(role=pl.lit("main")).to_arrow()


def _path(branch_id: str, parents: Mapping[str, str]) -> str:
    steps, at = [branch_id], parents.get(branch_id, "")
    while at and at not in steps:
        steps.append(at)
        at = parents.get(at, "")
    return "/".join(reversed(steps))
