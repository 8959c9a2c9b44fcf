"""What approaching changes: the extra takers an order of the list would win, of lists drawn by lot."""

import numpy as np

from xiaoer.scores.rules import Floats

PER = 1000


def transformed(hit: Floats, treated: Floats, share: Floats) -> Floats:
    """Per row a figure whose mean over alike rows is the effect of approaching them (Horvitz and Thompson 1952)."""
    return hit * treated / share - hit * (1 - treated) / (1 - share)


def qini(worth: Floats, order_by: Floats) -> float:
    """Extra takers per thousand firms won by going down the list in this order instead of by lot, on average.

    `worth` are transformed outcomes. 0: no better than chance; rows that tie are taken together, as their mean
    (Radcliffe 2007, area between the gains of the order and those of chance).
    """
    order = np.argsort(-order_by, kind="stable")
    ties = np.unique(-order_by[order], return_inverse=True)[1]
    means = np.bincount(ties, weights=worth[order]) / np.bincount(ties)
    gains = np.cumsum(means[ties]) / len(worth)
    by_lot = worth.mean() * np.arange(1, len(worth) + 1) / len(worth)
    return float(np.mean(gains - by_lot) * PER)
