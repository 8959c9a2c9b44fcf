"""One sort of packed keys tells of groups what any engine's own grouping tells, and says where it cannot."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from xiaoer.kit.tables import packing
from xiaoer.kit.tables.grouping import counted, grouped, least, most, summed
from xiaoer.kit.tables.ranges import Worker

TOLD = {
    "whole": summed("amount"),
    "some": summed("amount", nw.col("day") > 10),
    "flags": summed("flag"),
    "rows": counted(),
    "first": least("day"),
    "last": most(nw.when(nw.col("flag")).then(nw.col("day"))),
}


def drawn(rows: int, seed: int = 3) -> pl.DataFrame:
    """Texts as categories, flags and whole numbers below nought, of each some missing."""
    draw = np.random.default_rng(seed)

    def some(values: list[object]) -> list[object]:
        return [value if keep else None for value, keep in zip(values, draw.random(rows) > 0.1, strict=True)]

    return pl.DataFrame(
        {
            "firm": some([f"C{n}" for n in draw.integers(0, 9, rows)]),
            "sale": some([bool(n) for n in draw.integers(0, 2, rows)]),
            "month": some(list(draw.integers(-4, 4, rows))),
            "day": some(list(draw.integers(-30, 30, rows))),
            "flag": some([bool(n) for n in draw.integers(0, 2, rows)]),
            "amount": some(list(draw.integers(-(10**12), 10**12, rows))),
        },
        schema_overrides={"month": pl.Int32, "day": pl.Int32},
    ).with_columns(pl.col("firm").cast(pl.Categorical(pl.Categories.random())))


@pytest.mark.parametrize("by", [("firm",), ("sale",), ("firm", "sale", "month"), ("month", "firm", "amount")])
@pytest.mark.parametrize("ordered", [True, False])
def test_figures_are_those_of_any_grouping(by: tuple[str, ...], ordered: bool) -> None:
    rows = drawn(3_000)
    rows = rows.sort(by, nulls_last=False) if ordered else rows
    assert packing.grouped(rows, by, {}) is not None, "these keys are to be packed"
    frame = nw.from_native(rows.lazy())
    ours, theirs = (
        nw.to_native(one).collect().sort(by)
        for one in (Worker().grouped(frame, by, TOLD), grouped(frame, by, TOLD))
    )
    assert ours.equals(theirs)
    assert ours.schema == theirs.schema


def test_one_group_and_no_row() -> None:
    rows = drawn(5).with_columns(sale=True)
    for some in (rows, rows.clear()):
        frame = nw.from_native(some.lazy())
        ours = nw.to_native(Worker().grouped(frame, ["sale"], TOLD)).collect()
        assert ours.equals(nw.to_native(grouped(frame, ["sale"], TOLD)).collect())


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("key", ["a", "b", "a"]),
        pl.Series("key", [0.5, 1.5, 0.5]),
        pl.Series("key", [-(2**62), 2**62, -(2**62)]),
    ],
    ids=["texts", "fractions", "numbers too far apart"],
)
def test_what_is_not_to_be_packed_is_grouped_all_the_same(column: pl.Series) -> None:
    rows = pl.DataFrame({"key": column, "amount": [1, 2, 3]})
    assert packing.grouped(rows, ["key"], {}) is None
    frame = nw.from_native(rows.lazy())
    found = nw.to_native(Worker().grouped(frame, ["key"], {"whole": TOLD["whole"]})).collect().sort("whole")
    assert found["whole"].to_list() == [2, 4]
