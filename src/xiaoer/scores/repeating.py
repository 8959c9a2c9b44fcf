"""A small book without dates: the logistic card judged by repeated folds, and once more without what is recent."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from xiaoer.features.terms import catalogue
from xiaoer.scores.judging import calibration, verdict
from xiaoer.scores.leaks import leaking
from xiaoer.scores.measures import auc, calibration_line, interval, ks, rounded
from xiaoer.scores.rules import Floats, factor
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.terms import Input, Scorecard, Specification
from xiaoer.scores.training import check_size, fit, log_odds, train


def train_and_judge(spec: Specification, sample: Sample, trained_on: str) -> tuple[Scorecard, dict[str, Any]]:
    """A scorecard, and the judgement of its specification; every figure is out of fold, greater is better.

    Raises Refusal when the sample is too small to train on.
    """
    check_size(spec, sample)
    with threadpool_limits(1):  # hundreds of small fits: threads would only wait for each other
        odds, aucs = out_of_fold(spec, spec.inputs, sample)
        card = train(spec, sample, calibration_line(odds, sample.hit), trained_on)
        return card, _judgement(spec, sample, card, odds, aucs)


def _judgement(
    spec: Specification, sample: Sample, card: Scorecard, odds: Floats, aucs: list[float]
) -> dict[str, Any]:
    low, high = interval(sample.hit, odds, sample.owners, spec.seed)
    rival = auc(sample.hit, spec.rival_sign * np.nan_to_num(sample.columns[spec.rival]))
    leaks = leaking([Field(entry.name) for entry in spec.inputs], sample, spec.seed)
    state, why = verdict(sample, f"{spec.rival} alone", float(np.mean(aucs)), rival, leaks)
    return {
        "model": spec.name,
        "version": card.version,
        "state": state,
        "refused_because": why,
        "population": spec.population,
        "n": len(sample.keys),
        "positives": sample.positives,
        "split": f"{spec.repeats} × {spec.folds}-fold, stratified, out of fold",
        "metric": spec.metric,
        "value": rounded(np.mean(aucs)),
        "spread": rounded(np.std(aucs)),
        "low": rounded(low),
        "high": rounded(high),
        "rival": f"{spec.rival} alone",
        "rival_value": rounded(rival),
        "ks": rounded(ks(sample.hit, odds)),
        "leaks": leaks,
        "never_read": list(spec.never_reads),
        "without_recency": _without_recency(spec, sample),
        "calibration": calibration(sample, odds, spec.seed),
        "points": points_table(card),
    }


def out_of_fold(spec: Specification, inputs: Sequence[Input], sample: Sample) -> tuple[Floats, list[float]]:
    """Mean out-of-fold log-odds per firm over the repeats, and each repeat's AUC."""
    total, aucs = np.zeros(len(sample.keys)), []
    for repeat in range(spec.repeats):
        odds = np.zeros(len(sample.keys))
        folds = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed + repeat)
        for train_at, test_at in folds.split(odds, sample.hit):
            card = fit(spec, inputs, sample.rows(train_at))
            odds[test_at] = log_odds(card, sample.rows(test_at).columns)
        aucs.append(auc(sample.hit, odds))
        total += odds
    return total / spec.repeats, aucs


def points_table(card: Scorecard) -> list[dict[str, Any]]:
    """Per input, the points at its low end, its usual value and its high end."""
    scale = -factor(card.points)
    return [
        {
            "input": entry.name,
            "form": entry.form,
            "usual": entry.usual,
            "points_low": round(scale * entry.weight * (entry.low - entry.centre) / entry.spread),
            "points_high": round(scale * entry.weight * (entry.high - entry.centre) / entry.spread),
            "points_per_spread": rounded(scale * entry.weight, 2),
        }
        for entry in sorted(card.inputs, key=lambda entry: (-abs(entry.weight), entry.name))
    ]


def _without_recency(spec: Specification, sample: Sample) -> dict[str, Any]:
    known = catalogue()
    inputs = [entry for entry in spec.inputs if not known[entry.name].recency]
    odds, aucs = out_of_fold(spec, inputs, sample)
    low, high = interval(sample.hit, odds, sample.owners, spec.seed)
    left_out = sorted({entry.name for entry in spec.inputs} - {entry.name for entry in inputs})
    return {"value": rounded(np.mean(aucs)), "low": rounded(low), "high": rounded(high), "left_out": left_out}
