"""Whether two nights are the same night: every table they wrote and every row they show."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

TOLERANCE = 1e-9
Rows = list[dict[str, Any]]


def made_tables(night: Path) -> list[str]:
    """Names of the tables a night wrote."""
    return sorted(path.stem for path in night.glob("*.parquet"))


def nights_differ(one: Path, other: Path) -> list[str]:
    """Sentences on what differs between two nights' folders; none where they are the same."""
    left, right = made_tables(one), made_tables(other)
    told = [f"{name} was written by one night only" for name in sorted(set(left) ^ set(right))]
    for name in sorted(set(left) & set(right)):
        pair = [_read(night / f"{name}.parquet") for night in (one, other)]
        told += [f"{name}: {what}" for what in tables_differ(*pair)]
    return told


def tables_differ(left: pl.DataFrame, right: pl.DataFrame) -> list[str]:
    """Names and types of columns, then rows: all exact, but floats within 1e-9 (of the greater, or of one)."""
    if list(left.schema.items()) != list(right.schema.items()):
        return [f"columns {dict(left.schema)} against {dict(right.schema)}"]
    if left.height != right.height:
        return [f"{left.height} rows against {right.height}"]
    floats = [name for name, kind in left.schema.items() if kind.is_float()]
    # In order of all that is exact; only twins in all of that are put in order by their floats.
    order = [*(name for name in left.columns if name not in floats), *floats]
    one, other = (table.sort(order, nulls_last=True) for table in (left, right))
    return list(_columns_differ(one, other))


def _columns_differ(left: pl.DataFrame, right: pl.DataFrame) -> Iterator[str]:
    for name in left.columns:
        alike = (
            _close(left[name], right[name])
            if left[name].dtype.is_float()
            else left[name].eq_missing(right[name])
        )
        if not alike.all():
            at = (~alike).arg_max()
            where = dict(zip(left.columns[:3], left.row(at)[:3], strict=False))
            yield f"{name} differs in {(~alike).sum()} rows, as at {where}: {left[name][at]!r} against {right[name][at]!r}"


def _close(left: pl.Series, right: pl.Series) -> pl.Series:
    one, other = left.to_frame("one"), right.to_frame("other")
    a, b = pl.col("one"), pl.col("other")
    near = (a - b).abs() <= TOLERANCE * pl.max_horizontal(pl.lit(1.0), a.abs(), b.abs())
    return (
        pl.concat([one, other], how="horizontal")
        .select(a.eq_missing(b) | near.fill_null(value=False))
        .to_series()
    )


def _read(path: Path) -> pl.DataFrame:
    table = pl.from_arrow(pq.read_table(path))
    assert isinstance(table, pl.DataFrame)
    return table


def published_differ(one: dict[str, Rows], other: dict[str, Rows]) -> list[str]:
    """What differs between two desks' rows in order of their keys, down into their JSON."""
    told = [f"{name} is shown by one desk only" for name in sorted(set(one) ^ set(other))]
    for name in sorted(set(one) & set(other)):
        if len(one[name]) != len(other[name]):
            told.append(f"shown {name}: {len(one[name])} rows against {len(other[name])}")
        pairs = zip(one[name], other[name], strict=False)
        told += [f"shown {name}: {place}" for a, b in pairs for place in _values_differ(a, b, "")]
    return told


def _values_differ(one: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _values_differ(one[key], other[key], f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _values_differ(a, b, f"{place}[{at}]")
    elif isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            yield f"{place}: {one} against {other}"
    elif type(one) is not type(other) or one != other:
        yield f"{place}: {one!r} against {other!r}"
