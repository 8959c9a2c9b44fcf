"""Sizes in few bins, each with enough rows to be believed, monotone where the specification says so."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from xiaoer.scores.rules import Floats, Ints

MOST_PREBINS = 24
LEAST_SHARE = 0.02  # of the rows, in a bin
LEAST_ROWS = 10
CLOSE = 3.84  # chi-square of two neighbours at 5 %: nearer than that they are one bin (Kerber 1992)
HALF = 0.5  # added to each count, so that an empty one still has a logarithm


@dataclass(frozen=True)
class Counts:
    """Rows and outcomes of each bin."""

    rows: Ints
    hits: Ints

    def merged(self, place: int) -> "Counts":
        """Bin `place` and the next as one."""
        return Counts(*(_joined(counts, place) for counts in (self.rows, self.hits)))


def cuts_of(values: Floats, hit: NDArray[np.bool_], monotone: int) -> tuple[float, ...]:
    """Cuts between bins of known values: a tree's leaves, then neighbours joined that break the direction or are alike.

    Violators of a direction are pooled as in isotonic regression (Ayer and others 1955).
    """
    known = ~np.isnan(values)
    values, hit = values[known], hit[known]
    cuts = _leaves(values, hit)
    bins = np.searchsorted(cuts, values, side="left")
    counts = Counts(
        np.bincount(bins, minlength=len(cuts) + 1), np.bincount(bins[hit], minlength=len(cuts) + 1)
    )
    kept, counts = _pooled(list(cuts), counts, monotone)
    return tuple(_joined_alike(kept, counts))


def _leaves(values: Floats, hit: NDArray[np.bool_]) -> Floats:
    least = max(LEAST_ROWS, int(LEAST_SHARE * len(values)))
    if len(values) < 2 * least or not 0 < hit.sum() < len(hit):
        return np.empty(0)
    tree = DecisionTreeClassifier(max_leaf_nodes=MOST_PREBINS, min_samples_leaf=least, random_state=0)
    tree.fit(values.reshape(-1, 1).astype(np.float32), hit)
    found: Floats = np.unique(tree.tree_.threshold[tree.tree_.feature >= 0])
    return found


def _pooled(cuts: list[float], counts: Counts, monotone: int) -> tuple[list[float], Counts]:
    place = 0
    while monotone and place < len(cuts):
        shares = counts.hits / counts.rows
        if monotone * (shares[place + 1] - shares[place]) > 0:
            place += 1
            continue
        cuts, counts = cuts[:place] + cuts[place + 1 :], counts.merged(place)
        place = max(place - 1, 0)
    return cuts, counts


def _joined_alike(cuts: list[float], counts: Counts) -> list[float]:
    while cuts:
        apart = _chi_squares(counts)
        place = int(np.argmin(apart))
        if apart[place] >= CLOSE:
            break
        cuts, counts = cuts[:place] + cuts[place + 1 :], counts.merged(place)
    return cuts


def _chi_squares(counts: Counts) -> Floats:
    """How far each bin's share of outcomes is from the next bin's."""
    rows, hits = counts.rows + 2 * HALF, counts.hits + HALF
    shares = hits / rows
    both = (hits[1:] + hits[:-1]) / (rows[1:] + rows[:-1])
    distances: Floats = (shares[1:] - shares[:-1]) ** 2 / (both * (1 - both) * (1 / rows[1:] + 1 / rows[:-1]))
    return distances


def weights_of_evidence(bins: Ints, hit: NDArray[np.bool_], many: int) -> Floats:
    """Per bin, the logarithm of its odds over the odds of all; an empty bin says nothing (Good 1950)."""
    rows, hits = np.bincount(bins, minlength=many), np.bincount(bins[hit], minlength=many)
    misses = rows - hits
    odds = (hits + HALF) / (misses + HALF) / ((hits.sum() + HALF) / (misses.sum() + HALF))
    evidence: Floats = np.where(rows > 0, np.log(odds), 0.0)
    return evidence


def information(bins: Ints, hit: NDArray[np.bool_], evidence: Floats) -> float:
    """Information value: how far the two outcomes lie apart over the bins (Kullback 1959)."""
    hits = np.bincount(bins[hit], minlength=len(evidence))
    misses = np.bincount(bins[~hit], minlength=len(evidence))
    return float(((hits / max(hits.sum(), 1) - misses / max(misses.sum(), 1)) * evidence).sum())


def _joined(counts: Ints, place: int) -> Ints:
    return np.concatenate(
        [counts[:place], [counts[place] + counts[place + 1]], counts[place + 2 :]], dtype=np.int64
    )
