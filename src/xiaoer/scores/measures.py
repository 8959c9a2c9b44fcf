"""What out-of-sample odds are worth: order, lift, calibration, and how sure one may be."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from xiaoer.scores.rules import Floats, Ints

Hits = NDArray[np.bool_]
RESAMPLES = 2_000
LEAST_RESAMPLES = 200
ROWS_REDRAWN = 20_000_000  # all resamples together: what a person waits a few seconds for


@dataclass(frozen=True)
class Line:
    """How out-of-sample log-odds must be stretched and moved to tell the truth."""

    slope: float
    intercept: float

    def moved(self, odds: Floats) -> Floats:
        return self.intercept + self.slope * odds


def calibration_line(odds: Floats, hit: Hits) -> Line:
    """Logistic regression of the truth on out-of-sample log-odds (Platt 1999)."""
    found = LogisticRegression(C=1e6).fit(odds.reshape(-1, 1), hit)
    return Line(float(found.coef_[0][0]), float(found.intercept_[0]))


def chances(odds: Floats) -> Floats:
    """Probabilities of log-odds."""
    shares: Floats = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
    return shares


def auc(hit: Hits, value: Floats) -> float:
    """Area under the curve by ranks (Mann and Whitney 1947), ties counted half."""
    ranks, hits = rankdata(value), int(hit.sum())
    return float((ranks[hit].sum() - hits * (hits + 1) / 2) / (hits * (len(hit) - hits)))


def ks(hit: Hits, odds: Floats) -> float:
    """The largest gap between the two outcomes' shares below a value (Kolmogorov and Smirnov); ties move together."""
    order = np.argsort(odds, kind="stable")
    last_of_equals = np.flatnonzero(np.diff(odds[order], append=np.inf))
    hits = np.cumsum(hit[order])[last_of_equals] / hit.sum()
    misses = np.cumsum(~hit[order])[last_of_equals] / (~hit).sum()
    return float(np.max(np.abs(hits - misses)))


def precision_area(hit: Hits, odds: Floats) -> float:
    """Average precision: mean share of hits above each hit, ties moving together."""
    order = np.argsort(-odds, kind="stable")
    last_of_equals = np.flatnonzero(np.diff(odds[order], append=np.inf))
    hits = np.cumsum(hit[order])[last_of_equals]
    return float(np.sum(np.diff(hits, prepend=0) * hits / (last_of_equals + 1)) / hit.sum())


def lift(hit: Hits, odds: Floats, capacity: float) -> float:
    """How many times more hits the best `capacity` of the rows hold than as many drawn by chance."""
    room = max(1, round(capacity * len(hit)))
    best = np.argsort(-odds, kind="stable")[:room]
    return float(hit[best].mean() / hit.mean())


def brier(hit: Hits, shares: Floats) -> float:
    """Mean squared distance of the probabilities from what came (Brier 1950)."""
    return float(np.mean((shares - hit) ** 2))


def interval(hit: Hits, odds: Floats, owners: Ints, seed: int) -> tuple[float, float]:
    """95 % of the AUC when the firms, each with all of its rows, are drawn again with replacement."""
    firms, firm_of = np.unique(owners, return_inverse=True)
    draw, values, drawn_auc = np.random.default_rng(seed), list[float](), redrawn(hit, odds)
    wanted = min(RESAMPLES, max(LEAST_RESAMPLES, ROWS_REDRAWN // len(hit)))
    while len(values) < wanted:
        times = np.bincount(draw.integers(0, len(firms), len(firms)), minlength=len(firms))[firm_of]
        if 0 < times[hit].sum() < times.sum():
            values.append(drawn_auc(times))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def redrawn(hit: Hits, odds: Floats) -> Callable[[Ints], float]:
    """The AUC of rows drawn so many times each: pairs are counted in an order that is found once."""
    order = np.argsort(odds, kind="stable")
    first_of_equals = np.flatnonzero(np.diff(odds[order], prepend=-np.inf))
    is_hit = hit[order]

    def drawn_auc(times: Ints) -> float:
        ordered = times[order]
        hits = np.add.reduceat(ordered * is_hit, first_of_equals)
        misses = np.add.reduceat(ordered, first_of_equals) - hits
        twice = (hits * (2 * np.cumsum(misses) - misses)).sum()
        return float(twice / (2 * hits.sum() * misses.sum()))

    return drawn_auc


def curve(hit: Hits, shares: Floats, bins: int) -> list[dict[str, Any]]:
    """Expected beside observed in bins of as many rows, with Wilson intervals."""
    return [
        _bin(hit[at], shares[at]) for at in np.array_split(np.argsort(shares, kind="stable"), bins) if len(at)
    ]


def _bin(hit: Hits, shares: Floats) -> dict[str, Any]:
    low, high = wilson(int(hit.sum()), len(hit))
    return {
        "n": len(hit),
        "expected": rounded(shares.mean()),
        "observed": rounded(hit.mean()),
        "low": rounded(low),
        "high": rounded(high),
    }


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a share (Wilson 1927)."""
    share, spread = hits / n, z * sqrt(hits * (n - hits) / n + z * z / 4) / n
    centre, scale = share + z * z / (2 * n), 1 + z * z / n
    return (centre - spread) / scale, (centre + spread) / scale


def rounded(value: SupportsFloat, digits: int = 4) -> float:
    return round(float(value), digits)
