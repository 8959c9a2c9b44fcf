"""Whether a firm still buys, and how often it will: BG/NBD, fitted to a book and told of each firm.

P. Fader, B. Hardie, K. L. Lee, "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
Marketing Science 24(2), 2005; numbers in brackets are its equations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, gammaln, hyp2f1, psi

from xiaoer.kit.refusal import Refusal
from xiaoer.value.terms import Habit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_TO_FIT = 100
ROUGHLY = 5_000  # so many firms show where to begin with all of them
CLOSELY = 1e-8  # the slope of the mean per firm
NEAR_ONE = 1e-7


@dataclass(frozen=True)
class Purchases:
    """Firms side by side: purchases after the first (`again`), days from the first to the last, and to today."""

    again: Floats
    to_last: Floats
    to_today: Floats

    def rows(self, at: Ints) -> "Purchases":
        return Purchases(self.again[at], self.to_last[at], self.to_today[at])

    @cached_property
    def counts(self) -> tuple[Floats, Ints, Ints]:
        """Each number of purchases once, how many firms have it, and where each firm's stands."""
        found, place, firms = np.unique(self.again, return_inverse=True, return_counts=True)
        return found, firms, place


def fit(purchases: Purchases) -> Habit:
    """The parameters of greatest likelihood; raises Refusal where too few firms ever bought again."""
    again = int((purchases.again > 0).sum())
    if again < FEWEST_TO_FIT:
        raise Refusal(
            f"{again} firms that bought more than once are too few to tell a habit from",
            "value",
            f"at least {FEWEST_TO_FIT}",
            "Use more firms, or a longer history",
        )
    rate = purchases.again.sum() / purchases.to_today.sum()
    logs, bent = np.log([1.0, 1.0 / rate, 1.0, 1.0]), np.eye(4)
    for rows in _ever_more(purchases):
        found = minimize(
            _loss, logs, args=(rows,), jac=True, method="BFGS", options={"gtol": CLOSELY, "hess_inv0": bent}
        )
        logs, bent = found.x, (found.hess_inv + found.hess_inv.T) / 2
    r, alpha, a, b = (float(value) for value in np.exp(logs))
    return Habit(r, alpha, a, b, len(purchases.again))


def _ever_more(purchases: Purchases) -> Iterator[Purchases]:
    """Some firms, evenly drawn in the order they stand in, and then all of them: these show how the slope bends."""
    firms = len(purchases.again)
    if firms > 2 * ROUGHLY:
        yield purchases.rows(np.arange(0, firms, firms // ROUGHLY))
    yield purchases


def _loss(logs: Floats, purchases: Purchases) -> tuple[float, Floats]:
    """Mean negative log-likelihood (6) of the logarithms of r, alpha, a, b, and its gradient."""
    values = np.exp(logs)
    likelihood, slope = log_likelihood(values, purchases)
    firms = len(purchases.again)
    return -likelihood / firms, -slope * values / firms


def log_likelihood(values: Floats, purchases: Purchases) -> tuple[float, Floats]:
    """Of all firms together (6), and its slope along r, alpha, a, b."""
    r, alpha, a, b = (float(value) for value in values)
    x, firms, place = purchases.counts
    total = len(purchases.again)
    log_last, log_today = np.log(alpha + purchases.to_last), np.log(alpha + purchases.to_today)
    # The firm stopped after its last purchase, against it still buys: log-odds, nothing for who bought once.
    begun = np.where(x > 0, np.log(a) - np.log(np.maximum(b + x - 1, b)), -np.inf)
    longer = log_today - log_last
    odds = begun[place] + (r + purchases.again) * longer
    stopped = expit(odds)
    ends = (r + purchases.again) * log_today
    by_count = gammaln(r + x) + gammaln(b + x) - gammaln(a + b + x)
    constant = r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b)
    likelihood = firms @ by_count + total * constant + float(np.sum(np.logaddexp(0, odds) - ends))
    stopped_by_count = np.bincount(place, stopped, len(x))
    seen = (r + purchases.again) * (
        stopped / (alpha + purchases.to_last) + (1 - stopped) / (alpha + purchases.to_today)
    )
    slope = np.array(
        [
            firms @ psi(r + x) + total * (np.log(alpha) - psi(r)) - np.sum(log_today - stopped * longer),
            total * r / alpha - np.sum(seen),
            total * psi(a + b) - firms @ psi(a + b + x) + stopped.sum() / a,
            total * (psi(a + b) - psi(b))
            + firms @ (psi(b + x) - psi(a + b + x))
            - stopped_by_count @ (1 / np.maximum(b + x - 1, b)),
        ]
    )
    return float(likelihood), slope


def still_buying(habit: Habit, purchases: Purchases) -> Floats:
    """The chance that a firm has not stopped; who bought once cannot have stopped after buying again."""
    x, longer = (
        purchases.again,
        np.log1p((purchases.to_today - purchases.to_last) / (habit.alpha + purchases.to_last)),
    )
    odds = np.log(habit.a) - np.log(np.maximum(habit.b + x - 1, habit.b)) + (habit.r + x) * longer
    return np.where(x > 0, expit(-odds), 1.0)


def to_come(habit: Habit, purchases: Purchases, days: float) -> Floats:
    """Purchases expected in so many days from today (10), with Euler's transformation of its series.

    As published, two factors of it grow and shrink beyond any float for a firm that buys every day.
    """
    r, a, b, x = habit.r, habit.a, habit.b, purchases.again
    stop = a - 1 if abs(a - 1) > NEAR_ONE else NEAR_ONE
    past = (habit.alpha + purchases.to_today) / (habit.alpha + purchases.to_today + days)
    series = hyp2f1(stop + b - r, stop, stop + b + x, 1 - past)
    expected = (stop + b + x) / stop * (1 - past**stop * series)
    return np.asarray(expected * still_buying(habit, purchases), dtype=np.float64)
