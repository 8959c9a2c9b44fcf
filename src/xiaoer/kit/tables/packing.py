"""Grouping in memory by one sort: keys packed into one whole number a row need no table of several columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xiaoer.kit.tables.grouping import How

Ints = NDArray[np.int64]
MOST_BITS = 63  # of a packed key, so that it is not negative
BOUNDS = np.iinfo(np.int64)
NOTHING = {How.SUM: 0, How.LEAST: BOUNDS.max, How.MOST: BOUNDS.min}  # what changes nothing
MADE_BY = {How.LEAST: np.minimum, How.MOST: np.maximum}


def grouped(rows: pl.DataFrame, by: Sequence[str], told: Mapping[str, How]) -> pl.DataFrame | None:
    """One row per group, in order of the packed keys: `by`, then what is told of the columns of these names.

    None where keys are not to be packed: texts and fractions, too wide ones, or no row at all.
    """
    codes = [one for name in by if (one := Codes.of(rows[name]))] if len(rows) else []
    bits = sum(one.bits for one in codes)
    if len(codes) < len(by) or bits > MOST_BITS:
        return None
    groups = Groups.of(packed(codes), bits)
    figures = {
        name: groups.counts if how is How.ROWS else groups.told(how, rows[name]) for name, how in told.items()
    }
    return pl.DataFrame(unpacked(groups.keys, codes)).with_columns(**figures)


@dataclass(frozen=True)
class Codes:
    """A column's values as whole numbers of so many bits: what is above its base; null, where there is any, is 0."""

    column: pl.Series
    base: int
    bits: int

    @classmethod
    def of(cls, column: pl.Series) -> Self | None:
        """None for texts and fractions."""
        kind, values = column.dtype, column.to_physical()
        if not (kind.is_signed_integer() or kind == pl.Boolean or isinstance(kind, pl.Categorical)):
            return None
        low, high = (0 if end is None else int(end) for end in (values.min(), values.max()))  # type: ignore[arg-type]
        base = low - 1 if column.null_count() else low
        return cls(column, base, (high - base).bit_length())

    @property
    def numbers(self) -> Ints:
        values = self.column.to_physical()
        full = values.cast(pl.Int64).fill_null(self.base) if values.null_count() else values
        numbers: Ints = np.subtract(_plain(full), self.base, dtype=np.int64)
        return numbers

    def column_of(self, numbers: Ints) -> pl.Series:
        """A column of the same kind, of such numbers."""
        kind = self.column.dtype
        known = pl.Series(self.column.name, numbers + self.base)
        known = known.set(pl.Series(numbers == 0), None) if self.column.null_count() else known
        return known.cast(pl.UInt32).cat.to(kind) if isinstance(kind, pl.Categorical) else known.cast(kind)


@dataclass(frozen=True)
class Groups:
    """Rows by their keys: the order in which they lie together, and the place in it at which each group begins."""

    keys: Ints  # of the groups
    order: Ints | None  # of the rows; None: they lie so already
    starts: Ints
    rows: int

    @classmethod
    def of(cls, keys: Ints, bits: int) -> Self:
        """Rows of equal keys, of so many bits, are a group; groups in order of their keys."""
        if (keys[1:] >= keys[:-1]).all():
            lying, order = keys, None
        else:
            lying, order = in_order(keys, bits)
        starts = np.flatnonzero(np.concatenate(([True], lying[1:] != lying[:-1])))
        return cls(lying[starts], order, starts, len(keys))

    @cached_property
    def ends(self) -> Ints:
        """The last place of each group."""
        return np.append(self.starts[1:], self.rows) - 1

    @property
    def counts(self) -> pl.Series:
        """How many rows each group has."""
        return pl.Series(np.diff(self.starts, append=self.rows))

    def told(self, how: How, values: pl.Series) -> pl.Series:
        """What is made of each group's values."""
        gaps, nothing = values.null_count() > 0, NOTHING[how]
        numbers = _plain(values.cast(pl.Int64).fill_null(nothing) if gaps else values)
        lying = numbers if self.order is None else numbers[self.order]
        if how is How.SUM:  # running sums are quicker than sums one by one
            return pl.Series(np.diff(lying.cumsum(dtype=np.int64)[self.ends], prepend=0))
        made = pl.Series(MADE_BY[how].reduceat(lying, self.starts, dtype=np.int64))
        return made.replace(nothing, None) if gaps else made


def in_order(keys: Ints, bits: int) -> tuple[Ints, Ints]:
    """Sorted keys of so many bits, and the row of each; sorting numbers is quicker than sorting places of numbers."""
    beside = (len(keys) - 1).bit_length()
    if bits + beside > MOST_BITS:
        order = np.argsort(keys)
        return keys[order], order
    both = keys << beside
    both |= np.arange(len(keys))
    both.sort()
    return both >> beside, both & ((1 << beside) - 1)


def packed(codes: Sequence[Codes]) -> Ints:
    """A number for each row, the same where all columns are."""
    keys = codes[0].numbers
    for one in codes[1:]:
        keys <<= one.bits
        keys |= one.numbers
    return keys


def unpacked(keys: Ints, codes: Sequence[Codes]) -> list[pl.Series]:
    """The columns again."""
    columns = []
    for one in reversed(codes):
        columns.append(one.column_of(keys & ((1 << one.bits) - 1)))
        keys = keys >> one.bits
    return columns[::-1]


def _plain(values: pl.Series) -> NDArray[Any]:
    """Of values without nulls; a flag is 0 or 1."""
    return (values.cast(pl.UInt8) if values.dtype == pl.Boolean else values).to_numpy()
