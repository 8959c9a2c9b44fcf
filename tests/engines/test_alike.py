"""The judge of the nights is itself on trial: what differs must be seen."""

from typing import Any

import polars as pl
import pytest

from tests.engines.alike import published_differ, tables_differ

NIGHT = pl.DataFrame({"firm": ["a", "b", "b"], "fen": [1, None, 3], "share": [0.5, None, 1 / 3]})


def test_order_and_the_last_bits_do_not_matter() -> None:
    moved = NIGHT.with_columns(pl.col("share") * (1 + 1e-12)).reverse()
    assert tables_differ(NIGHT, moved) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        pl.col("fen") + 1,
        pl.col("fen").fill_null(0),
        pl.col("fen").cast(pl.Int32),
        pl.col("share") + 1e-6,
        pl.col("share").fill_null(0.0),
        pl.col("share").fill_null(float("nan")),
        pl.col("firm").str.to_uppercase(),
        pl.lit(1).alias("more"),
    ],
    ids=str,
)
def test_a_difference_is_told(spoilt: pl.Expr) -> None:
    assert tables_differ(NIGHT, NIGHT.with_columns(spoilt))


def test_a_row_too_few_is_told() -> None:
    assert tables_differ(NIGHT, NIGHT.head(2)) == ["3 rows against 2"]


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ({"a": [1, 2.0]}, {"a": [1, 2.1]}),
        ([1], [1, 2]),
        (1, 1.0),
        (None, 0),
        ({"a": 1}, {"b": 1}),
        ("x", "y"),
    ],
)
def test_a_difference_inside_json_is_told(value: Any, other: Any) -> None:
    rows = {"profiles": [{"customer_id": "a", "held": value}]}
    assert published_differ(rows, rows) == []
    assert len(published_differ(rows, {"profiles": [{"customer_id": "a", "held": other}]})) == 1
