"""Columns as numbers that trees and bins can cut: words in order of how often the outcome followed them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample

FEWEST_OF_A_WORD = 20  # rarer words share one place: alone they would tell only chance
PRIOR = 20.0  # rows of the mean that every word's share is drawn towards (Micci-Barreca 2001)


@dataclass(frozen=True)
class Order:
    """The place of each word of a category on one line: `of_words` in order of `levels`, then `others`."""

    of_words: tuple[float, ...]
    others: float

    def place(self, codes: Floats) -> Floats:
        table = np.array([*self.of_words, self.others, np.nan])
        places: Floats = table[np.where(np.isnan(codes), len(table) - 1, codes).astype(np.int64)]
        return places


@dataclass(frozen=True)
class Reading:
    """How columns become a matrix; made from training rows only, then the same in fit, points and use."""

    fields: tuple[Field, ...]
    orders: Mapping[str, Order]

    def matrix(self, columns: Mapping[str, Floats]) -> Floats:
        """Rows × columns: each field, special values as missing, then a 0/1 column for each special value."""
        plain = [self.line(field, columns[field.name]) for field in self.fields]
        return np.column_stack([*plain, *self._marks(columns)])

    def line(self, field: Field, values: Floats) -> Floats:
        """A field as sizes on a line, NaN where missing or special."""
        if field.kind == "category":
            return self.orders[field.name].place(values)
        return np.where(np.isin(values, field.special), np.nan, values) if field.special else values

    def _marks(self, columns: Mapping[str, Floats]) -> list[Floats]:
        return [
            (columns[field.name] == value).astype(np.float64)
            for field in self.fields
            for value in field.special
        ]

    @property
    def columns_of(self) -> list[list[int]]:
        """The columns of the matrix that belong to each field."""
        marks = iter(range(len(self.fields), len(self.monotone)))
        return [[place, *islice(marks, len(field.special))] for place, field in enumerate(self.fields)]

    @property
    def monotone(self) -> list[int]:
        """The direction of each column of the matrix."""
        directions = [field.monotone for field in self.fields]
        return directions + [0] * sum(len(field.special) for field in self.fields)


def read_from(fields: Sequence[Field], sample: Sample) -> Reading:
    """The reading that training rows give."""
    orders = {
        field.name: ordered(sample.columns[field.name], sample.hit, len(field.levels))
        for field in fields
        if field.kind == "category"
    }
    return Reading(tuple(fields), orders)


def ordered(codes: Floats, hit: NDArray[np.bool_], levels: int) -> Order:
    """Words by their share of outcomes, drawn towards the mean; words of few rows together."""
    known = ~np.isnan(codes)
    places = codes[known].astype(np.int64)
    rows = np.bincount(places, minlength=levels + 1)[: levels + 1]
    hits = np.bincount(places, weights=hit[known], minlength=levels + 1)[: levels + 1]
    often = rows >= FEWEST_OF_A_WORD
    often[levels] = False
    mean = float(hit.mean())
    shares = (hits + PRIOR * mean) / (rows + PRIOR)
    others = float((hits[~often].sum() + PRIOR * mean) / (rows[~often].sum() + PRIOR))
    return Order(tuple(np.where(often, shares, others)[:levels].tolist()), others)
