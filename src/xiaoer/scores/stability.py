"""Whether what a model reads and says still looks like what it learnt from, and how much of a change chance explains.

The population stability index sums (share now − share then) × ln(share now / share then) over bins (Siddiqi 2006).
With no change at all it is about (1/n + 1/m) × χ² with a degree of freedom less than there are bins (Yurdakul 2018):
of few firms a large index means nothing, so each index comes with what chance alone stays below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2

from xiaoer.scores.forms.tables import Axis
from xiaoer.scores.rules import Floats, Ints
from xiaoer.scores.samples import Field

BINS, BINS_OF_FEW, FEW_FIRMS = 10, 5, 500
MOST_WORDS = 15
HALF = 0.5  # added to every bin, so that an empty one can be compared


@dataclass(frozen=True)
class Spread:
    """A column's share of rows by bin; `firms` stand behind them, as a firm's rows of many days are one firm's."""

    axis: Axis
    levels: tuple[str, ...]
    shares: tuple[float, ...]
    firms: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Spread":
        axis = row["axis"]
        groups = tuple(tuple(words) for words in axis["groups"])
        read = Axis(axis["name"], tuple(axis["cuts"]), tuple(axis["special"]), groups, axis["others"])
        return cls(read, tuple(row["levels"]), tuple(row["shares"]), row["firms"])

    @property
    def field(self) -> Field:
        """How the column is read: words by their place among those known then."""
        return Field(self.axis.name, "category" if self.axis.groups else "number", self.levels)


@dataclass(frozen=True)
class Moved:
    """How far a column moved: the index, what of it is more than chance gives on average, what chance stays below."""

    name: str
    psi: float
    beyond: float
    chance: float
    firms: int

    def at_least(self, threshold: float) -> bool:
        """Whether it moved by so much, and chance does not explain it."""
        return self.psi > self.chance and self.beyond >= threshold


def spread_of(field: Field, values: Floats, firms: int) -> Spread:
    """The spread of a column's values: a number by its own tenths (fifths of few firms), a code by its words."""
    axis = _by_words(field, values) if field.kind == "category" else _by_size(field, values, firms)
    return Spread(axis, field.levels, tuple((_filled(axis, field, values) / len(values)).tolist()), firms)


def moved(then: Spread, values: Floats, firms: int, false_alarm: float) -> Moved:
    """How far values stand from a spread; `false_alarm` is the chance, with no change, to stand beyond `chance`.

    Without any rows nothing moved: that there are none is told by the volume.
    """
    if not firms:
        return Moved(then.axis.name, 0.0, 0.0, 0.0, 0)
    now = _filled(then.axis, then.field, values) / len(values) * firms
    before = np.asarray(then.shares) * then.firms
    known = (now + before) > 0
    new, old = _shares(now[known]), _shares(before[known])
    noise, free = 1 / firms + 1 / then.firms, max(int(known.sum()) - 1, 1)
    index = float(((new - old) * np.log(new / old)).sum())
    chance = float(chi2.ppf(1 - false_alarm, free) * noise)
    return Moved(then.axis.name, index, index - free * noise, chance, firms)


def apart(name: str, shares: Sequence[Floats], firms: Sequence[int], false_alarm: float) -> Moved:
    """How far a part moved from where the rest's own move would have taken it: season and files move both.

    `shares` and `firms` are of the part then, the rest then, the part now, the rest now, over the same bins.
    """
    part, rest, part_now, rest_now = (
        _shares(share * max(many, 1)) for share, many in zip(shares, firms, strict=True)
    )
    expected = part * rest_now / rest
    expected /= expected.sum()
    filled = sum(share * many for share, many in zip(shares, firms, strict=True))
    free, noise = max(int(np.count_nonzero(filled)) - 1, 1), sum(1 / max(many, 1) for many in firms)
    index = float(((part_now - expected) * np.log(part_now / expected)).sum())
    return Moved(name, index, index - free * noise, float(chi2.ppf(1 - false_alarm, free) * noise), firms[2])


def shares_of(then: Spread, values: Floats) -> Floats:
    """The share of values in each of a spread's bins; of no values zeros."""
    shares: Floats = _filled(then.axis, then.field, values) / max(len(values), 1)
    return shares


def _shares(filled: Floats) -> Floats:
    shares: Floats = (filled + HALF) / (filled.sum() + HALF * len(filled))
    return shares


def _filled(axis: Axis, field: Field, values: Floats) -> Floats:
    bins: Ints = axis.bin_of(values, field.levels)
    return np.bincount(bins, minlength=axis.bins).astype(np.float64)


def _by_size(field: Field, values: Floats, firms: int) -> Axis:
    known, bins = values[~np.isnan(values)], BINS if firms >= FEW_FIRMS else BINS_OF_FEW
    if not len(known):
        return Axis(field.name)
    cuts = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="lower"))
    return Axis(field.name, cuts=tuple(cuts.tolist()))


def _by_words(field: Field, values: Floats) -> Axis:
    """The words most often met, each by itself; all others, also those never met, together."""
    codes = values[~np.isnan(values)].astype(np.int64)
    times = np.bincount(codes, minlength=len(field.levels))[: len(field.levels)]
    often = sorted(np.argsort(-times, kind="stable")[:MOST_WORDS].tolist())
    groups: Sequence[tuple[str, ...]] = [(field.levels[place],) for place in often]
    return Axis(field.name, groups=(*groups, ()), others=len(groups))
