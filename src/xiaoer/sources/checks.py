"""The contract held at the border by pandera, its messages turned into our reasons."""

from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import pandera.polars as pap
import polars as pl
from pandera.errors import SchemaErrors

from xiaoer.kit.tables.schema import Kind
from xiaoer.sources.cells import Batch, Cells
from xiaoer.sources.contracts import contract
from xiaoer.sources.terms import Bad, Column, Contract, Why

DTYPES: dict[Kind, Any] = {
    Kind.DATE: pl.Date,
    Kind.INSTANT: pl.Datetime("us"),
    Kind.MONEY: pl.Int64,
    Kind.INTEGER: pl.Int64,
    Kind.NUMBER: pl.Float64,
    Kind.RATE: pl.Float64,
    Kind.FLAG: pl.Boolean,
}
CHECKS = {"not_nullable": Why.EMPTY, "isin": Why.UNKNOWN_CODE, "in_range": Why.OUT_OF_RANGE}
ONE_AT_A_TIME = Lock()  # pandera keeps its settings for all threads together


@cache
def border(table: str, column: str) -> pap.DataFrameSchema:
    """The pandera schema of a contract's column."""
    return pap.DataFrameSchema({column: _column(contract(table).column(column))})


def _column(column: Column) -> pap.Column:
    checks = []
    if column.allowed:
        checks.append(pap.Check.isin(list(column.allowed)))
    if column.minimum is not None or column.maximum is not None:
        low = -float("inf") if column.minimum is None else column.minimum
        high = float("inf") if column.maximum is None else column.maximum
        checks.append(pap.Check.in_range(low, high))
    return pap.Column(DTYPES.get(column.kind, pl.String), checks=checks, nullable=not column.required)


def check(contract: Contract, rows: Batch) -> list[Bad]:
    """Every fault the contract finds in typed rows.

    Columns are looked over word by word; only rows with a word that does not fit are put before pandera.
    """
    return [
        bad
        for column in contract.columns
        for bad in _judged(contract.name, column, rows.lines, rows.cells[column.name])
    ]


def _judged(table: str, column: Column, lines: np.ndarray, cells: Cells) -> Iterator[Bad]:
    hit = cells.where(_unfit(column, cells.words))
    if not hit.any():
        return
    rows = cells.filter(hit).rows().alias(column.name).to_frame()
    try:
        with ONE_AT_A_TIME:
            border(table, column.name).validate(rows, lazy=True)
    except SchemaErrors as found:
        yield from _bads(pl.DataFrame(found.failure_cases), lines[hit])


def _unfit(column: Column, words: pl.Series) -> pl.Series:
    """Words that pandera will not pass; null where it has nothing to say."""
    unfit = words.is_null() if column.required else pl.repeat(value=False, n=len(words), eager=True)
    if column.allowed:
        unfit |= ~words.is_in(list(column.allowed))
    if column.minimum is not None:
        unfit |= words < column.minimum
    if column.maximum is not None:
        unfit |= words > column.maximum
    return unfit


def _bads(cases: pl.DataFrame, lines: np.ndarray) -> list[Bad]:
    return [
        Bad(int(lines[case["index"]]), case["column"], _why(case["check"]), str(case["failure_case"] or ""))
        for case in cases.iter_rows(named=True)
    ]


def _why(check_name: str) -> Why:
    return next((why for word, why in CHECKS.items() if check_name.startswith(word)), Why.OUT_OF_RANGE)
