"""A file judged whole: what `xiaoer scores lab` says."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xiaoer.scores.forms.fitting import FITS
from xiaoer.scores.laboratory.opening import opened
from xiaoer.scores.laboratory.preparing import Prepared, Wanted, prepared
from xiaoer.scores.laboratory.trying import FOLDS, Advance, Trial, differing, splits_of, trial_of, tried

WIDELY = 0.03  # folds and time order further apart than that are explained


@dataclass(frozen=True)
class Report:
    """`rows`: one judgement for each form and split; `notes`: what was done to the file and found in it."""

    rows: list[dict[str, Any]]
    notes: list[str]


@dataclass(frozen=True)
class Watcher:
    """Told how many steps there will be, then each as it is done."""

    steps: Callable[[int], None] = field(default=lambda _: None)
    done: Advance = field(default=lambda _: None)


def judged_file(path: Path, wanted: Wanted, seed: int = 0, watcher: Watcher | None = None) -> Report:
    """Raises Refusal for a file or label that cannot be judged."""
    watcher = watcher or Watcher()
    ready = prepared(opened(path), wanted)
    ready = replace(ready, population=f"{path.name}: {ready.population}")
    splits = splits_of(ready.sample, seed)
    watcher.steps(1 + len(FITS) * sum(len(split.parts) for split in splits))
    trial = trial_of(ready, seed)
    watcher.done("leaks")
    rows = [row for split in splits for row in tried(trial, split, watcher.done)]
    why = _why_apart(trial, rows) if len(splits) > 1 else {}
    told = {"dropped": dict(ready.dropped), "time_proposed": [] if wanted.time else list(ready.dates)}
    notes = [*_notes(ready, trial, wanted), *why.get("sentences", [])]
    return Report([row | told | {"apart": why.get("figures"), "notes": notes} for row in rows], notes)


def _notes(ready: Prepared, trial: Trial, wanted: Wanted) -> list[str]:
    notes = list(ready.notes)
    notes += [f"left out: {name}, {why}" for name, why in ready.dropped.items()]
    notes += [
        f"LEAK, left out of the fit: {name} alone tells the outcome too well; was it known before?"
        for name in trial.leaks
    ]
    if wanted.time is None and not wanted.in_order:
        notes += [
            f"no input, but perhaps the time: {name}, {span}; --time {name} judges later rows by earlier ones"
            for name, span in ready.dates.items()
        ]
        notes.append(
            f"without --time {FOLDS} folds: rows of all times on both sides, which flatters where times change"
        )
    return notes


def _why_apart(trial: Trial, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures, and sentences where folds and time order lie widely apart."""
    figures = differing(trial.prepared, trial.fields, trial.seed)
    half = len(rows) // 2
    gap = max(row["value"] for row in rows[:half]) - max(row["value"] for row in rows[half:])
    telling = ", ".join(
        f"{name} ({value:.2f})" for name, value in figures["columns_that_tell_the_time"].items()
    )
    said = (
        f"the best form reaches {gap:+.3f} more in folds than out of time; the outcome's share is "
        f"{figures['share_before']:.1%} before the cut and {figures['share_after']:.1%} after"
    )
    why = (
        f"; early and late rows are told apart by {telling} (AUC): in folds rows of the same time lend each other "
        "their outcome through them, later rows have nobody to borrow from. Out of time is what a model in use will do"
    )
    sentences = [said + (why if telling and gap > WIDELY else "")]
    return {"figures": figures | {"gap": round(gap, 4)}, "sentences": sentences}
