"""Curves of a judgement as figures: how well an order tells hits from misses, and what going down it brings."""

from typing import Any

import numpy as np
import pyarrow as pa

from xiaoer.scores.columns import numbers
from xiaoer.scores.effects import transformed
from xiaoer.scores.measures import rounded
from xiaoer.scores.rules import Floats
from xiaoer.scores.specifications import Sort

STEPS = 20
TENTHS = 10
HALF = 0.5


def curves(sort: Sort, said: pa.Table) -> dict[str, Any]:
    """The curves of what a version said of the rows it was judged on; empty where nothing is known of them."""
    if not said.num_rows or "label" not in said.column_names:
        return {}
    told, label = numbers(said["said"]), numbers(said["label"])
    if sort is Sort.CHANCE:
        return {"roc": roc(label > HALF, told), "lift": by_tenths(label, told)}
    if sort is Sort.AMOUNT:
        return {"tenths": beside(label, told)}
    if "treated_share" not in said.column_names:
        return {}
    columns = [numbers(said[name]) for name in ("label", "treated", "treated_share")]
    return {"gain": gained(transformed(*columns), told)}


def roc(hit: Any, told: Floats) -> list[float]:
    """Share of the hits found when 0, 5, … 100 % of the misses are taken along, ties moving together."""
    order = np.argsort(-told, kind="stable")
    last = np.flatnonzero(np.diff(told[order], append=np.inf))
    found = np.concatenate([[0.0], np.cumsum(hit[order])[last] / max(hit.sum(), 1)])
    wrong = np.concatenate([[0.0], np.cumsum(~hit[order])[last] / max((~hit).sum(), 1)])
    return [rounded(value) for value in np.interp(np.linspace(0, 1, STEPS + 1), wrong, found)]


def by_tenths(label: Floats, told: Floats) -> list[float]:
    """Share of outcomes in each tenth of the rows, the likeliest first."""
    parts = np.array_split(label[np.argsort(-told, kind="stable")], min(TENTHS, len(label)))
    return [rounded(part.mean()) for part in parts]


def beside(label: Floats, told: Floats) -> list[list[float]]:
    """The middle of what was said and of what came, in each tenth of the rows, the largest first."""
    order = np.argsort(-told, kind="stable")
    parts = np.array_split(order, min(TENTHS, len(label)))
    return [[rounded(np.median(told[part]), 2), rounded(np.median(label[part]), 2)] for part in parts]


def gained(worth: Floats, told: Floats) -> list[float]:
    """Extra takers per thousand firms after going down 0, 5, … 100 % of the list."""
    sums = np.concatenate([[0.0], np.cumsum(worth[np.argsort(-told, kind="stable")])]) / len(worth) * 1000
    return [
        rounded(value, 2)
        for value in np.interp(np.linspace(0, len(worth), STEPS + 1), np.arange(len(sums)), sums)
    ]
