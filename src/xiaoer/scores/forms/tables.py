"""A model as tables: how each input falls into bins, and what each bin is worth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xiaoer.scores.rules import Floats, Ints
from xiaoer.scores.samples import Field


@dataclass(frozen=True)
class Axis:
    """The bins of one input.

    A number: between `cuts` (a value equal to a cut lies below it), then missing, then each special value.
    A category: `groups` of words, then missing; words in no group lie in group `others`.
    """

    name: str
    cuts: tuple[float, ...] = ()
    special: tuple[float, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    others: int = 0

    @property
    def sizes(self) -> int:
        """Bins of known, not special values; the bin after them is that of missing ones."""
        return len(self.groups) or len(self.cuts) + 1

    @property
    def bins(self) -> int:
        return self.sizes + 1 + len(self.special)

    def bin_of(self, values: Floats, levels: Sequence[str]) -> Ints:
        """The bin of each value; codes of categories are places in `levels`."""
        if self.groups:
            return self._group_of(values, levels)
        bins = np.searchsorted(self.cuts, values, side="left")
        bins[np.isnan(values)] = self.sizes
        for place, value in enumerate(self.special):
            bins[values == value] = self.sizes + 1 + place
        return bins

    def _group_of(self, codes: Floats, levels: Sequence[str]) -> Ints:
        known = {word: group for group, words in enumerate(self.groups) for word in words}
        table = np.array([*(known.get(word, self.others) for word in levels), self.others, self.sizes])
        place = np.where(np.isnan(codes), len(levels) + 1, codes).astype(np.int64)
        groups: Ints = table[place]
        return groups


@dataclass(frozen=True)
class Part:
    """What one input, or two together, are worth: one number a bin, row by row for two."""

    axes: tuple[Axis, ...]
    worth: tuple[float, ...]

    @property
    def name(self) -> str:
        return " × ".join(axis.name for axis in self.axes)

    def bin_of(self, columns: Mapping[str, Floats], fields: Mapping[str, Field]) -> Ints:
        """The place in `worth` of each row."""
        place: Ints | int = 0
        for axis in self.axes:
            place = place * axis.bins + axis.bin_of(columns[axis.name], fields[axis.name].levels)
        return np.asarray(place)

    def worth_of(self, columns: Mapping[str, Floats], fields: Mapping[str, Field]) -> Floats:
        """What each row is worth."""
        worth: Floats = np.asarray(self.worth)[self.bin_of(columns, fields)]
        return worth


@dataclass(frozen=True)
class Additive:
    """Log-odds of the outcome = `start` + the worth of every part; before it is rounded to points."""

    start: float
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]

    def log_odds(self, columns: Mapping[str, Floats]) -> Floats:
        fields = {field.name: field for field in self.fields}
        odds = np.full(len(next(iter(columns.values()))), self.start)
        for part in self.parts:
            odds += part.worth_of(columns, fields)
        return odds

    def centred(self, columns: Mapping[str, Floats]) -> "Additive":
        """Each part's mean over these rows goes to the start, so that 0 is usual.

        A missing or special value that no row had says nothing: it is worth the mean.
        """
        fields, start, parts = {field.name: field for field in self.fields}, self.start, []
        for part in self.parts:
            filled = np.bincount(part.bin_of(columns, fields), minlength=len(part.worth))
            worth = np.asarray(part.worth)
            mean = float(worth @ filled / filled.sum())
            worth = np.where(_told(part.axes, filled), worth - mean, 0.0)
            start += mean
            parts.append(replace(part, worth=tuple(worth.tolist())))
        return replace(self, start=start, parts=tuple(parts))

    def stretched(self, slope: float, intercept: float) -> "Additive":
        """Log-odds × slope + intercept, as a calibration line asks."""
        parts = (replace(part, worth=tuple(slope * worth for worth in part.worth)) for part in self.parts)
        return replace(self, start=self.start * slope + intercept, parts=tuple(parts))


def _told(axes: Sequence[Axis], filled: Ints) -> NDArray[np.bool_]:
    """Which bins may speak: sizes lie between neighbours, missing and special values must have been seen."""
    shaped, told = filled.reshape([axis.bins for axis in axes]), np.ones((), dtype=bool)
    for place, axis in enumerate(axes):
        others = tuple(other for other in range(len(axes)) if other != place)
        seen = (np.arange(axis.bins) < axis.sizes) | (shaped.sum(axis=others) > 0)
        told = np.logical_and.outer(told, seen)
    return told.ravel()


def merged(axis: Axis, worth: Sequence[float]) -> tuple[Axis, tuple[float, ...]]:
    """Neighbouring sizes that are worth the same become one bin; nothing else changes."""
    if axis.groups:
        return axis, tuple(worth)
    kept = [place for place in range(len(axis.cuts)) if worth[place] != worth[place + 1]]
    sizes = [worth[place] for place in kept] + [worth[len(axis.cuts)]]
    return replace(axis, cuts=tuple(axis.cuts[place] for place in kept)), (*sizes, *worth[axis.sizes :])


def described(axis: Axis) -> Iterator[str]:
    """Each bin in words and figures, as a table shows it."""
    if axis.groups:
        for place, words in enumerate(axis.groups):
            yield " | ".join((*words, "…") if place == axis.others else words)
    else:
        ends = ["-∞", *(f"{cut:g}" for cut in axis.cuts), "∞"]
        yield from (f"{low} … {high}" for low, high in pairwise(ends))
    yield "—"
    yield from (f"= {value:g}" for value in axis.special)
