"""How sure one may be of any measure: firms drawn again, each with all its rows."""

from collections.abc import Callable

import numpy as np

from xiaoer.scores.rules import Ints

DRAWS = 200


def interval(
    measure: Callable[[Ints], float], owners: Ints, seed: int, draws: int = DRAWS
) -> tuple[float, float]:
    """95 % of a measure of rows (given by place, some several times) when the firms are drawn with replacement."""
    firms, firm_of = np.unique(owners, return_inverse=True)
    draw, places = np.random.default_rng(seed), np.arange(len(owners))
    values = []
    for _ in range(draws):
        times = np.bincount(draw.integers(0, len(firms), len(firms)), minlength=len(firms))[firm_of]
        values.append(measure(np.repeat(places, times)))
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)
