"""A model of a chance trained on earlier days and judged on later ones, and what every proof shares."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from xiaoer.kit.refusal import Refusal
from xiaoer.scores import judging
from xiaoer.scores.columns import columns_of, fields_of, numbers, sample_of, thinned
from xiaoer.scores.forms.cards import card_of, version_of
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.leaks import leaking
from xiaoer.scores.measures import auc, calibration_line, rounded
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.specifications import Model
from xiaoer.scores.splits import last_part, out_of_sample
from xiaoer.scores.terms import Form, Scale
from xiaoer.scores.watching import spreads

MOST_ROWS = 10_000  # to train on
MOST_FOR_LEAKS = 3_000
READABLE = 0.005  # so much of AUC a readable form may give away before trees are taken
SEED = 20261031
FEWEST_TO_TRAIN = 10
HELD = ("customer_id", "on_day", "item", "from_day", "label", "treated", "treated_share", "asked_product")
GROUPS = ("kind", "region", "industry_letter")
GOOD_IS_FEW = (
    "risk",
    "payment",
    "attrition",
    "satisfaction",
    "need",
)  # the fewer the outcome, the more points


@dataclass(frozen=True)
class Proved:
    """A trained model as data with its judgement, what it said of each judged row, and the spreads it is watched by."""

    version: str
    card: dict[str, Any]
    judgement: dict[str, Any]
    said: pa.Table
    spreads: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """A model with the rows of its earlier days and those of its later ones; `split` says which in words."""

    model: Model
    train: pa.Table
    judge: pa.Table
    split: str
    trained_on: str


def chance(task: Task) -> Proved:
    """A model of a chance in the form that did best on the last of the training days, judged out of time.

    Raises Refusal where there is too little to train on or to judge by.
    """
    model, train, judge = task.model, thinned(task.train, MOST_ROWS), task.judge
    fields = fields_of(model, train)
    learnt, seen = sample_of(fields, train), sample_of(fields, judge)
    enough(model, learnt, seen)
    form, tried = chosen(model, fields, learnt)
    fitted = fitting(form, fields, SEED)(learnt)
    odds = fitted.log_odds(seen.columns)
    line = calibration_line(odds, seen.hit)
    card = card_of(form, fitted, line, scale_of(model))
    version = version_of(card, asdict(model) | {"trained_on": task.trained_on})
    leaks = leaking(fields, _for_leaks(model, train), SEED)
    asked = judging.Asked(model.name, model.words.population["en"], told_rival(model), seed=SEED)
    shown = judging.Seen(seen, odds, rival_of(model, judge), task.split)
    groups = [name for name in GROUPS if name in seen.columns]
    row = judging.judged(asked, shown, version=version, leaks=leaks, groups=groups)
    row = judging.named({field.name: field.levels for field in fields}, row)
    more = {"form": str(form), "forms": tried, "rows": len(learnt.hit), "trained_on": task.trained_on}
    in_use = card.score(
        columns_of(card.fields, judge)
    ).probability  # in whole points, as every night tells it
    watched = spreads(fields, train, judge, in_use, {field.name for field in card.fields})
    return Proved(version, card.as_json(), row | about(model) | more, said(judge, line.moved(odds)), watched)


def chosen(model: Model, fields: Sequence[Field], learnt: Sample) -> tuple[Form, dict[str, float | None]]:
    """The form to use, and how each did on the last part of the training days, which it was not fitted to.

    The first in the file that is within half a point of AUC of the best: readable ones stand before trees.
    """
    if len(model.forms) == 1:
        return model.forms[0], {}
    try:
        part = last_part(learnt, gap_days=0)
    except Refusal:  # a day or two to train on: nothing to choose by, so the plainest
        return model.forms[0], {}
    hit = learnt.hit[part.judged]
    tried = {form: auc(hit, out_of_sample(fitting(form, fields, SEED), learnt, part)) for form in model.forms}
    best = max(tried.values())
    form = next(form for form in model.forms if tried[form] >= best - READABLE)
    return form, {str(name): rounded(value) for name, value in tried.items()}


def _for_leaks(model: Model, train: pa.Table) -> Sample:
    rows = thinned(train, MOST_FOR_LEAKS)
    return sample_of(fields_of(model, train), rows)


def enough(model: Model, learnt: Sample, seen: Sample) -> None:
    """Raises Refusal when there are fewer than 10 of either outcome to train on or to judge by."""
    for part, sample in (("trained on", learnt), ("judged by", seen)):
        if sample.fewer < FEWEST_TO_TRAIN:
            raise Refusal(
                f"{sample.positives} of {len(sample.hit)} rows have the outcome",
                f"model {model.name}, days {part}",
                f"at least {FEWEST_TO_TRAIN} with and without",
                "Wait for more months, or for a bank with more firms",
            )


def rival_of(model: Model, rows: pa.Table) -> Floats:
    """What the rival says of each row; missing counts as nothing."""
    return model.rival.sign * np.nan_to_num(numbers(rows[model.rival.input]))


def told_rival(model: Model) -> str:
    return f"{model.rival.input} alone" if model.rival.sign > 0 else f"less {model.rival.input} alone"


def scale_of(model: Model) -> Scale:
    """Points: 600 at even odds of 20 to one, 20 points double them; more points are always the better news."""
    return Scale(600, 20, 20, -1 if model.family in GOOD_IS_FEW else 1)


def about(model: Model) -> dict[str, Any]:
    """What a list says of any model beside its figures."""
    return {"family": model.family, "sort": str(model.sort), "name": model.words.name}


def said(rows: pa.Table, told: Floats) -> pa.Table:
    """The judged rows with what was said of each, to be held against what is learnt of them later."""
    return rows.select([name for name in HELD if name in rows.column_names]).append_column(
        "said", pa.array(told)
    )
