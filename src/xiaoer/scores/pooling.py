"""Chances learnt from few outcomes: pooled over alike rows, each one's own experience drawn towards the pool.

An outcome that comes once in ten says little about the one firm it came from; what alike firms did says more.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from xiaoer.scores.rules import Floats

ROUNDS = 5
Places = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class Pooled:
    """Log-odds as a weighted sum of the columns it was learnt from."""

    weights: Floats
    start: float

    def log_odds(self, rows: Floats) -> Floats:
        """Rows × columns in, one figure a row out."""
        out: Floats = rows @ self.weights + self.start
        return out

    def chance(self, rows: Floats) -> Floats:
        """The same as chances between 0 and 1."""
        return chance(self.log_odds(rows))


def chance(log_odds: Floats) -> Floats:
    """Log-odds as a chance."""
    out: Floats = 1 / (1 + np.exp(-log_odds))
    return out


def pooled(rows: Floats, hit: Floats, trust: float, *, own_scale: int = 0) -> Pooled:
    """Ridge regression of the log-odds of `hit`; the smaller `trust`, the nearer all rows stay to the mean.

    Columns are brought to one spread first, the first `own_scale` excepted: theirs says how far they may count.

    Raises ValueError where all rows ended alike: nothing can be told apart then.
    """
    if len(np.unique(hit)) < 2:
        raise ValueError(f"all {len(hit)} rows ended alike; chances need rows of both endings")
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where((spread > 0) & (np.arange(len(spread)) >= own_scale), spread, 1.0)
    model = LogisticRegression(C=trust, max_iter=500).fit((rows - middle) / spread, hit)
    weights = model.coef_[0] / spread
    return Pooled(weights, float(model.intercept_[0] - weights @ middle))


@dataclass(frozen=True)
class Grouping:
    """One way to group rows: the group of each, how many groups there are, how far their log-odds lie apart."""

    group: Places
    groups: int
    variance: float


def own_effects(log_odds: Floats, hit: Floats, groupings: list[Grouping]) -> list[Floats]:
    """Per grouping what each group's own outcomes add to the pool's log-odds; 0 for groups without any.

    Modes of normal effects with the given variances, found in turn (Breslow and Clayton 1993).
    """
    effects = [np.zeros(one.groups) for one in groupings]
    for _ in range(ROUNDS):
        for at, one in enumerate(groupings):
            others = sum(effect[each.group] for effect, each in zip(effects, groupings, strict=True))
            expected = chance(log_odds + others)
            surplus = np.bincount(one.group, hit - expected, one.groups)
            told = np.bincount(one.group, expected * (1 - expected), one.groups)
            effects[at] = effects[at] + (surplus - effects[at] / one.variance) / (told + 1 / one.variance)
    return effects
