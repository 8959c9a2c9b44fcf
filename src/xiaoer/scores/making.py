"""A specification's model made whole: judged out of sample, fitted to all rows, put right, told in points."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.forms.cards import Card, card_of, version_of
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.judging import Asked, Seen, judged
from xiaoer.scores.leaks import leaking
from xiaoer.scores.measures import calibration_line
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.splits import Fit, Split, out_of_sample
from xiaoer.scores.terms import Form, Scale, State

FEWEST_TO_TRAIN = 10
WORTH_READING = 0.010  # of AUC: so much a form that cannot be read must be better, to be preferred


@dataclass(frozen=True)
class Made:
    """A card with its version and its judgement, ready for the registry."""

    model: str
    version: str
    card: Card
    judgement: Mapping[str, Any]
    trained_on: str

    def as_json(self) -> dict[str, Any]:
        """A page of the registry."""
        card = {
            "model": self.model,
            "version": self.version,
            "trained_on": self.trained_on,
        } | self.card.as_json()
        return {"card": card, "judgement": dict(self.judgement)}


@dataclass(frozen=True)
class Order:
    """What is to be made: from these fields, in points of this scale, beside this rival, judged by this split."""

    asked: Asked
    fields: tuple[Field, ...]
    scale: Scale
    rival: Fit
    split: Split
    trained_on: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class OneColumn:
    """The trivial rival: a column as it stands, `sign` 1 where more of it means the outcome is likelier."""

    name: str
    sign: int

    def log_odds(self, columns: Mapping[str, Floats]) -> Floats:
        values = self.sign * columns[self.name]
        odds: Floats = np.where(np.isnan(values), np.nanmedian(values), values)
        return odds


def made(order: Order, form: Form, sample: Sample) -> Made:
    """One form, its odds put right by rows it was not fitted to; good enough, it is a challenger.

    Raises Refusal when either outcome has fewer than 10 rows.
    """
    if sample.fewer < FEWEST_TO_TRAIN:
        raise Refusal(
            f"{sample.positives} of {len(sample.hit)} rows with the outcome are too few to train on",
            f"model {order.asked.model}",
            f"at least {FEWEST_TO_TRAIN} of each",
        )
    fit, seen = fitting(form, order.fields, order.asked.seed), sample.rows(order.split.judged)
    odds = out_of_sample(fit, sample, order.split)
    card = card_of(form, fit(sample), calibration_line(odds, seen.hit), order.scale)
    version = version_of(card, asdict(order.asked) | {"split": order.split.told, "on": order.trained_on})
    rival = out_of_sample(order.rival, sample, order.split)
    leaks = leaking(order.fields, sample, order.asked.seed)
    judgement = judged(
        order.asked,
        Seen(seen, odds, rival, order.split.told),
        version=version,
        leaks=leaks,
        groups=order.groups,
    )
    state = State.CHALLENGER if judgement["state"] == State.LIVE else judgement["state"]
    judgement |= {"form": str(form), "state": str(state)}
    return Made(order.asked.model, version, card, judgement, order.trained_on)


def champion(tried: Sequence[Made]) -> Made | None:
    """The best form that may be used; trees only where they are better than a readable one by more than 0.010."""
    able = [one for one in tried if one.judgement["state"] == State.CHALLENGER]
    return max(able, key=lambda one: (_worth(one), one.version), default=None)


def _worth(one: Made) -> float:
    return float(one.judgement["value"]) - (WORTH_READING if one.card.form is Form.TREES else 0.0)
