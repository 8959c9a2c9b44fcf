"""What a training leaves: a version in the registry, what it said of the judged rows, and the last judgement.

A model that could not be trained leaves a judgement too, which says why; whatever is in use stays in use. Promotion is
`life`'s.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.scores.registry import Registry
from xiaoer.scores.shelved import Proved, about, told_rival
from xiaoer.scores.specifications import Model
from xiaoer.scores.terms import State

NOT_TRAINED = "not trained"
LAST = "last-judgement"
UNJUDGED = ("version", "value", "low", "high", "rival_value", "n", "positives", "split")


def keep(registry: Registry, model: Model, proved: Proved) -> dict[str, Any]:
    """Store a version with its judgement; good enough, it is a challenger. Gives the judgement."""
    row = dict(proved.judgement)
    if row["state"] == State.LIVE:
        row["state"] = str(State.CHALLENGER)
    named = {"model": model.name, "version": proved.version, "trained_on": row["trained_on"]}
    page = {"card": named | proved.card, "judgement": row, "spreads": proved.spreads}
    registry.keep_page(model.name, proved.version, page)
    pq.write_table(proved.said, said_of(registry, model.name, proved.version), compression="zstd")
    return _noted(registry, model, row)


def refuse(registry: Registry, model: Model, why: Refusal, trained_on: str) -> dict[str, Any]:
    """Note that a model could not be trained, and why."""
    row = unjudged(model) | {
        "state": str(State.REFUSED),
        "refused_because": why.what,
        "trained_on": trained_on,
    }
    return _noted(registry, model, row)


def newest(registry: Registry, model: Model) -> dict[str, Any]:
    """The last judgement as lists show it; a challenger that was put to use is live.

    A version the night uses for want of a better one, refused or of a small sample, stays what it was judged.
    """
    path = registry.folder / model.name / LAST
    if not path.exists():
        return unjudged(model) | {"state": NOT_TRAINED, "refused_because": None, "trained_on": None}
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    used = row["version"] is not None and row["version"] == registry.version_in_use(model.name)
    return row | {"state": standing(row["state"])} if used else row


def standing(judged: str) -> str:
    """The state of a version in use, by what it was judged."""
    return str(State.LIVE) if judged == State.CHALLENGER else str(judged)


def said_of(registry: Registry, model: str, version: str) -> Path:
    """Where lies what a version said of the rows it was judged on."""
    return registry.folder / model / f"{version}.judged.parquet"


def read_said(registry: Registry, model: str, version: str) -> pa.Table:
    """What a version said of the rows it was judged on, with their outcomes."""
    return pq.read_table(said_of(registry, model, version))


def unjudged(model: Model) -> dict[str, Any]:
    """A row of a list for a model nobody has judged yet."""
    known = {"model": model.name, "population": model.words.population["en"], "metric": str(model.metric),
             "rival": told_rival(model), "leaks": []}  # fmt: skip
    return known | dict.fromkeys(UNJUDGED) | about(model)


def _noted(registry: Registry, model: Model, row: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(row, ensure_ascii=False, indent=1, default=str)
    write_atomically(registry.folder / model.name / LAST, text.encode())
    return row
