"""Rows summed between the edges of windows: what is added once per stretch need not be added once per window."""

from collections.abc import Iterable
from functools import reduce
from operator import add

import narwhals as nw

from xiaoer.features.terms import Span
from xiaoer.kit.tables.expressions import between


def edges(spans: Iterable[Span]) -> list[int]:
    """The last days of stretches, such that every span is made of whole stretches."""
    return sorted({edge for span in spans for edge in (span.first - 1, span.last)})


def stretch(spans: Iterable[Span]) -> nw.Expr:
    """The number of the stretch a `day` lies in; days of one stretch lie in the same spans."""
    beyond = [(nw.col("day") > edge).cast(nw.Int32) for edge in edges(spans)]
    return reduce(add, beyond).alias("stretch")


def within(span: Span) -> nw.Expr:
    """Rows of a span, told by their own day or by any day of their stretch."""
    return between("day", span.first, span.last)
