"""Models of amounts and of effects: trained on earlier days, judged on later ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import spearmanr

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.columns import columns_of, fields_of, numbers, owners, sample_of, thinned
from xiaoer.scores.effects import qini, transformed
from xiaoer.scores.forms.amounts import Amounts, fit_amounts, fit_effects
from xiaoer.scores.forms.cards import AmountsCard
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.measures import rounded
from xiaoer.scores.redrawing import interval
from xiaoer.scores.rules import Floats, Ints
from xiaoer.scores.shelved import (
    FEWEST_TO_TRAIN,
    MOST_ROWS,
    SEED,
    Proved,
    Task,
    about,
    chance,
    enough,
    rival_of,
    said,
    told_rival,
)
from xiaoer.scores.specifications import Metric, Model, Sort
from xiaoer.scores.terms import Form, State
from xiaoer.scores.watching import spreads

TOO_LIKE = 0.99
Measure = Callable[[Floats, Ints], float]


def prove(task: Task) -> Proved:
    """Train on the one part, judge on the other, whatever the model says; raises Refusal where too little is known."""
    return {Sort.CHANCE: chance, Sort.AMOUNT: amount, Sort.UPLIFT: uplift}[task.model.sort](task)


@dataclass(frozen=True)
class Weighed:
    """What a model of amounts or effects said of the judged rows, `few` of which count, and how it is measured."""

    fitted: Amounts
    told: Floats
    measure: Measure
    few: int
    more: dict[str, Any]


def amount(task: Task) -> Proved:
    """A model of an amount. Raises Refusal where every outcome is the same."""
    model, train, judge = task.model, thinned(task.train, MOST_ROWS), task.judge
    amounts, truth = numbers(train["label"]), numbers(judge["label"])
    middle = float(np.median(amounts))
    if np.ptp(amounts) == 0:
        raise Refusal(f"every known outcome is {middle:g}", f"model {model.name}", "outcomes that differ")
    fields = fields_of(model, train)
    fitted = fit_amounts(fields, sample_of(fields, train, amounts > middle), amounts, SEED)
    measure = partial(nearer, truth, middle) if model.metric is Metric.NEARER else partial(ranked, truth)
    numeric = [field.name for field in fields if field.kind == "number"]
    leaks = [name for name in numeric if the_same(numbers(train[name]), amounts)]
    firms = len(np.unique(owners(judge)))
    told = fitted.told(columns_of(fields, judge))
    return proved(task, Weighed(fitted, told, measure, firms, {"positives": firms, "leaks": leaks}))


def uplift(task: Task) -> Proved:
    """A model of what approaching changes, beside the order by response learnt from those approached."""
    model, train, judge = task.model, thinned(task.train, MOST_ROWS), task.judge
    fields = fields_of(model, train)
    learnt, seen = sample_of(fields, train), sample_of(fields, judge)
    enough(model, learnt, seen)
    truth = worth(judge)
    fitted = fit_effects(fields, learnt, worth(train), SEED)
    asked = learnt.rows(np.flatnonzero(numbers(train["treated"]) > 0))
    by_response = fitting(Form.TREES, fields, SEED)(asked).log_odds(seen.columns)
    more = {"positives": seen.positives, "effect": rounded(truth.mean()),
            "response_value": rounded(qini(truth, by_response)), "leaks": []}  # fmt: skip

    def measure(told: Floats, at: Ints) -> float:
        return qini(truth[at], told[at])

    found = proved(task, Weighed(fitted, fitted.told(seen.columns), measure, seen.fewer, more))
    return replace(found, said=found.said.append_column("response", pa.array(by_response)))


def worth(rows: pa.Table) -> Floats:
    """Per row a figure whose mean over alike rows is the effect of approaching them."""
    return transformed(*(numbers(rows[name]) for name in ("label", "treated", "treated_share")))


def proved(task: Task, weighed: Weighed) -> Proved:
    """The card as data and the judgement, rival beside it."""
    model, row = task.model, judgement(task, weighed)
    state, why = verdict(model, row, weighed.few)
    trees = weighed.fitted.trees
    card, version = AmountsCard(trees, weighed.fitted.logged).as_json(), trees.sha256[:12]
    more = {"version": version, "state": str(state), "refused_because": why, "form": "trees",
            "trained_on": task.trained_on}  # fmt: skip
    watched = spreads(trees.fields, task.train, task.judge, weighed.told)
    return Proved(version, card, row | more | about(model), said(task.judge, weighed.told), watched)


def judgement(task: Task, weighed: Weighed) -> dict[str, Any]:
    """The measure with its interval over firms, and the rival's."""
    model, everyone = task.model, np.arange(len(weighed.told))
    low, high = interval(lambda at: weighed.measure(weighed.told, at), owners(task.judge), SEED)
    rival = weighed.measure(rival_of(model, task.judge), everyone)
    return {
        "model": model.name, "population": model.words.population["en"], "n": len(everyone), "split": task.split,
        "metric": str(model.metric), "value": rounded(weighed.measure(weighed.told, everyone)),
        "low": rounded(low), "high": rounded(high), "rival": told_rival(model), "rival_value": rounded(rival),
    } | weighed.more  # fmt: skip


def verdict(model: Model, row: dict[str, Any], few: int) -> tuple[State, str | None]:
    """What a model of amounts or effects may be used for, and why not more."""
    if row["leaks"]:
        return State.REFUSED, f"too good to be true: {', '.join(row['leaks'])}"
    if row["value"] <= row["rival_value"]:
        return State.REFUSED, f"no better than {row['rival']}"
    if few < model.fewest:
        return State.SMALL_SAMPLE, f"{few} where {model.fewest} are needed for promotion"
    if model.sort is Sort.UPLIFT and row["value"] <= max(0.0, row["response_value"]):
        return State.REFUSED, "no better than the order by response, which is used instead"
    return State.LIVE, None


def nearer(truth: Floats, middle: float, told: Floats, at: Ints) -> float:
    """1 − mean distance over that of the training days' median: 1 is exact, 0 no better than one figure for all."""
    return 1 - float(np.abs(truth[at] - told[at]).mean() / np.abs(truth[at] - middle).mean())


def ranked(truth: Floats, told: Floats, at: Ints) -> float:
    """Spearman's rank correlation."""
    return float(spearmanr(truth[at], told[at]).statistic)


def the_same(values: Floats, amounts: Floats) -> bool:
    """Whether a column is the outcome itself under another name."""
    known = ~np.isnan(values)
    if known.sum() < FEWEST_TO_TRAIN or np.ptp(values[known]) == 0:
        return False
    return abs(ranked(values[known], amounts[known], np.arange(known.sum()))) > TOO_LIKE
