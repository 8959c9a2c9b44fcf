"""How likely each firm is to stop paying, learnt from who fell past due in the months remembered.

Few fall past due; many were given a price. What the bank's own prices lead to expect of a firm is therefore read first,
and stands among what the card is learnt from.
"""

from dataclasses import dataclass, replace

import numpy as np

from bench.policies.product.memory import Memory, Standing
from bench.policies.product.pricing import Leaning, leaning_from, prices
from xiaoer.scores.pooling import Pooled, pooled

HORIZON_WEEKS = 26
SAMPLE_MONTHS = 2
SETTLED_MONTHS = 4
SWING_MONTHS = 18
TRUST = 0.1


@dataclass(frozen=True)
class Failing:
    """A card over what is known of a firm and what its price would be."""

    card: Pooled
    leaning: Leaning

    def within_horizon(self, memory: Memory, traits: np.ndarray) -> np.ndarray:
        """Per firm the chance to fall past due within the horizon, should it owe."""
        now = memory.now
        assert now is not None
        leaning = replace(self.leaning, prices=prices(memory))
        return self.card.chance(rows_of(memory, len(memory.months) - 1, now, traits, leaning))


def failing_from(memory: Memory, traits: np.ndarray) -> Failing:
    """From every second month that is a horizon ago; firms that owed and paid then."""
    last, rows, fell = memory.months[-1], [], []
    leaning = leaning_from(memory, figures(memory, len(memory.months) - 1, last, traits))
    for at in range(SETTLED_MONTHS, len(memory.months), SAMPLE_MONTHS):
        then = memory.months[at]
        if last.week - then.week < HORIZON_WEEKS:
            break
        after = [one for one in memory.months[at + 1 :] if one.week <= then.week + HORIZON_WEEKS]
        paid = then.owing & (then.late == 0) & then.here
        rows.append(rows_of(memory, at, then, traits, leaning)[paid])
        fell.append(np.any([one.late > 0 for one in after], axis=0)[paid])
    return Failing(pooled(np.concatenate(rows), np.concatenate(fell).astype(float), TRUST), leaning)


def rows_of(memory: Memory, at: int, then: Standing, traits: np.ndarray, leaning: Leaning) -> np.ndarray:
    """Per firm its figures, and its price as far as known or to be expected."""
    known = figures(memory, at, then, traits)
    return np.column_stack([known, leaning.of(at, known)])


def figures(memory: Memory, at: int, then: Standing, traits: np.ndarray) -> np.ndarray:
    """What is known of each firm: turnover against its own usual, cash kept, growth, turnover, its swings; traits."""
    usual = _median([one.turnover for one in memory.recent(at, SETTLED_MONTHS, 10)])
    fall = np.log((then.turnover + 1) / (usual + 1)).clip(-3, 0)
    kept = np.log((then.deposits + 1) / (then.turnover + 1)).clip(-4, 3)
    known = np.column_stack([fall, kept, then.growth, np.log(usual + 1), _swing(memory, at)])
    return np.column_stack([np.nan_to_num(_filled(known)), traits])


def _swing(memory: Memory, at: int) -> np.ndarray:
    """Log of how far a firm's turnover moves from month to month; NaN with fewer than four months."""
    logs = np.log(np.stack([one.turnover for one in memory.recent(at, 0, SWING_MONTHS)]) + 1)
    moves = np.abs(np.diff(logs, axis=0))
    known = (~np.isnan(moves)).sum(axis=0)
    swing = np.log(_median(list(moves)) + 0.01) if len(moves) else np.full(logs.shape[1], np.nan)
    return np.where(known >= SETTLED_MONTHS, swing, np.nan)


def _median(rows: list[np.ndarray]) -> np.ndarray:
    table = np.stack(rows)
    empty = np.isnan(table).all(axis=0)
    table[:, empty] = 0.0
    return np.where(empty, np.nan, np.nanmedian(table, axis=0))


def _filled(table: np.ndarray) -> np.ndarray:
    """What is not known of a firm is taken to be as with the middle firm."""
    middle = np.nanmedian(table, axis=0)
    return np.where(np.isnan(table), middle, table)
