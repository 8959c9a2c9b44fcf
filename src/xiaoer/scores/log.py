"""The watch's log of a model: a line a night, alarms with the night they began; a night done again replaces its own."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.kit.text import Reason
from xiaoer.scores.alarms import Alarm, Findings, loudest
from xiaoer.scores.registry import Registry

KEPT = 400  # nights


@dataclass(frozen=True)
class WatchLog:
    """The lines of one model, oldest first."""

    registry: Registry
    model: str

    @property
    def path(self) -> Path:
        return self.registry.folder / self.model / "watch.jsonl"

    def lines(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def before(self, day: date) -> dict[str, Any] | None:
        """The line of the latest night before a day."""
        earlier = [line for line in self.lines() if line["date"] < day.isoformat()]
        return earlier[-1] if earlier else None

    def note(
        self, day: date, version: str, found: Findings, raised: Sequence[Alarm], retrain: Reason | None
    ) -> dict[str, Any]:
        """Write a night's line; an alarm of the same version that stood the night before keeps its first day."""
        before = self.before(day)
        old = before["alarms"] if before and before["version"] == version else []
        since = {one["key"]: one["since"] for one in old}
        told = [asdict(one) | {"since": since.get(one.key, day.isoformat())} for one in raised]
        line = {"date": day.isoformat(), "version": version, "level": str(loudest(one.level for one in raised)),
                "alarms": told, "retrain": retrain} | found.as_json()  # fmt: skip
        others = [one for one in self.lines() if one["date"] != line["date"]]
        kept = sorted([*others, line], key=lambda one: one["date"])[-KEPT:]
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in kept)
        write_atomically(self.path, text.encode())
        return line
