"""A challenger beside the champion: both by what they said of the same later rows, which neither was trained on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import pyarrow as pa

from xiaoer.kit import parameters
from xiaoer.scores.columns import HALF, numbers, owners
from xiaoer.scores.effects import qini, transformed
from xiaoer.scores.keeping import read_said, said_of
from xiaoer.scores.measures import auc, rounded
from xiaoer.scores.redrawing import interval
from xiaoer.scores.registry import Registry
from xiaoer.scores.rules import Floats, Ints
from xiaoer.scores.specifications import Metric
from xiaoer.scores.weighing import nearer, ranked

ROW = ["customer_id", "item", "on_day"]
FEWEST = 40
SEED = 20261128
Worth = Callable[[Floats, Ints], float]


@dataclass(frozen=True)
class Beside:
    """By how much a challenger is better (paired, 95 % over firms) on the rows both were judged on."""

    metric: Metric
    rows: int
    difference: float
    low: float
    high: float

    def __str__(self) -> str:
        return (
            f"{self.metric} {self.difference:+.4g} ({self.low:+.4g} to {self.high:+.4g}) on {self.rows} rows"
        )


def worse_at_most(metric: Metric, on: date) -> float:
    """By how much a challenger may at worst be behind its champion."""
    return float(parameters.in_force("scores", "promotion", on)["worse_at_most"][metric])


def beside(registry: Registry, model: str, challenger: str, champion: str | None) -> Beside | None:
    """The comparison; None without a champion, and where too few rows were judged by both."""
    versions = (challenger, champion)
    if champion is None or not all(one and said_of(registry, model, one).exists() for one in versions):
        return None
    one, other = (read_said(registry, model, version) for version in (challenger, champion))
    rows = in_common(one, other)
    metric = Metric(registry.page(model, challenger)["judgement"]["metric"].lower())
    if rows.num_rows < FEWEST or (metric is Metric.QINI and "treated_share" not in rows.column_names):
        return None
    return _compared(rows, metric)


def in_common(challenger: pa.Table, champion: pa.Table) -> pa.Table:
    """Rows of the challenger's judgement that the champion was judged on too, with `before`: what that one said."""
    theirs = champion.select([*ROW, "said"]).rename_columns([*ROW, "before"])
    order = [(name, "ascending") for name in ROW]
    return challenger.join(theirs, keys=ROW, join_type="inner").sort_by(order)


def _compared(rows: pa.Table, metric: Metric) -> Beside:
    said, before = numbers(rows["said"]), numbers(rows["before"])
    worth = measure(rows, metric)
    low, high = interval(lambda at: worth(said, at) - worth(before, at), owners(rows), SEED)
    everyone = np.arange(rows.num_rows)
    difference = worth(said, everyone) - worth(before, everyone)
    return Beside(metric, rows.num_rows, rounded(difference), rounded(low), rounded(high))


def measure(rows: pa.Table, metric: Metric) -> Worth:
    """The measure of what is said of some of the rows; greater is better."""
    label = numbers(rows["label"])
    if metric is Metric.AUC:
        return lambda told, at: auc(label[at] > HALF, told[at])
    if metric is Metric.QINI:
        worth = transformed(label, numbers(rows["treated"]), numbers(rows["treated_share"]))
        return lambda told, at: qini(worth[at], told[at])
    if metric is Metric.RANK:
        return partial(ranked, label)
    return partial(nearer, label, float(np.median(label)))
