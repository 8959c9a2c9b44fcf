"""Firms that buy as BG/NBD says, drawn with a seed: what was seen of them by a day, and what came in as many days after."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaoer.value.rules import Purchases
from xiaoer.value.terms import Habit

SHOPS = Habit(
    r=0.6, alpha=20.0, a=0.8, b=6.0, firms=0
)  # chosen: a purchase a month, most stop within two years
SHORTEST, LONGEST = 90, 730  # days a firm has been known


@dataclass(frozen=True)
class Drawn:
    """Purchases up to today, how many followed in the next `days`, and whether the firm still buys today."""

    seen: Purchases
    followed: NDArray[np.int64]
    alive: NDArray[np.bool_]


def drawn(habit: Habit, firms: int, days: int, seed: int) -> Drawn:
    """So many firms; the first purchase is day 0 of each."""
    draw = np.random.default_rng(seed)
    rate, stop = draw.gamma(habit.r, 1 / habit.alpha, firms), draw.beta(habit.a, habit.b, firms)
    today = draw.integers(SHORTEST, LONGEST + 1, firms).astype(float)
    again, followed = np.zeros(firms, dtype=np.int64), np.zeros(firms, dtype=np.int64)
    last, alive, now = np.zeros(firms), np.ones(firms, dtype=bool), np.zeros(firms)
    buying = np.arange(firms)
    while len(buying):
        now[buying] += draw.exponential(1 / np.maximum(rate[buying], 1e-12))
        buying = buying[now[buying] <= today[buying] + days]
        before = buying[now[buying] <= today[buying]]
        again[before] += 1
        last[before] = now[before]
        followed[buying[now[buying] > today[buying]]] += 1
        stopped = draw.random(len(buying)) < stop[buying]
        alive[buying[stopped & (now[buying] <= today[buying])]] = False
        buying = buying[~stopped]
    return Drawn(Purchases(again.astype(float), last, today), followed, alive)
