"""Treated against left alone: the effect in shares and in money, what it cost to leave alone, when one can tell.

In words, with worked examples: docs/rules/effects.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np

from xiaoer.trials.effects import Caution, Counted, Effect, effect
from xiaoer.trials.rules import lot
from xiaoer.trials.terms import TrialState

DRAWS = 2_000
FEWEST_PARTS = 10  # with fewer an interval would be made of next to nothing
TOO_FAR_DAYS = 3 * 365


@dataclass(frozen=True)
class Parts:
    """Money of an arm (fen), by part of its firms drawn by lot: so many firms, so much together."""

    firms: tuple[int, ...] = ()
    sums: tuple[int, ...] = ()

    @property
    def mean(self) -> float:
        return sum(self.sums) / sum(self.firms) if sum(self.firms) else 0.0


NOBODY = Counted(0, 0)


@dataclass(frozen=True)
class Side:
    """An arm: firms entered, those whose time is over (`ripe`) and of whom can be judged, and what came of them.

    `waiting`: how many firms ripen on which day. `expected`: what meeting all of them was taken to bring (fen).
    """

    entered: int = 0
    ripe: int = 0
    met: int = 0
    counted: Counted = NOBODY
    profit: Parts = Parts()
    balance: Parts = Parts()
    waiting: tuple[tuple[date, int], ...] = field(default=())
    expected: int = 0

    @property
    def met_share(self) -> float | None:
        return self.met / self.ripe if self.ripe else None


@dataclass(frozen=True)
class Compared:
    """One comparison; money is per firm (fen). `tells_on`: when it can be told, None: not within three years."""

    treated: Side
    held_out: Side
    share: Effect
    profit: Effect
    balance: Effect
    tells_on: date | None = None

    @property
    def state(self) -> TrialState:
        return self.share.state

    @property
    def forgone(self) -> Effect:
        """What the firms left alone would have brought in profit, by the effect measured (fen, with its interval)."""
        return times(self.profit, sum(self.held_out.profit.firms))

    @property
    def forgone_wins(self) -> Effect:
        """How many of the firms left alone would have come true."""
        return times(self.share, self.held_out.counted.firms)


def times(one: Effect, many: int) -> Effect:
    """An effect per firm as that of so many firms."""
    if one.difference is None or one.low is None or one.high is None:
        return one
    return Effect(one.difference * many, one.low * many, one.high * many, one.state)


def compared(name: str, treated: Side, held_out: Side, caution: Caution, today: date) -> Compared:
    """Treated less left alone; `name` seeds the resampling, so that the same figures give the same interval."""
    share = effect(treated.counted, held_out.counted, caution)
    profit = resampled(f"{name} profit", treated.profit, held_out.profit, caution)
    balance = resampled(f"{name} balance", treated.balance, held_out.balance, caution)
    return Compared(
        treated, held_out, share, profit, balance, _tells_on(share, treated, held_out, caution, today)
    )


def resampled(name: str, treated: Parts, held_out: Parts, caution: Caution) -> Effect:
    """The difference of means with its bootstrap interval (Efron 1979, percentiles), parts of firms drawn anew.

    Parts are drawn by lot and hold whole groups, so that drawing parts is drawing firms, however many there are.
    """
    if not sum(treated.firms) or not sum(held_out.firms):
        return Effect(None, None, None, TrialState.COLLECTING)
    difference = treated.mean - held_out.mean
    if min(len(treated.firms), len(held_out.firms)) < FEWEST_PARTS:
        return Effect(difference, None, None, TrialState.COLLECTING)
    draw = np.random.default_rng(int(lot(name) * 2**53))
    means = _means(treated, draw) - _means(held_out, draw)
    tail = 1 - NormalDist().cdf(caution.z)
    low, high = (float(one) for one in np.quantile(means, [tail, 1 - tail]))
    few = min(sum(treated.firms), sum(held_out.firms)) < caution.least_firms
    state = TrialState.INCONCLUSIVE if low <= 0 <= high else TrialState.SEPARATED
    return Effect(difference, low, high, TrialState.COLLECTING if few else state)


def _means(parts: Parts, draw: np.random.Generator) -> np.ndarray:
    many = len(parts.firms)
    times_drawn = draw.multinomial(many, [1 / many] * many, size=DRAWS)
    sums, firms = np.array(parts.sums, dtype=np.float64), np.array(parts.firms, dtype=np.float64)
    return np.asarray(times_drawn @ sums / (times_drawn @ firms))


def _tells_on(share: Effect, treated: Side, held_out: Side, caution: Caution, today: date) -> date | None:
    """By the pace so far; a difference that stays as it is needs (half width ÷ difference)² as many firms."""
    sides = (treated, held_out)
    if share.state is TrialState.SEPARATED:
        return today
    if share.state is TrialState.INCONCLUSIVE:
        more = [_times_more(share) * one.counted.firms for one in sides]
    else:
        hits = sum(one.counted.hits for one in sides)
        seen = sum(one.counted.firms for one in sides)
        if seen and not hits:
            return None
        grown = max(caution.least_hits / hits - 1, 0.0) if hits else 0.0
        more = [max(caution.least_firms - one.counted.firms, grown * one.counted.firms) for one in sides]
    days = [_day_of(need, one, today) for need, one in zip(more, sides, strict=True)]
    return None if None in days else max(day for day in days if day)


def _times_more(share: Effect) -> float:
    if not share.difference or share.low is None or share.high is None:
        return float("inf")
    near = share.low if share.difference > 0 else share.high
    return float(((share.difference - near) / share.difference) ** 2 - 1)


def _day_of(need: float, side: Side, today: date) -> date | None:
    """When so many more firms of an arm will have ripened: those on their way first, later ones at their pace."""
    if need <= 0:
        return today
    for day, many in side.waiting:
        need -= many
        if need <= 0:
            return day
    pace = _pace(side.waiting)
    if not pace or need / pace > TOO_FAR_DAYS:
        return None
    return max(side.waiting[-1][0], today) + timedelta(days=round(need / pace))


def _pace(waiting: Sequence[tuple[date, int]]) -> float:
    """Firms a day, of those on their way; one night's entries are taken for a week's."""
    if not waiting:
        return 0.0
    days = max((waiting[-1][0] - waiting[0][0]).days + 1, 7)
    return sum(many for _, many in waiting) / days
