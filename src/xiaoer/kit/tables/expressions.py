"""Column expressions that mean the same on every engine."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw

_TO_EPOCH = 719_162  # days from 0001-01-01 to 1970-01-01


def day_no(column: str) -> nw.Expr:
    """Days since 1970-01-01 of a date column; engines do not agree on subtracting dates, all agree on this."""
    before = nw.col(column).dt.year().cast(nw.Int64) - 1
    leap_days = before // 4 - before // 100 + before // 400
    return before * 365 + leap_days + nw.col(column).dt.ordinal_day().cast(nw.Int64) - 1 - _TO_EPOCH


def with_day_numbers(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Every date column as day numbers."""
    dates = [name for name, kind in frame.collect_schema().items() if kind == nw.Date]
    return frame.with_columns(day_no(name).cast(nw.Int32).alias(name) for name in dates)


def month_no(column: str) -> nw.Expr:
    """Months since year 0 of a date column: year × 12 + month − 1."""
    return nw.col(column).dt.year().cast(nw.Int64) * 12 + nw.col(column).dt.month().cast(nw.Int64) - 1


def whole(expression: nw.Expr) -> nw.Expr:
    """A sum or count as Int64, whatever the engine widens it to."""
    return expression.cast(nw.Int64)


def total(value: nw.Expr | str, where: nw.Expr | None = None) -> nw.Expr:
    """Integer sum inside a group, of the rows where a condition holds; 0 where none does."""
    value = nw.col(value) if isinstance(value, str) else value
    kept = value if where is None else nw.when(where).then(value).otherwise(0)
    return whole(nw.coalesce(kept.sum(), nw.lit(0)))


def count(where: nw.Expr) -> nw.Expr:
    """How many rows of a group meet a condition."""
    return whole(nw.when(where).then(1).otherwise(0).sum())


def share(part: nw.Expr | str, of: nw.Expr | str) -> nw.Expr:
    """A ratio of integers as Float64; null where the denominator is not positive."""
    part = nw.col(part) if isinstance(part, str) else part
    of = nw.col(of) if isinstance(of, str) else of
    return nw.when(of > 0).then(part.cast(nw.Float64) / of.cast(nw.Float64))


def between(column: str, first: int, last: int) -> nw.Expr:
    """Both ends included."""
    return (nw.col(column) >= first) & (nw.col(column) <= last)


def stacked(frames: Sequence[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
    """Frames of the same columns one beneath the other, joined in halves: an engine binds a long chain at each link."""
    if len(frames) <= 2:
        return nw.concat(list(frames), how="vertical")
    half = len(frames) // 2
    return nw.concat([stacked(frames[:half]), stacked(frames[half:])], how="vertical")
