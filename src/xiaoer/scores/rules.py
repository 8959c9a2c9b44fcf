"""A scorecard applied: points, probability, and which inputs moved them."""

from collections.abc import Mapping
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


def told(entry: Weighed, unit: str, value: float, points: int) -> dict[str, object]:
    """Why an input gave its points, as a reason with the firm's value beside the usual one."""
    return dict(_told(entry, unit, value, points)) | {"points": points}


def _told(entry: Weighed, unit: str, value: float, points: int) -> Reason:
    tone: Tone = "bad" if points < 0 else "good" if points > 0 else "plain"
    if np.isnan(value):
        return reason("score_missing", "plain", feature_words=entry.name)
    if unit == "amount":
        return reason(
            "score_amount",
            tone,
            feature_words=entry.name,
            value_amount=int(value),
            usual_amount=int(entry.usual),
        )
    if unit == "share":
        return reason(
            "score_share", tone, feature_words=entry.name, value_share=value, usual_share=entry.usual
        )
    shown = {"value": round(value, 2), "usual": round(entry.usual, 2)}
    return reason(f"score_{unit}", tone, feature_words=entry.name, **shown)
