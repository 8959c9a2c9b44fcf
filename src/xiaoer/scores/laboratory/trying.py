"""The forms tried on a prepared file: leaks left out, folds and time order, the best single column as rival."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.forms import scorecard
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.judging import Asked, Seen, judged, named
from xiaoer.scores.laboratory.preparing import Prepared
from xiaoer.scores.leaks import alone
from xiaoer.scores.measures import rounded
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.splits import Split, folds, last_part, out_of_sample
from xiaoer.scores.terms import Form, State

FOLDS = 5
TELLS_THE_TIME = 0.6
MOST_NAMED = 3


Advance = Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """What is tried: the fields that are left, the columns that leak, the rival's column."""

    prepared: Prepared
    fields: tuple[Field, ...]
    leaks: tuple[str, ...]
    rival: Field
    seed: int

    @property
    def sample(self) -> Sample:
        return self.prepared.sample

    def levels(self, name: str) -> tuple[str, ...]:
        """The words of a column's codes; none for numbers."""
        return next(field.levels for field in self.prepared.fields if field.name == name)


def splits_of(sample: Sample, seed: int) -> list[Split]:
    """Five folds; with a time the last quarter too."""
    return [folds(sample, FOLDS, seed), *([] if sample.when is None else [last_part(sample)])]


def tried(trial: Trial, split: Split, advance: Advance) -> Iterator[dict[str, Any]]:
    """One judgement for each form, by one split."""
    sample = trial.sample
    rival = out_of_sample(lambda rows: scorecard.fit([trial.rival], rows), sample, split)
    for form in Form:
        fit = fitting(form, trial.fields, trial.seed)
        odds = out_of_sample(fit, sample, split, partial(advance, f"{form}, {split.told}"))
        yield _judged(trial, form, Seen(sample.rows(split.judged), odds, rival, split.told))


def trial_of(prepared: Prepared, seed: int) -> Trial:
    """Leaks looked for and left out; the best other column becomes the rival."""
    found = alone(prepared.fields, prepared.sample, seed)
    leaks = {one.name for one in found if one.leaks}
    rivals = [one.name for one in found if one.name not in leaks]
    if not rivals:
        raise Refusal(
            f"every column leaks: {', '.join(sorted(leaks))}", "the file", "columns known before the outcome"
        )
    known = {field.name: field for field in prepared.fields}
    kept = tuple(field for field in prepared.fields if field.name not in leaks)
    named = tuple(field.name for field in prepared.fields if field.name in leaks)
    return Trial(prepared, kept, named, known[rivals[0]], seed)


def _judged(trial: Trial, form: Form, seen: Seen) -> dict[str, Any]:
    """A trial promotes nothing: what would do is a challenger. The leaks are not in the fit, so they refuse nothing."""
    asked = Asked(str(form), trial.prepared.population, f"{trial.rival.name} alone, in bins", seed=trial.seed)
    groups = {name: trial.levels(name) for name in trial.prepared.groups}
    row = named(groups, judged(asked, seen, groups=trial.prepared.groups))
    state = State.CHALLENGER if row["state"] == State.LIVE else row["state"]
    return row | {"leaks": list(trial.leaks), "state": str(state)}


def differing(prepared: Prepared, fields: Sequence[Field], seed: int) -> dict[str, Any]:
    """Why folds and time order may differ: the outcome's share on both sides of the cut, and what tells them apart.

    Rows of one time that share such a column lend each other their outcome in folds; later rows cannot.
    """
    sample = prepared.sample
    ((early, late),) = last_part(sample).parts
    side = np.zeros(len(sample.hit), dtype=bool)
    side[late] = True
    both = np.sort(np.concatenate([early, late]))
    scan = alone(fields, replace(sample, hit=side, when=None).rows(both), seed)
    telling = [one for one in scan if one.value > TELLS_THE_TIME][:MOST_NAMED]
    return {
        "share_before": rounded(sample.hit[early].mean()),
        "share_after": rounded(sample.hit[late].mean()),
        "columns_that_tell_the_time": {one.name: rounded(one.value) for one in telling},
    }
