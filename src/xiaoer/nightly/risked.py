"""The published rows of the risk desk: each firm's arrears from the first day."""

import polars as pl

from xiaoer.loans.night.allocation import NEVER
from xiaoer.nightly import seam
from xiaoer.nightly.pieces import Part, as_json, in_parts
from xiaoer.nightly.run import Night

ARREARS = ("customer_id", "times", "late")


def arrears(night: Night) -> seam.Rows:
    """Firms that were ever past due: their times in each bucket, and the dues that made them late."""
    return in_parts(night, ARREARS, _arrears)


def _arrears(part: Part) -> pl.DataFrame:
    late = _listed(
        part.made("late_notes").with_columns(
            pl.when(pl.col("until_day") < NEVER).then("until_day").alias("until_day")
        ),
        ["from_day", "note_id", "due_day"],
        {
            "note": pl.col("note_id"),
            "due": _day("due_day"),
            "from": _day("from_day"),
            "until": _day("until_day"),
        },
        "late",
    )
    times = _listed(
        part.made("firm_spells"),
        ["in_day", "floor"],
        {"floor": pl.col("floor"), "in": _day("in_day"), "out": _day("out_day")},
        "times",
    )
    return late.join(times, on="customer_id", how="left", maintain_order="left").with_columns(
        pl.col("times").fill_null("[]")
    )


def _listed(rows: pl.DataFrame, order: list[str], entry: dict[str, pl.Expr], name: str) -> pl.DataFrame:
    """A firm's rows in order as one JSON text."""
    entries = rows.sort("customer_id", *order).select(
        "customer_id", pl.struct(value.alias(key) for key, value in entry.items()).alias(name)
    )
    listed = entries.group_by("customer_id", maintain_order=True).agg(name)
    return listed.with_columns(as_json(pl.col(name)).alias(name))


def _day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date).cast(pl.String)
