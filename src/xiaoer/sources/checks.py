"""The contract held at the border by pandera, its messages turned into our reasons."""

from functools import cache
from typing import Any

import pandera.polars as pap
import polars as pl
from pandera.errors import SchemaErrors

from xiaoer.kit.tables.schema import Kind
from xiaoer.sources.contracts import contract
from xiaoer.sources.terms import Bad, Column, Why

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


@cache
def border(table: str) -> pap.DataFrameSchema:
    """The pandera schema of a contract."""
    return pap.DataFrameSchema({column.name: _column(column) for column in contract(table).columns})


def _column(column: Column) -> pap.Column:
    checks = []
    if column.allowed:
        checks.append(pap.Check.isin(list(column.allowed)))
    if column.minimum is not None or column.maximum is not None:
        low = -float("inf") if column.minimum is None else column.minimum
        high = float("inf") if column.maximum is None else column.maximum
        checks.append(pap.Check.in_range(low, high))
    return pap.Column(DTYPES.get(column.kind, pl.String), checks=checks, nullable=not column.required)


def check(table: str, rows: pl.DataFrame) -> list[Bad]:
    """Every fault the contract finds in typed rows (with `line_no`)."""
    try:
        border(table).validate(rows, lazy=True)
    except SchemaErrors as found:
        return _bads(pl.DataFrame(found.failure_cases), rows)
    return []


def _bads(cases: pl.DataFrame, rows: pl.DataFrame) -> list[Bad]:
    lines = rows["line_no"]
    return [
        Bad(lines[case["index"]], case["column"], _why(case["check"]), str(case["failure_case"] or ""))
        for case in cases.iter_rows(named=True)
    ]


def _why(check_name: str) -> Why:
    return next((why for word, why in CHECKS.items() if check_name.startswith(word)), Why.OUT_OF_RANGE)
