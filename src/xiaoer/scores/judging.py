"""How good a model is: repeated cross-validation, a bootstrap over firms, calibration, a trivial rival, leaks."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from xiaoer.features.terms import catalogue
from xiaoer.scores.rules import Floats, factor
from xiaoer.scores.terms import Input, Scorecard, Specification, State
from xiaoer.scores.training import (
    FEWEST_FOR_PROMOTION,
    Sample,
    calibration_line,
    check_size,
    fit,
    log_odds,
    train,
)

RESAMPLES = 2_000
LEAK_ALARM = 0.9
BINS = 5


def train_and_judge(spec: Specification, sample: Sample, trained_on: str) -> tuple[Scorecard, dict[str, Any]]:
    """A scorecard, and the judgement of its specification; every figure is out of fold, greater is better.

    Raises Refusal when the sample is too small to train on.
    """
    check_size(spec, sample)
    with threadpool_limits(1):  # hundreds of small fits: threads would only wait for each other
        odds, aucs = out_of_fold(spec, spec.inputs, sample)
        card = train(spec, sample, calibration_line(odds, sample.bad), trained_on)
        return card, _judgement(spec, sample, card, odds, aucs)


def _judgement(
    spec: Specification, sample: Sample, card: Scorecard, odds: Floats, aucs: list[float]
) -> dict[str, Any]:
    low, high = interval(sample, odds, spec.seed)
    rival = auc(sample.bad, spec.rival_sign * np.nan_to_num(sample.columns[spec.rival]))
    leaks = leaking(spec, sample)
    state, why = _verdict(spec, sample, float(np.mean(aucs)), rival, leaks)
    return {
        "model": spec.name,
        "version": card.version,
        "state": state,
        "refused_because": why,
        "population": spec.population,
        "n": len(sample.keys),
        "positives": int(sample.bad.sum()),
        "split": f"{spec.repeats} × {spec.folds}-fold, stratified, out of fold",
        "metric": spec.metric,
        "value": _round(np.mean(aucs)),
        "spread": _round(np.std(aucs)),
        "low": _round(low),
        "high": _round(high),
        "rival": f"{spec.rival} alone",
        "rival_value": _round(rival),
        "ks": _round(_ks(sample, odds)),
        "leaks": leaks,
        "never_read": list(spec.never_reads),
        "without_recency": _without_recency(spec, sample),
        "calibration": _calibration(sample, recalibrated(spec, sample, odds)),
        "points": points_table(card),
    }


def out_of_fold(spec: Specification, inputs: Sequence[Input], sample: Sample) -> tuple[Floats, list[float]]:
    """Mean out-of-fold log-odds per firm over the repeats, and each repeat's AUC."""
    total, aucs = np.zeros(len(sample.keys)), []
    for repeat in range(spec.repeats):
        odds = np.zeros(len(sample.keys))
        folds = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed + repeat)
        for train_at, test_at in folds.split(odds, sample.bad):
            card = fit(spec, inputs, sample.rows(train_at))
            odds[test_at] = log_odds(card, sample.rows(test_at).columns)
        aucs.append(auc(sample.bad, odds))
        total += odds
    return total / spec.repeats, aucs


def recalibrated(spec: Specification, sample: Sample, odds: Floats) -> Floats:
    """Out-of-fold log-odds set right by lines that never saw the firm they set right."""
    right = np.zeros(len(odds))
    for train_at, test_at in StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed).split(
        odds, sample.bad
    ):
        line = calibration_line(odds[train_at], sample.bad[train_at])
        right[test_at] = line.intercept + line.slope * odds[test_at]
    return right


def auc(bad: NDArray[np.bool_], value: Floats) -> float:
    """Area under the curve by ranks (Mann and Whitney 1947), ties counted half."""
    ranks, hits = rankdata(value), int(bad.sum())
    return float((ranks[bad].sum() - hits * (hits + 1) / 2) / (hits * (len(bad) - hits)))


