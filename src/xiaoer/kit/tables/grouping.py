"""What is told of each group of rows; every engine groups as it does best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import narwhals as nw

from xiaoer.kit.tables.expressions import total, whole


class How(Enum):
    """What is made of a group's values, nulls left out; of none the sum is 0, the smallest and the largest null."""

    SUM = "sum"
    LEAST = "least"
    MOST = "most"
    ROWS = "rows"


@dataclass(frozen=True)
class Told:
    """A figure of each group, Int64, from whole numbers or flags (true is 1)."""

    how: How
    value: nw.Expr

    @property
    def expression(self) -> nw.Expr:
        """The same as an aggregation."""
        value = self.value.cast(nw.Int64)
        match self.how:
            case How.SUM:
                return total(value)
            case How.LEAST:
                return whole(value.min())
            case How.MOST:
                return whole(value.max())
            case How.ROWS:
                return whole(nw.len())


def summed(value: nw.Expr | str, where: nw.Expr | None = None) -> Told:
    """Of the rows where a condition holds."""
    kept = _column(value)
    return Told(How.SUM, kept if where is None else nw.when(where).then(kept).otherwise(0))


def least(value: nw.Expr | str) -> Told:
    return Told(How.LEAST, _column(value))


def most(value: nw.Expr | str) -> Told:
    return Told(How.MOST, _column(value))


def counted() -> Told:
    """How many rows a group has."""
    return Told(How.ROWS, nw.lit(1))


def _column(value: nw.Expr | str) -> nw.Expr:
    return nw.col(value) if isinstance(value, str) else value


class Grouping(Protocol):
    """A way of grouping."""

    def __call__(
        self, frame: nw.LazyFrame[Any], by: Sequence[str], told: Mapping[str, Told]
    ) -> nw.LazyFrame[Any]:
        """One row per group: the columns it is grouped by, then what is told of it by name."""


def grouped(frame: nw.LazyFrame[Any], by: Sequence[str], told: Mapping[str, Told]) -> nw.LazyFrame[Any]:
    """The grouping any engine can do."""
    return frame.group_by(*by).agg(one.expression.alias(name) for name, one in told.items())
