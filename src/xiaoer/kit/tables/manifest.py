"""Which files make up the lake: a journal of loads, one line each."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from xiaoer.kit import journal


@dataclass(frozen=True)
class Part:
    """One delivered file as it lies in the lake.

    `first_delivered` is the earliest day any of its rows was known; `corrects` says that it repeats keys
    of earlier parts, whose rows it overrides; `retired_by` is the load that replaced it, or None.
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
    retired_by: int | None = None


@dataclass(frozen=True)
class Manifest:
    """All parts, oldest load first; a later delivery of the same file retires the earlier one."""

    parts: tuple[Part, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        return cls(_retired([_part(row) for row in journal.read(path)]))

    @property
    def next_load_no(self) -> int:
        return max((part.load_no for part in self.parts), default=0) + 1

    def has(self, feed: str, fingerprint: str) -> bool:
        return any(part.feed == feed and part.fingerprint == fingerprint for part in self.live())

    def live(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.retired_by is None)

    def known_on(self, table: str, day: date) -> tuple[Part, ...]:
        """Live parts of a table of which something was known on a day."""
        return tuple(part for part in self.live() if part.table == table and part.first_delivered <= day)

    def digest(self, day: date) -> str:
        """A hash of everything that was known on a day: the input of a night."""
        known = sorted(
            f"{part.table}/{part.feed}/{part.source_file}/{part.fingerprint}"
            for part in self.live()
            if part.first_delivered <= day
        )
        return fingerprint_of_lines(known)


def _retired(parts: list[Part]) -> tuple[Part, ...]:
    last = {(part.feed, part.source_file): part.load_no for part in parts}
    return tuple(
        part if last[part.feed, part.source_file] == part.load_no
        else replace(part, retired_by=last[part.feed, part.source_file])
        for part in parts
    )  # fmt: skip


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
