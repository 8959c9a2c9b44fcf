"""A scorecard applied: points, probability, and which inputs moved them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from xiaoer.kit.text import Reason, Tone, reason
from xiaoer.scores.terms import Scale, Scorecard, Weighed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """`points` (rows), `parts` (rows × inputs) with points = start + Σ parts exactly, `probability` (rows).

    Of a model of an amount or a difference `probability` is that.
    """

    points: Ints
    parts: Ints
    probability: Floats


def shaped(values: Floats, form: str) -> Floats:
    """A feature in the form the model reads it."""
    return np.sign(values) * np.log1p(np.abs(values)) if form == "log" else values


def steps(card: Scorecard, columns: Mapping[str, Floats]) -> Floats:
    """Rows × inputs of standardised values; missing counts as the usual."""
    return np.column_stack([_step(entry, columns[entry.name]) for entry in card.inputs])


def _step(entry: Weighed, values: Floats) -> Floats:
    filled = np.where(np.isnan(values), entry.usual, values)
    return (np.clip(shaped(filled, entry.form), entry.low, entry.high) - entry.centre) / entry.spread


def factor(scale: Scale) -> float:
    """Points per unit of log-odds."""
    return scale.doubling / log(2)


def start_points(card: Scorecard) -> int:
    """Points of a firm usual in everything."""
    return round(card.points.base - factor(card.points) * (card.intercept + log(card.points.odds)))


def score(card: Scorecard, columns: Mapping[str, Floats]) -> Scored:
    """Whole points, so that what a screen shows adds up; the probability follows from the points."""
    weights = np.array([entry.weight for entry in card.inputs])
    parts = np.rint(-factor(card.points) * steps(card, columns) * weights).astype(np.int64)
    points = start_points(card) + parts.sum(axis=1)
    return Scored(points, parts, probability(card.points, points))


def probability(scale: Scale, points: Ints) -> Floats:
    """Probability of the outcome at given points."""
    log_odds = scale.sign * (points - scale.base) / factor(scale) - log(scale.odds)
    shares: Floats = 1 / (1 + np.exp(-log_odds))
    return shares


def moved(
    inputs: Iterable[tuple[str, float]],
    units: Mapping[str, str],
    seen: Iterable[float | None],
    parts: Iterable[int],
) -> list[dict[str, object]]:
    """What moved a firm's score as reasons with their points, what moved most first, then by name.

    `inputs`: each input with what is usual in it; `seen` and `parts` in the same order; `units` by name.
    """
    known = zip(inputs, seen, parts, strict=True)
    ordered = sorted(known, key=lambda one: (-abs(one[2]), one[0][0]))
    return [told(name, usual, units[name], value, points) for (name, usual), value, points in ordered]


def told(name: str, usual: float, unit: str, value: float | None, points: int) -> dict[str, object]:
    """Why an input gave its points, as a reason with the firm's value beside the usual one."""
    return dict(_told(name, usual, unit, value, points)) | {"points": points}


def _told(name: str, usual: float, unit: str, value: float | None, points: int) -> Reason:
    tone: Tone = "bad" if points < 0 else "good" if points > 0 else "plain"
    if value is None:
        return reason("score_missing", "plain", feature_words=name)
    if unit == "amount":
        return reason(
            "score_amount", tone, feature_words=name, value_amount=int(value), usual_amount=int(usual)
        )
    if unit == "share":
        return reason("score_share", tone, feature_words=name, value_share=value, usual_share=usual)
    return reason(f"score_{unit}", tone, feature_words=name, value=round(value, 2), usual=round(usual, 2))
