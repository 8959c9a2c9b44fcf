"""Which files make up the lake: one JSON document, replaced whole or not at all."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path


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
    """All parts, oldest load first."""

    parts: tuple[Part, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        if not path.exists():
            return cls()
        rows = json.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(_part(row) for row in rows))

    def write(self, path: Path) -> None:
        """Replace the document in one step, so that a reader sees the old or the new."""
        text = json.dumps([asdict(part) for part in self.parts], default=str, ensure_ascii=False, indent=0)
        write_atomically(path, text.encode())

    @property
    def next_load_no(self) -> int:
        return max((part.load_no for part in self.parts), default=0) + 1

    def has(self, feed: str, fingerprint: str) -> bool:
        return any(part.feed == feed and part.fingerprint == fingerprint for part in self.live())

    def live(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.retired_by is None)

    def with_part(self, new: Part) -> "Manifest":
        """The manifest after a load; an earlier delivery of the same file is retired by it."""
        kept = (
            replace(part, retired_by=new.load_no) if _same_delivery(part, new) else part for part in self.parts
        )
        return Manifest((*kept, new))

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


def _same_delivery(old: Part, new: Part) -> bool:
    return old.retired_by is None and (old.feed, old.source_file) == (new.feed, new.source_file)


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
