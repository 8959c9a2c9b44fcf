"""Which files make up the lake: a journal of loads, one line each."""

import hashlib
import os
from collections import Counter, defaultdict
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


class Manifest:
    """All parts, oldest load first; found by table, file and content without going through all of them.

    It grows by `add` alone, so that a process that writes need not read again what it wrote itself.
    """

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        self.next_load_no = 1
        self._loads: set[int] = set()
        self._live: dict[int, Part] = {}
        self._replaced: set[int] = set()
        self._by_table: defaultdict[str, list[Part]] = defaultdict(list)
        self._by_file: defaultdict[tuple[str, str], dict[int, Part]] = defaultdict(dict)
        self._contents: Counter[tuple[str, str]] = Counter()
        for part in parts:
            self.add(part)

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Every load; two of one number mean that two wrote at once, which is a fault (ValueError)."""
        try:
            return cls(_part(row) for row in journal.read(path))
        except DoubleLoadError:
            message = f"{path} holds two loads with the same number"
            raise DoubleLoadError(message) from None

    def add(self, part: Part) -> None:
        """One more load; raises DoubleLoadError (a ValueError) when its number is taken."""
        if part.load_no in self._loads:
            message = f"load {part.load_no} is there already"
            raise DoubleLoadError(message)
        self._loads.add(part.load_no)
        self.next_load_no = max(self.next_load_no, part.load_no + 1)
        self._by_table[part.table].append(part)
        if part.replaces is not None:
            self._replace(part.replaces)
        if part.load_no not in self._replaced:
            self._live[part.load_no] = part
            self._by_file[part.feed, part.source_file][part.load_no] = part
            self._contents[part.feed, part.fingerprint] += 1

    def _replace(self, load_no: int) -> None:
        self._replaced.add(load_no)
        gone = self._live.pop(load_no, None)
        if gone:
            del self._by_file[gone.feed, gone.source_file][load_no]
            self._contents[gone.feed, gone.fingerprint] -= 1

    def has(self, feed: str, fingerprint: str) -> bool:
        return self._contents[feed, fingerprint] > 0

    def live(self) -> tuple[Part, ...]:
        """Parts nothing later stands for."""
        return tuple(self._live.values())

    def live_of(self, table: str) -> tuple[Part, ...]:
        """Parts of a table nothing later stands for."""
        return tuple(part for part in self._by_table[table] if part.load_no in self._live)

    def every(self, table: str) -> tuple[Part, ...]:
        """Parts of a table, also those a later one stands for."""
        return tuple(self._by_table[table])

    def known_on(self, table: str, day: date) -> tuple[Part, ...]:
        """Parts of a table of which something was known on a day, as they stood then."""
        return _standing(part for part in self._by_table[table] if part.first_delivered <= day)

    def standing_for(self, feed: str, source_file: str, business_date: date | None = None) -> int | None:
        """The load that now stands for a file (of one business date where given), or None."""
        loads = [
            part.load_no
            for part in self._by_file[feed, source_file].values()
            if business_date in (None, part.business_date)
        ]
        return max(loads, default=None)

    def digest(self, day: date) -> str:
        """A hash of everything that was known on a day: the input of a night."""
        parts = (part for table in self._by_table.values() for part in table)
        known = _standing(part for part in parts if part.first_delivered <= day)
        return fingerprint_of_lines(
            sorted(f"{part.table}/{part.feed}/{part.source_file}/{part.fingerprint}" for part in known)
        )


class DoubleLoadError(ValueError):
    """Two loads have one number."""


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
