"""A model's life: who put which version to use, with whose approval; two persons, always."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.scores.registry import Registry
from xiaoer.scores.rivalry import beside, worse_at_most
from xiaoer.scores.specifications import Model, Sort
from xiaoer.scores.terms import State

RESPONSE = "response"
NONE = ""  # no version: the rule
MAY_BE_PROMOTED = (State.LIVE, State.CHALLENGER)


@dataclass(frozen=True)
class Turn:
    """A version put to use ("": none any more): `before` it another was, or none; a correction is a further line."""

    version: str
    before: str | None
    what: Literal["promoted", "reverted"]
    by: str
    approved_by: str
    at: str
    beside: str = ""  # how it did against the version before it, where both were judged on the same rows


@dataclass(frozen=True)
class Life:
    """The turns of one model, oldest first."""

    registry: Registry
    model: str

    @property
    def path(self) -> Path:
        return self.registry.folder / self.model / "life.jsonl"

    def turns(self) -> list[Turn]:
        if not self.path.exists():
            return []
        return [Turn(**json.loads(line)) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def promote(self, by: str, approved_by: str, at: datetime, version: str | None = None) -> Turn:
        """The newest version judged good enough (or the one named) comes to use.

        Raises Refusal for one person alone, for a version refused or of a small sample, for one that is worse than the
        one in use on the rows both were judged on, and when there is none.
        """
        check_two(by, approved_by)
        asked = version or self.candidate()
        if asked is None:
            raise Refusal("no version waits for promotion", f"model {self.model}", next_step="Train it first")
        judgement = self.registry.page(self.model, asked)["judgement"]
        if judgement["state"] not in MAY_BE_PROMOTED:
            why = judgement.get("refused_because") or judgement["state"]
            raise Refusal(f"version {asked} may not be used: {why}", f"model {self.model}")
        found = beside(self.registry, self.model, asked, self.registry.version_in_use(self.model))
        if found and found.low < -(most := worse_at_most(found.metric, at.date())):
            raise Refusal(
                f"version {asked} may be worse than the one in use: {found}",
                f"model {self.model}",
                f"a difference not below −{most:g}",
                "Keep the one in use, or train again",
            )
        return self._turn(asked, "promoted", (by, approved_by), at, str(found or ""))

    def revert(self, by: str, at: datetime) -> Turn:
        """The version used before comes back, as it was; where none was, the rule. One person may do it.

        What comes back was approved when it was promoted. Raises Refusal when nothing was promoted.
        """
        if not by.strip():
            raise Refusal("nobody is named", "--by", "who reverts")
        used = _standing(self.turns())
        if not used:
            raise Refusal("no version was in use before this one", f"model {self.model}")
        return self._turn(used[-1].before or NONE, "reverted", (by, used[-1].approved_by), at)

    def in_use_on(self, day: str) -> str | None:
        """The version a night of that day (ISO) uses: the last one put to use that was not trained after it.

        A night done again must not know later labels than it could.
        """
        used = self.registry.version_in_use(self.model)
        standing = [turn.version for turn in _standing(self.turns())]
        for version in dict.fromkeys([used, *reversed(standing)]):
            if version and self.registry.page(self.model, version)["card"].get("trained_on", "") <= day:
                return version
        return None

    def candidate(self) -> str | None:
        """The newest version that may be promoted and was not used yet; of one day the judgement's value decides."""
        used = {version for turn in self.turns() for version in (turn.version, turn.before)}
        used.add(self.registry.version_in_use(self.model))
        pages = {
            version: self.registry.page(self.model, version)
            for version in self.registry.versions(self.model)
            if version not in used
        }
        waiting = [
            version for version, page in pages.items() if page["judgement"]["state"] in MAY_BE_PROMOTED
        ]
        return max(waiting, key=lambda version: (*_newest(pages[version]), version), default=None)

    def _turn(
        self,
        version: str,
        what: Literal["promoted", "reverted"],
        people: tuple[str, str],
        at: datetime,
        told: str = "",
    ) -> Turn:
        turn = Turn(version, self.registry.version_in_use(self.model), what, *people, at.isoformat(), told)
        lines = [json.dumps(asdict(one), ensure_ascii=False) for one in (*self.turns(), turn)]
        write_atomically(self.path, ("\n".join(lines) + "\n").encode())
        if version == NONE:
            self.registry.rest(self.model)
        else:
            self.registry.use(self.model, version)
        return turn


def stands_in(model: Model, shelf: Mapping[str, Model]) -> str | None:
    """The response model of the same products: it orders a list where no model of the effect is in use.

    A model of the effect comes to use only where it does better on lists drawn by lot (`weighing.verdict`).
    """
    if model.sort is not Sort.UPLIFT:
        return None
    same = (
        one
        for one in shelf.values()
        if one.family == RESPONSE and one.population.products == model.population.products
    )
    return next((one.name for one in same), None)


def check_two(by: str, approved_by: str) -> None:
    """Raises Refusal unless two different persons are named."""
    one, two = by.strip().casefold(), approved_by.strip().casefold()
    if not one or not two:
        raise Refusal("promotion needs two persons", "--by, --approved-by", "who asks, and who approves")
    if one == two:
        raise Refusal(f"{by} cannot approve what {by} asks for", "--approved-by", "a second person")


def _standing(turns: Sequence[Turn]) -> list[Turn]:
    """Promotions that no revert took back, oldest first."""
    kept: list[Turn] = []
    for turn in turns:
        if turn.what == "promoted":
            kept.append(turn)
        elif kept:
            kept.pop()
    return kept


def _newest(page: dict[str, Any]) -> tuple[str, float]:
    return page["card"].get("trained_on", ""), page["judgement"].get("value", 0.0)
