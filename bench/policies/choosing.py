"""One approach a firm, the worthiest after its minutes are paid for; a desk's price rises until its week fits."""

from dataclasses import dataclass

import numpy as np

ROUNDS = 14
FIRST_STEP, CALMER = 8.0, 0.75


@dataclass(frozen=True)
class Desks:
    """Per wish whose desk it takes minutes from and how many; per desk the minutes of its week."""

    desk: np.ndarray
    minutes: np.ndarray
    capacity: np.ndarray


def chosen(firm: np.ndarray, value: np.ndarray, desks: Desks, allowed: np.ndarray) -> np.ndarray:
    """Positions of the wishes to make, the worthiest a minute first; `value` in yuan, one wish a firm."""
    price = np.zeros(len(desks.capacity))
    step, best = np.full(len(price), FIRST_STEP), np.zeros(0, dtype=int)
    for _ in range(ROUNDS):
        net = np.where(allowed, value - price[desks.desk] * desks.minutes, -np.inf)
        best = _best_of_firm(firm, net)
        used = np.bincount(desks.desk[best], weights=desks.minutes[best], minlength=len(price))
        price = np.maximum(price + np.where(used > desks.capacity, step, -step), 0)
        step *= CALMER
    density = (value / desks.minutes)[best]
    return best[np.argsort(-density, kind="stable")]


def _best_of_firm(firm: np.ndarray, net: np.ndarray) -> np.ndarray:
    """Positions of each firm's best wish, where it is worth anything."""
    order = np.lexsort((np.arange(len(firm)), -net, firm))
    first = order[np.flatnonzero(np.diff(firm[order], prepend=-1))]
    return first[net[first] > 0]
