"""The judgement of a model, whatever its form: every figure out of sample, greater is better, a rival beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xiaoer.scores.measures import (
    Hits,
    auc,
    brier,
    calibration_line,
    chances,
    curve,
    interval,
    ks,
    lift,
    precision_area,
    rounded,
)
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Sample
from xiaoer.scores.splits import folds
from xiaoer.scores.terms import State

FEWEST_FOR_PROMOTION = 40
FEWEST_OF_A_GROUP = 10
BINS = 10
FEWEST_A_BIN = 20
LINES = 5


@dataclass(frozen=True)
class Asked:
    """What is judged and how, fixed before: `capacity` is the share of rows somebody can act upon."""

    model: str
    population: str
    rival: str
    capacity: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class Seen:
    """The judged rows with what a model and its rival said of them, both out of sample."""

    sample: Sample
    odds: Floats
    rival: Floats
    split: str


def judged(
    asked: Asked, seen: Seen, *, version: str = "", leaks: Sequence[str] = (), groups: Sequence[str] = ()
) -> dict[str, Any]:
    """One row of a judgement, with measures, calibration, months and groups."""
    hit = seen.sample.hit
    low, high = interval(hit, seen.odds, seen.sample.owners, asked.seed)
    value, rival = auc(hit, seen.odds), auc(hit, seen.rival)
    state, why = verdict(seen.sample, asked.rival, value, rival, leaks)
    return {
        "model": asked.model,
        "version": version,
        "state": str(state),
        "refused_because": why,
        "population": asked.population,
        "n": len(hit),
        "positives": seen.sample.positives,
        "split": seen.split,
        "metric": "AUC",
        "value": rounded(value),
        "low": rounded(low),
        "high": rounded(high),
        "rival": asked.rival,
        "rival_value": rounded(rival),
        "leaks": list(leaks),
        **measures(hit, seen.odds, asked.capacity),
        "calibration": calibration(seen.sample, seen.odds, asked.seed),
        "months": months(seen.sample, seen.odds),
        "groups": {name: compared(seen, name) for name in groups},
    }


def measures(hit: Hits, odds: Floats, capacity: float) -> dict[str, Any]:
    """Order and lift; none of them hangs on the scale of the odds."""
    return {
        "ks": rounded(ks(hit, odds)),
        "pr_auc": rounded(precision_area(hit, odds)),
        "capacity": capacity,
        "lift": rounded(lift(hit, odds, capacity), 2),
    }


def calibration(sample: Sample, odds: Floats, seed: int) -> dict[str, Any]:
    """The log-odds put right by lines that never saw the firm they put right, as a card in use is put right.

    `slope` (1 is right), `intercept` (0), curve and Brier score are of these, beside the Brier score of the plain
    mean; `own_slope` is the slope of the model's own log-odds.
    """
    right = recalibrated(sample, odds, seed)
    line, shares = calibration_line(right, sample.hit), chances(right)
    return {
        "slope": rounded(line.slope),
        "intercept": rounded(line.intercept),
        "own_slope": rounded(calibration_line(odds, sample.hit).slope),
        "brier": rounded(brier(sample.hit, shares), 5),
        "brier_of_mean": rounded(brier(sample.hit, np.full(len(odds), sample.hit.mean())), 5),
        "curve": curve(sample.hit, shares, min(BINS, max(2, len(odds) // FEWEST_A_BIN))),
    }


def recalibrated(sample: Sample, odds: Floats, seed: int) -> Floats:
    """Log-odds put right by a line from other firms."""
    right = np.zeros(len(odds))
    for others, here in folds(sample, min(LINES, sample.fewer), seed).parts:
        right[here] = calibration_line(odds[others], sample.hit[others]).moved(odds[here])
    return right


def months(sample: Sample, odds: Floats) -> list[dict[str, Any]]:
    """The measure month by month, where rows have a day; a month of few rows shows none."""
    if sample.when is None or not np.issubdtype(sample.when.dtype, np.datetime64):
        return []
    month = sample.when.astype("datetime64[M]")
    return [{"month": str(one)} | _told(sample.hit, odds, month == one) for one in np.unique(month)]


def compared(seen: Seen, column: str) -> list[dict[str, Any]]:
    """Each group's own measure, and what was expected of it beside what came."""
    values, shares = seen.sample.columns[column], chances(recalibrated(seen.sample, seen.odds, 0))
    rows = []
    for value in np.unique(values[~np.isnan(values)]):
        here = values == value
        expected = {
            "expected": rounded(shares[here].mean()),
            "observed": rounded(seen.sample.hit[here].mean()),
        }
        rows.append({"group": float(value)} | _told(seen.sample.hit, seen.odds, here) | expected)
    return rows


def _told(hit: Hits, odds: Floats, here: Hits) -> dict[str, Any]:
    hits, rows = int(hit[here].sum()), int(here.sum())
    enough = min(hits, rows - hits) >= FEWEST_OF_A_GROUP
    return {"n": rows, "positives": hits, "value": rounded(auc(hit[here], odds[here])) if enough else None}


def verdict(
    sample: Sample, rival: str, value: float, rival_value: float, leaks: Sequence[str]
) -> tuple[State, str | None]:
    """What the model may be used for, and why not more."""
    if leaks:
        return State.REFUSED, f"too good to be true: {', '.join(leaks)}"
    if value <= rival_value:
        return State.REFUSED, f"no better than {rival}"
    if sample.fewer < FEWEST_FOR_PROMOTION:
        few = f"{sample.positives} positives of {len(sample.hit)}"
        return State.SMALL_SAMPLE, f"{few}; {FEWEST_FOR_PROMOTION} of each outcome are needed for promotion"
    return State.LIVE, None


def named(groups: Mapping[str, Sequence[str]], row: dict[str, Any]) -> dict[str, Any]:
    """Groups of a judgement by their words, where a column's codes have words."""
    told = {
        column: [
            one | {"group": groups[column][int(one["group"])]}
            if int(one["group"]) < len(groups[column])
            else one
            for one in rows
        ]
        if groups.get(column)
        else rows
        for column, rows in row["groups"].items()
    }
    return row | {"groups": told}