def interval(sample: Sample, odds: Floats, seed: int) -> tuple[float, float]:
    """95 % of the AUC when the firms are drawn again with replacement."""
    draw, values, drawn_auc = np.random.default_rng(seed), list[float](), _redrawn(sample.bad, odds)
    while len(values) < RESAMPLES:
        times = np.bincount(draw.integers(0, len(odds), len(odds)), minlength=len(odds))
        if 0 < times[sample.bad].sum() < len(odds):
            values.append(drawn_auc(times))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _redrawn(bad: NDArray[np.bool_], odds: Floats) -> Callable[[NDArray[np.int64]], float]:
    """The AUC of firms drawn so many times each: pairs are counted in an order that is found once."""
    order = np.argsort(odds, kind="stable")
    first_of_equals = np.flatnonzero(np.diff(odds[order], prepend=-np.inf))
    is_bad = bad[order]

    def drawn_auc(times: NDArray[np.int64]) -> float:
        ordered = times[order]
        hits = np.add.reduceat(ordered * is_bad, first_of_equals)
        misses = np.add.reduceat(ordered, first_of_equals) - hits
        twice = (hits * (2 * np.cumsum(misses) - misses)).sum()
        return float(twice / (2 * hits.sum() * misses.sum()))

    return drawn_auc


def leaking(spec: Specification, sample: Sample) -> list[str]:
    """Features that alone, in a flexible model and out of fold, tell too well to be true."""
    return [entry.name for entry in spec.inputs if _alone(sample, entry.name, spec.seed) > LEAK_ALARM]


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
            "points_per_spread": _round(scale * entry.weight, 2),
        }
        for entry in sorted(card.inputs, key=lambda entry: (-abs(entry.weight), entry.name))
    ]


def _without_recency(spec: Specification, sample: Sample) -> dict[str, Any]:
    known = catalogue()
    inputs = [entry for entry in spec.inputs if not known[entry.name].recency]
    odds, aucs = out_of_fold(spec, inputs, sample)
    low, high = interval(sample, odds, spec.seed)
    left_out = sorted({entry.name for entry in spec.inputs} - {entry.name for entry in inputs})
    return {"value": _round(np.mean(aucs)), "low": _round(low), "high": _round(high), "left_out": left_out}


def _verdict(
    spec: Specification, sample: Sample, value: float, rival: float, leaks: list[str]
) -> tuple[State, str | None]:
    positives = int(sample.bad.sum())
    if leaks:
        return State.REFUSED, f"too good to be true: {', '.join(leaks)}"
    if value <= rival:
        return State.REFUSED, f"no better than {spec.rival} alone"
    if min(positives, len(sample.keys) - positives) < FEWEST_FOR_PROMOTION:
        return State.SMALL_SAMPLE, f"{positives} bad firms; {FEWEST_FOR_PROMOTION} are needed for promotion"
    return State.LIVE, None


def _alone(sample: Sample, name: str, seed: int) -> float:
    values = np.nan_to_num(sample.columns[name], nan=-1.0).reshape(-1, 1)
    tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=5, random_state=seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    guess = cross_val_predict(tree, values, sample.bad, cv=folds, method="predict_proba")[:, 1]
    return auc(sample.bad, guess)


def _ks(sample: Sample, odds: Floats) -> float:
    order = np.argsort(odds, kind="stable")
    bad = sample.bad[order]
    return float(np.max(np.abs(np.cumsum(bad) / bad.sum() - np.cumsum(~bad) / (~bad).sum())))


def _calibration(sample: Sample, odds: Floats) -> dict[str, Any]:
    """Slope and intercept of the truth on the out-of-fold log-odds, and a curve of bins with Wilson intervals."""
    line = calibration_line(odds, sample.bad)
    expected = 1 / (1 + np.exp(-odds))
    curve = []
    for at in np.array_split(np.argsort(odds, kind="stable"), BINS):
        bad = int(sample.bad[at].sum())
        low, high = wilson(bad, len(at))
        curve.append(
            {
                "n": len(at),
                "expected": _round(expected[at].mean()),
                "observed": _round(bad / len(at)),
                "low": _round(low),
                "high": _round(high),
            }
        )
    return {"slope": _round(line.slope), "intercept": _round(line.intercept), "curve": curve}


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a share (Wilson 1927)."""
    share, spread = hits / n, z * sqrt(hits * (n - hits) / n + z * z / 4) / n
    centre, scale = share + z * z / (2 * n), 1 + z * z / n
    return (centre - spread) / scale, (centre + spread) / scale


def _round(value: SupportsFloat, digits: int = 4) -> float:
    return round(float(value), digits)
