"""Rows to fit on beside rows to judge on: never the same, and never one firm's rows in both folds."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.rules import Floats, Ints
from xiaoer.scores.samples import Sample

LAST_SHARE = 0.25
FEWEST_TO_JUDGE = 5


class Fitted(Protocol):
    """Whatever gives log-odds of the outcome for columns."""

    def log_odds(self, columns: Mapping[str, Floats]) -> Floats: ...


Fit = Callable[[Sample], Fitted]


@dataclass(frozen=True)
class Split:
    """`told` names it in a judgement; each part is (rows to fit on, rows to judge on)."""

    told: str
    parts: tuple[tuple[Ints, Ints], ...]

    @property
    def judged(self) -> Ints:
        """Rows that are judged, part by part."""
        return np.concatenate([test for _, test in self.parts])


def folds(sample: Sample, many: int, seed: int) -> Split:
    """As many folds, each judged by a model fitted to the others; a firm's rows stay together.

    Raises Refusal when one of the outcomes has fewer rows than there are folds.
    """
    if sample.fewer < many:
        raise Refusal(
            f"the rarer outcome has {sample.fewer} rows",
            "label",
            f"at least {many}, one a fold",
            "Bring more rows",
        )
    told = f"{many}-fold, stratified{', by firm' if _recur(sample) else ''}, out of fold"
    return Split(told, dealt(sample, many, seed))


def dealt(sample: Sample, many: int, seed: int) -> tuple[tuple[Ints, Ints], ...]:
    """Rows dealt into folds alike in their share of outcomes: pairs of (the others, the fold)."""
    if _recur(sample):
        grouped = StratifiedGroupKFold(many, shuffle=True, random_state=seed)
        return tuple(grouped.split(sample.hit, sample.hit, sample.owners))
    return tuple(StratifiedKFold(many, shuffle=True, random_state=seed).split(sample.hit, sample.hit))


def _recur(sample: Sample) -> bool:
    return sample.firms is not None and len(np.unique(sample.firms)) < len(sample.hit)


def last_part(sample: Sample, share: float = LAST_SHARE, gap_days: int = 0) -> Split:
    """The last rows by time judged by a model fitted to rows before them; a day is never cut in two.

    Rows within `gap_days` before the cut are left out of the fit: their outcome was not known at the cut.
    Raises Refusal when there is no time, or too few of either outcome on one of the sides.
    """
    if sample.when is None:
        raise Refusal("the rows have no time", "split", "a day for each row")
    day = np.sort(sample.when)[int(len(sample.when) * (1 - share))]
    fit, test = sample.when < (day - np.timedelta64(gap_days, "D") if gap_days else day), sample.when >= day
    fewest = min(sample.rows(np.flatnonzero(side)).fewer for side in (fit, test))
    if fewest < FEWEST_TO_JUDGE:
        raise Refusal(
            f"before or after {day} the rarer outcome has {fewest} rows",
            "split by time",
            f"at least {FEWEST_TO_JUDGE} on both sides",
            "Bring a longer time, or judge by folds",
        )
    told = f"out of time: fitted before {day}, judged from {day}"
    return Split(told, ((np.flatnonzero(fit), np.flatnonzero(test)),))


def out_of_sample(
    fit: Fit, sample: Sample, split: Split, advance: Callable[[], None] = lambda: None
) -> Floats:
    """Log-odds of the judged rows, in the order of `split.judged`; the parts are fitted side by side."""

    def one(part: tuple[Ints, Ints]) -> Floats:
        odds = fit(sample.rows(part[0])).log_odds(sample.rows(part[1]).columns)
        advance()
        return odds

    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(one, split.parts)))
