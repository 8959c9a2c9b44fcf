"""A scorecard from rows: clip, fill, standardise, ridge-penalised logistic regression."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.judging import FEWEST_FOR_PROMOTION
from xiaoer.scores.measures import Line
from xiaoer.scores.rules import Floats, shaped, steps
from xiaoer.scores.samples import Sample
from xiaoer.scores.terms import Input, Scorecard, Specification, State, Weighed

FEWEST_TO_TRAIN = 10


def applied(line: Line, card: Scorecard) -> Scorecard:
    """The card with its log-odds stretched and moved."""
    inputs = tuple(replace(entry, weight=entry.weight * line.slope) for entry in card.inputs)
    return replace(card, inputs=inputs, intercept=card.intercept * line.slope + line.intercept)


def train(spec: Specification, sample: Sample, line: Line, trained_on: str) -> Scorecard:
    """A scorecard with its version, its log-odds set right by a calibration `line`.

    Below 40 good or bad firms it is marked a small sample.
    """
    positives = int(sample.hit.sum())
    few = min(positives, len(sample.keys) - positives) < FEWEST_FOR_PROMOTION
    card = applied(line, fit(spec, spec.inputs, sample))
    state = State.SMALL_SAMPLE if few else State.LIVE
    return replace(card, state=state, version=_version(spec, card), trained_on=trained_on)


def check_size(spec: Specification, sample: Sample) -> None:
    """Raises Refusal when there are fewer than 10 firms of either kind to train on."""
    positives, negatives = int(sample.hit.sum()), int((~sample.hit).sum())
    if min(positives, negatives) < FEWEST_TO_TRAIN:
        raise Refusal(
            f"{positives} bad and {negatives} good firms are too few to train on",
            f"model {spec.name}",
            f"at least {FEWEST_TO_TRAIN} of each",
            f"Deliver customers.{spec.label} for more firms",
        )


def fit(spec: Specification, inputs: Sequence[Input], sample: Sample) -> Scorecard:
    """The bare fit, as cross-validation repeats it."""
    weighed = tuple(_prepared(entry, sample.columns[entry.name], spec.clip) for entry in inputs)
    card = Scorecard(
        spec.name, "", State.REFUSED, 0.0, spec.points, weighed, "", len(sample.keys), int(sample.hit.sum())
    )
    model = LogisticRegression(C=spec.penalty, max_iter=5000).fit(steps(card, sample.columns), sample.hit)
    weights = [float(weight) for weight in model.coef_[0]]
    kept = tuple(replace(entry, weight=weight) for entry, weight in zip(weighed, weights, strict=True))
    return replace(card, inputs=kept, intercept=float(model.intercept_[0]))


def log_odds(card: Scorecard, columns: Mapping[str, Floats]) -> Floats:
    """Unrounded log-odds, for judging."""
    weights = np.array([entry.weight for entry in card.inputs])
    odds: Floats = card.intercept + steps(card, columns) @ weights
    return odds


def _prepared(entry: Input, values: Floats, clip: tuple[float, float]) -> Weighed:
    known = values[~np.isnan(values)]
    usual = float(np.median(known)) if len(known) else 0.0
    form = shaped(np.where(np.isnan(values), usual, values), entry.form)
    low, high = (float(edge) for edge in np.quantile(form, clip))
    kept = np.clip(form, low, high)
    return Weighed(
        entry.name, entry.form, low, high, usual, float(kept.mean()), float(kept.std()) or 1.0, 0.0
    )


def _version(spec: Specification, card: Scorecard) -> str:
    text = json.dumps([asdict(spec), card.as_json()], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
