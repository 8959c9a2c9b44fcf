"""A scorecard from rows: clip, fill, standardise, ridge-penalised logistic regression."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.rules import Floats, shaped, steps
from xiaoer.scores.terms import Input, Scorecard, Specification, State, Weighed

FEWEST_FOR_PROMOTION = 40
FEWEST_TO_TRAIN = 10


@dataclass(frozen=True)
class Sample:
    """Firms with a known outcome, in order of their key: `columns` (name → rows), `bad` (rows)."""

    keys: tuple[str, ...]
    columns: Mapping[str, Floats]
    bad: NDArray[np.bool_]

    def rows(self, at: NDArray[np.int64]) -> "Sample":
        return Sample(
            tuple(map(self.keys.__getitem__, at.tolist())),
            {name: values[at] for name, values in self.columns.items()},
            self.bad[at],
        )


@dataclass(frozen=True)
class Line:
    """How out-of-fold log-odds must be stretched and moved to tell the truth."""

    slope: float
    intercept: float

    def applied(self, card: Scorecard) -> Scorecard:
        """The card with its log-odds stretched and moved."""
        inputs = tuple(replace(entry, weight=entry.weight * self.slope) for entry in card.inputs)
        return replace(card, inputs=inputs, intercept=card.intercept * self.slope + self.intercept)


def calibration_line(odds: Floats, bad: NDArray[np.bool_]) -> Line:
    """Logistic regression of the truth on out-of-fold log-odds (Platt 1999)."""
    found = LogisticRegression(C=1e6).fit(odds.reshape(-1, 1), bad)
    return Line(float(found.coef_[0][0]), float(found.intercept_[0]))


def train(spec: Specification, sample: Sample, line: Line, trained_on: str) -> Scorecard:
    """A scorecard with its version, its log-odds set right by a calibration `line`.

    Below 40 good or bad firms it is marked a small sample.
    """
    positives = int(sample.bad.sum())
    few = min(positives, len(sample.keys) - positives) < FEWEST_FOR_PROMOTION
    card = line.applied(fit(spec, spec.inputs, sample))
    state = State.SMALL_SAMPLE if few else State.LIVE
    return replace(card, state=state, version=_version(spec, card), trained_on=trained_on)


def check_size(spec: Specification, sample: Sample) -> None:
    """Raises Refusal when there are fewer than 10 firms of either kind to train on."""
    positives, negatives = int(sample.bad.sum()), int((~sample.bad).sum())
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
        spec.name, "", State.REFUSED, 0.0, spec.points, weighed, "", len(sample.keys), int(sample.bad.sum())
    )
    model = LogisticRegression(C=spec.penalty, max_iter=5000).fit(steps(card, sample.columns), sample.bad)
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
