"""Which files make up the lake: a journal of loads, one line each."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xiaoer.kit import journal


@dataclass(frozen=True)
class Part:
    """One delivered file as it lies in the lake.

    `first_delivered` is the earliest day any of its rows was known; `corrects` says that it repeats keys
    of earlier parts, whose rows it overrides, and `corrections` is where just these keys' rows lie by their
    places (None: not told apart); `replaces` is the load of the earlier delivery it stands for.
    """

    load_no: int
    table: str
    feed: str
    source_file: str
    fingerprint: str
    path: str
    personal_path: str | None
    business_date: date
    first_delivered: date
    rows: int
    corrects: bool = False
    replaces: int | None = None
    corrections: str | None = None


@dataclass(frozen=True)
class Manifest:
    """All parts, oldest load first."""

    parts: tuple[Part, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Every load; two of one number mean that two wrote at once, which is a fault (ValueError)."""
        parts = tuple(_part(row) for row in journal.read(path))
        if len({part.load_no for part in parts}) != len(parts):
            message = f"{path} holds two loads with the same number"
            raise ValueError(message)
        return cls(parts)

    @property
    def next_load_no(self) -> int:
        return max((part.load_no for part in self.parts), default=0) + 1

    def has(self, feed: str, fingerprint: str) -> bool:
        return any(part.feed == feed and part.fingerprint == fingerprint for part in self.live())

    def live(self) -> tuple[Part, ...]:
        """Parts nothing later stands for."""
        return _standing(self.parts)

    def known_on(self, table: str, day: date) -> tuple[Part, ...]:
        """Parts of a table of which something was known on a day, as they stood then."""
        return _standing(part for part in self.parts if part.table == table and part.first_delivered <= day)

    def standing_for(self, feed: str, source_file: str, business_date: date | None = None) -> int | None:
        """The load that now stands for a file (of one business date where given), or None."""
        loads = [
            part.load_no
            for part in self.live()
            if (part.feed, part.source_file) == (feed, source_file)
            and business_date in (None, part.business_date)
        ]
        return max(loads, default=None)

    def digest(self, day: date) -> str:
        """A hash of everything that was known on a day: the input of a night."""
        known = _standing(part for part in self.parts if part.first_delivered <= day)
        return fingerprint_of_lines(
            sorted(f"{part.table}/{part.feed}/{part.source_file}/{part.fingerprint}" for part in known)
        )


def _standing(parts: Iterable[Part]) -> tuple[Part, ...]:
    kept = tuple(parts)
    replaced = {part.replaces for part in kept}
    return tuple(part for part in kept if part.load_no not in replaced)


def _part(row: dict[str, object]) -> Part:
    days = {name: date.fromisoformat(str(row[name])) for name in ("business_date", "first_delivered")}
    return Part(**(row | days))  # type: ignore[arg-type]


def fingerprint_of_lines(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, flush to disk, rename over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
