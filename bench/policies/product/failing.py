"""How likely each firm is to stop paying, learnt from who fell past due in the months remembered."""

from dataclasses import dataclass

import numpy as np

from bench.policies.product.memory import Memory, Standing
from xiaoer.scores.pooling import Pooled, pooled

HORIZON_WEEKS = 26
SAMPLE_MONTHS = 2
SETTLED_MONTHS = 4
TRUST = 0.1
SPREAD = 0  # the column of what a firm pays above others: known only of those who owe


@dataclass(frozen=True)
class Failing:
    """Two cards: who owes tells more, by the price it was given."""

    owing: Pooled
    others: Pooled

    def within_horizon(self, memory: Memory, traits: np.ndarray) -> np.ndarray:
        """Per firm the chance to fall past due within the horizon, should it owe."""
        now = memory.now
        assert now is not None
        rows = columns(memory, len(memory.months) - 1, now, traits)
        plain = self.others.chance(np.delete(rows, SPREAD, axis=1))
        return np.where(now.owing, self.owing.chance(rows), plain)


def failing_from(memory: Memory, traits: np.ndarray) -> Failing:
    """From every second month that is a horizon ago; firms that owed and paid then."""
    last, rows, fell = memory.months[-1], [], []
    for at in range(SETTLED_MONTHS, len(memory.months), SAMPLE_MONTHS):
        then = memory.months[at]
        if last.week - then.week < HORIZON_WEEKS:
            break
        after = [one for one in memory.months[at + 1 :] if one.week <= then.week + HORIZON_WEEKS]
        paid = then.owing & (then.late == 0) & then.here
        rows.append(columns(memory, at, then, traits)[paid])
        fell.append(np.any([one.late > 0 for one in after], axis=0)[paid])
    seen, bad = np.concatenate(rows), np.concatenate(fell).astype(float)
    return Failing(pooled(seen, bad, TRUST), pooled(np.delete(seen, SPREAD, axis=1), bad, TRUST))


def columns(memory: Memory, at: int, then: Standing, traits: np.ndarray) -> np.ndarray:
    """What is known of each firm: price, turnover against its own usual, cash kept, growth, size, youth."""
    usual = _median([one.turnover for one in memory.recent(at, SETTLED_MONTHS, 10)])
    fall = np.log((then.turnover + 1) / (usual + 1)).clip(-3, 0)
    kept = np.log((then.deposits + 1) / (then.turnover + 1)).clip(-4, 3)
    known = np.column_stack([fall, kept, then.growth, np.log(usual + 1)])
    spread = _mean_spread(then)
    return np.column_stack([spread, np.nan_to_num(_filled(known)), traits])


def _mean_spread(then: Standing) -> np.ndarray:
    """What each firm pays above what its loans' products cost on average; 0 where it owes nothing."""
    known = ~np.isnan(then.rate)
    rate = np.where(known, then.rate, 0.0)
    usual = rate.sum(axis=0) / known.sum(axis=0).clip(1)
    above = np.where(known, rate - usual, 0.0).sum(axis=1)
    return np.asarray(above / known.sum(axis=1).clip(1))


def _median(rows: list[np.ndarray]) -> np.ndarray:
    table = np.stack(rows)
    empty = np.isnan(table).all(axis=0)
    table[:, empty] = 0.0
    return np.where(empty, np.nan, np.nanmedian(table, axis=0))


def _filled(table: np.ndarray) -> np.ndarray:
    """What is not known of a firm is taken to be as with the middle firm."""
    middle = np.nanmedian(table, axis=0)
    return np.where(np.isnan(table), middle, table)
