"""Dirt as real files have it: rows twice, broken cells, rows that come a month late."""

from collections import Counter

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Ints, flips, stream
from xiaoer.simulator.terms import Month, Plan, figure
from xiaoer.sources.contracts import contract

BREAKS = {  # per table: column, what is written into it, and why the intake will refuse it
    "invoices": (
        ("invoice_date", "2026/13/32", "not_a_date"),
        ("gross", "壹万元整", "not_a_number"),
        ("customer_id", "", "empty_required"),
    ),
    "transactions": (
        ("booked_date", "20261301", "not_a_date"),
        ("amount", "--", "not_a_number"),
        ("direction", "转", "unknown_code"),
    ),
}
KEYS = {"invoices": "invoice_no", "transactions": "transaction_id"}


def spoil(plan: Plan, month: Month, name: str, text: pl.DataFrame, counts: Counter[str]) -> pl.DataFrame:
    """Add exact duplicates and broken copies to a month's rows; good rows all stay as they are."""
    rng = stream(plan.seed, f"dirt {name}", month.index)
    twice = np.flatnonzero(flips(rng, figure("duplicate_share"), len(text)))
    broken = np.flatnonzero(flips(rng, figure("bad_share"), len(text)))
    counts[f"{name}.exact_duplicate"] += len(twice)
    return pl.concat([text, text[twice], *_broken(name, text, broken, counts)])


def _broken(name: str, text: pl.DataFrame, rows: Ints, counts: Counter[str]) -> list[pl.DataFrame]:
    """Copies under numbers of their own, with one cell broken each."""
    headers = {column.name: column.zh for column in contract(name).columns}
    frames = []
    for turn, (column, word, why) in enumerate(BREAKS[name]):
        part = text[rows[turn :: len(BREAKS[name])]]
        counts[f"{name}.{why}"] += len(part)
        own_key = pl.lit("X") + pl.col(headers[KEYS[name]])
        frames.append(
            part.with_columns(own_key.alias(headers[KEYS[name]]), pl.lit(word).alias(headers[column]))
        )
    return frames


def hold_back(
    plan: Plan, month: Month, frame: pl.DataFrame, counts: Counter[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that come now, and those that only come with the next file; the last month keeps none back."""
    rng = stream(plan.seed, "late", month.index)
    late = flips(rng, figure("late_share"), len(frame)) & (month.index < plan.months - 1)
    counts["invoices.late"] += int(late.sum())
    return frame.filter(pl.Series(~late)), frame.filter(pl.Series(late))
