"""Industry climate: what the firms of each sector took in a month beside the same month last year, and the others.

A season falls in both years and is taken off by that; what befell every sector alike is taken off as the change of the
middle sector. Every firm counts once and is held against itself, so a few large ones do not speak for a sector, nor do
the many sizes of firms hide a move that each of them made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from xiaoer.scores.rules import Floats

FEWEST_FIRMS, FEWEST_SECTORS = 50, 3
LEAST_LEFT = 0.05  # of last year's month, added to both, so that a month without income can be compared


@dataclass(frozen=True)
class Climate:
    """A sector's change beyond the middle sector's, as a fraction, and what chance leaves it between."""

    sector: str
    firms: int
    change: float
    low: float
    high: float

    @property
    def distance(self) -> float:
        """How far from the others, as the fraction a fall would be; 0 where chance explains it."""
        certain = max(self.low, -self.high, 0.0) > 0
        return float(1 - np.exp(-abs(np.log1p(self.change)))) if certain else 0.0


def climate(sectors: Sequence[str | None], now: Floats, before: Floats, false_alarm: float) -> list[Climate]:
    """Each sector with enough firms, by its letter; of fewer than three sectors nothing can be said.

    In: per firm its sector, and what it took in this month and in the same month last year, in one unit. Firms that
    took nothing last year are left out. `false_alarm`: the chance that a sector which did not change is said to have.
    """
    there = (before > 0) & np.array([bool(one) for one in sectors], dtype=bool)
    change = np.log((now[there] / before[there] + LEAST_LEFT) / (1 + LEAST_LEFT))
    letters = np.array([str(one) for one in sectors])[there]
    found = {letter: np.sort(change[letters == letter]) for letter in np.unique(letters).tolist()}
    enough = {letter: changes for letter, changes in found.items() if len(changes) >= FEWEST_FIRMS}
    if len(enough) < FEWEST_SECTORS:
        return []
    middle = float(np.median([np.median(changes) for changes in enough.values()]))
    return list(_beside(enough, middle, false_alarm / len(enough)))


def _beside(found: dict[str, Floats], middle: float, false_alarm: float) -> Iterator[Climate]:
    for letter, changes in found.items():
        low, high = around_the_middle(changes, false_alarm)
        of = np.expm1(np.array([np.median(changes), low, high]) - middle).tolist()
        yield Climate(letter, len(changes), *of)


def around_the_middle(ordered: Floats, alpha: float) -> tuple[float, float]:
    """What holds the median but for a chance of `alpha`, whatever the spread: two of the values (Conover 1999, 3.2)."""
    place = int(binom.ppf(alpha / 2, len(ordered), 0.5))
    place = max(place - 1, 0)
    return float(ordered[place]), float(ordered[-1 - place])
