"""What the bank's own prices tell of firms: what each paid above others, and what its like would pay."""

from dataclasses import dataclass

import numpy as np

from bench.policies.product.memory import Memory, Standing
from xiaoer.simulator.lending import lpr

CALM = 5.0
FIRM_SHARE = 0.7  # loans' worth of doubt: so far one price is drawn towards what alike firms pay


@dataclass(frozen=True)
class Prices:
    """By month remembered, per firm: how many loans were priced so far, and the sum of what they cost above LPR."""

    count: list[np.ndarray]
    total: list[np.ndarray]


def prices(memory: Memory) -> Prices:
    """Every loan once, when first seen; rates above LPR less what its product costs on average."""
    first = memory.months[0].rate
    usual = _usual(memory)
    drawn = np.full(first.shape, np.datetime64("NaT", "D"))
    count, total = np.zeros(len(first)), np.zeros(len(first))
    out = Prices([], [])
    for month in memory.months:
        new = ~np.isnan(month.rate) & (month.drawn != drawn)
        count = count + new.sum(axis=1)
        total = total + np.where(new, _above(month) - usual, 0.0).sum(axis=1)
        drawn = np.where(new, month.drawn, drawn)
        out.count.append(count)
        out.total.append(total)
    return out


def _above(month: Standing) -> np.ndarray:
    """Firms × loan products: the rate above LPR of the day it was drawn, 0 where nothing is owed."""
    known = ~np.isnan(month.rate)
    return np.where(known, np.nan_to_num(month.rate) - lpr(month.drawn), 0.0)


def _usual(memory: Memory) -> np.ndarray:
    """Per loan product the mean rate above LPR."""
    many = sum((~np.isnan(month.rate)).sum(axis=0) for month in memory.months)
    return np.asarray(sum(_above(month).sum(axis=0) for month in memory.months) / np.maximum(many, 1))


@dataclass(frozen=True)
class Leaning:
    """What a firm would be asked above others, from its figures and the prices it was given so far."""

    weights: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    prices: Prices

    def of(self, at: int, figures: np.ndarray) -> np.ndarray:
        """Per firm, from its figures of month number `at` and what it had been priced at by then."""
        like = self._plain(figures)
        count, total = self.prices.count[at], self.prices.total[at]
        return np.asarray((total + FIRM_SHARE * like) / (count + FIRM_SHARE))

    def _plain(self, figures: np.ndarray) -> np.ndarray:
        scaled = (figures - self.middle) / self.spread
        return np.asarray(np.column_stack([np.ones(len(scaled)), scaled]) @ self.weights)


def leaning_from(memory: Memory, figures: np.ndarray) -> Leaning:
    """Ridge regression of each firm's mean price on its figures of today, the oftener priced the heavier."""
    found = prices(memory)
    count, total = found.count[-1], found.total[-1]
    who = count > 0
    middle, spread = figures.mean(axis=0), figures.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    rows = np.column_stack([np.ones(who.sum()), ((figures - middle) / spread)[who]])
    weigh = count[who] / (count[who] + 1.0)
    penalty = np.diag([0.0] + [CALM] * figures.shape[1])
    weights = np.linalg.solve(
        (rows * weigh[:, None]).T @ rows + penalty, (rows * weigh[:, None]).T @ (total / count.clip(1))[who]
    )
    return Leaning(weights, middle, spread, found)
