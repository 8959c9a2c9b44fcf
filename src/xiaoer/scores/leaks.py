"""Too good to be true: one column that alone, in a flexible model and out of fold, tells the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from xiaoer.scores.measures import Hits, auc
from xiaoer.scores.rules import Floats, Ints
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.splits import dealt

LEAK_ALARM = 0.9
MOST_ROWS = 20_000
FEWEST_A_LEAF = 5
PRIOR = 2.0
FOLDS = 3


@dataclass(frozen=True)
class Alone:
    """How well a column alone orders the outcome, out of fold."""

    name: str
    value: float

    @property
    def leaks(self) -> bool:
        return self.value > LEAK_ALARM


def alone(fields: Sequence[Field], sample: Sample, seed: int) -> list[Alone]:
    """Every column by itself, best first. Of more than 20,000 rows an even part is drawn."""
    drawn = _drawn(sample, seed)
    many = min(FOLDS, drawn.fewer)
    if many < 2:
        return []
    parts = dealt(drawn, many, seed)
    found = (Alone(field.name, _alone(field, drawn, parts)) for field in fields)
    return sorted(found, key=lambda one: (-one.value, one.name))


def leaking(fields: Sequence[Field], sample: Sample, seed: int) -> list[str]:
    """Names of columns that alone tell too well, in the order given."""
    leaks = {one.name for one in alone(fields, sample, seed) if one.leaks}
    return [field.name for field in fields if field.name in leaks]


def _drawn(sample: Sample, seed: int) -> Sample:
    if len(sample.hit) <= MOST_ROWS:
        return sample
    return sample.rows(np.sort(np.random.default_rng(seed).permutation(len(sample.hit))[:MOST_ROWS]))


def _alone(field: Field, sample: Sample, parts: Sequence[tuple[Ints, Ints]]) -> float:
    """The better of two readings: sizes, by a tree as deep as it likes; exact values, each by its own share."""
    values = sample.columns[field.name]
    readings = [_by_value] if field.kind == "category" else [_by_value, _by_size]
    found = 0.0
    for read in readings:
        guess = np.zeros(len(values))
        for fit, test in parts:
            guess[test] = read(values[fit], sample.hit[fit], values[test])
        found = max(found, auc(sample.hit, guess))
    return found


def _by_size(values: Floats, hit: Hits, asked: Floats) -> Floats:
    tree = DecisionTreeClassifier(min_samples_leaf=FEWEST_A_LEAF, max_leaf_nodes=512, random_state=0)
    tree.fit(values.reshape(-1, 1).astype(np.float32), hit)
    shares: Floats = tree.predict_proba(asked.reshape(-1, 1).astype(np.float32))[:, -1]
    return shares


def _by_value(values: Floats, hit: Hits, asked: Floats) -> Floats:
    known, place = np.unique(values, return_inverse=True, equal_nan=True)
    rows, hits = np.bincount(place), np.bincount(place, weights=hit)
    shares = np.append((hits + PRIOR * hit.mean()) / (rows + PRIOR), hit.mean())
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    same = (known[at] == asked) | (np.isnan(known[at]) & np.isnan(asked))
    guess: Floats = shares[np.where(same, at, len(known))]
    return guess
