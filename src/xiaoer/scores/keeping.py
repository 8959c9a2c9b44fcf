"""The shelf's versions on disk: pages as JSON, which one is in use, and who put it there.

Below the models' folder each model has a folder of its own: `<version>.json` with card and judgement,
`<version>.judged.parquet` with what it said of the rows it was judged on, `newest.json` (the last judgement, trained
or refused), `in-use` (a version), and `promotions.jsonl`, to which lines are only ever added.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from xiaoer.kit import journal
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.scores.shelved import Proved, about, told_rival
from xiaoer.scores.specifications import Model
from xiaoer.scores.terms import State

PROMOTED, REVERTED = "promoted", "reverted"
CHALLENGER, NOT_TRAINED = "challenger", "not trained"
UNJUDGED = ("version", "value", "low", "high", "rival_value", "n", "positives", "split")


@dataclass(frozen=True)
class Hands:
    """Who asks for a change, who agrees to it, and when."""

    by: str
    approved_by: str
    at: datetime

    def check(self) -> None:
        """Raises Refusal unless these are two people."""
        first, second = (name.strip().casefold() for name in (self.by, self.approved_by))
        if not first or not second or first == second:
            raise Refusal(
                f"{self.by or 'nobody'} asks and {self.approved_by or 'nobody'} approves",
                "promotion",
                "two different people",
                "Ask a second person to approve",
            )


class Shelf:
    """All versions of all models of the shelf below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, model: Model, proved: Proved) -> dict[str, Any]:
        """Store a version with its judgement; it is not in use by that. Gives the judgement."""
        home = self.folder / model.name
        self._write(home / f"{proved.version}.json", {"card": proved.card, "judgement": proved.judgement})
        pq.write_table(proved.said, home / f"{proved.version}.judged.parquet", compression="zstd")
        self._write(home / "newest.json", proved.judgement)
        return proved.judgement

    def refuse(self, model: Model, why: Refusal, trained_on: str) -> dict[str, Any]:
        """Note that a model could not be trained, and why; what is in use stays in use."""
        row = unjudged(model) | {
            "state": str(State.REFUSED),
            "refused_because": why.what,
            "trained_on": trained_on,
        }
        self._write(self.folder / model.name / "newest.json", row)
        return row

    def newest(self, model: Model) -> dict[str, Any]:
        """The last judgement as lists show it: live when in use, challenger when it could be."""
        path = self.folder / model.name / "newest.json"
        if not path.exists():
            return unjudged(model) | {
                "state": NOT_TRAINED,
                "refused_because": None,
                "trained_on": None,
                "in_use": None,
            }
        row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        in_use = self.in_use(model.name)
        if row["state"] == State.LIVE and row["version"] != in_use:
            row["state"] = CHALLENGER
        return row | {"in_use": in_use}

    def page(self, name: str, version: str) -> dict[str, Any]:
        """Card and judgement of a version; raises Refusal when it was never kept."""
        path = self.folder / name / f"{version}.json"
        if not path.exists():
            raise Refusal(f"there is no version {version} of model {name}", str(self.folder))
        page: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return page

    def in_use(self, name: str) -> str | None:
        """The promoted version, or None."""
        pointer = self.folder / name / "in-use"
        return pointer.read_text() if pointer.exists() else None

    def promote(self, model: Model, hands: Hands) -> str:
        """Put the newest version to use; raises Refusal for one person alone, or a version that is not good enough."""
        hands.check()
        row = self.newest(model)
        if row["state"] not in (State.LIVE, CHALLENGER):
            raise Refusal(
                f"{row['state'].replace('_', ' ')}: {row['refused_because'] or 'there is no version'}",
                f"model {model.name}",
                "a version that is better than its rival, on enough firms, without leaks",
            )
        return self._use(model.name, row["version"], PROMOTED, hands)

    def revert(self, model: Model, hands: Hands) -> str:
        """Put the version before the present one to use again; raises Refusal where there was none."""
        hands.check()
        used = self.history(model.name)
        before = [
            row["before"] for row in used if row["version"] == self.in_use(model.name) and row["before"]
        ]
        if not before:
            raise Refusal("no version was in use before", f"model {model.name}", "an earlier promotion")
        return self._use(model.name, before[-1], REVERTED, hands)

    def history(self, name: str) -> list[dict[str, Any]]:
        """Every change of the version in use, oldest first."""
        return journal.read(self.folder / name / "promotions.jsonl")

    def _use(self, name: str, version: str, done: str, hands: Hands) -> str:
        before = self.in_use(name)
        if version != before:
            line = {"done": done, "version": version, "before": before, "by": hands.by,
                    "approved_by": hands.approved_by, "at": hands.at.isoformat()}  # fmt: skip
            journal.append(self.folder / name / "promotions.jsonl", line)
            write_atomically(self.folder / name / "in-use", version.encode())
        return version

    def _write(self, path: Path, page: dict[str, Any]) -> None:
        write_atomically(path, json.dumps(page, ensure_ascii=False, indent=1, default=str).encode())


def unjudged(model: Model) -> dict[str, Any]:
    """A row of a list for a model nobody has judged yet."""
    known = {"model": model.name, "population": model.words.population["en"], "metric": str(model.metric),
             "rival": told_rival(model), "leaks": []}  # fmt: skip
    return known | dict.fromkeys(UNJUDGED) | about(model)
