"""One night's run: its number, its folder, and a table of steps that lets the next run go on where one died."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

import xiaoer
from xiaoer.features.rules import windows
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Engine, Frame, Lake, Work
from xiaoer.kit.tables.files import remove, write_rows
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.sources.contracts import contract

PACKAGE = Path(xiaoer.__file__).parent
DONE = "done"
FIRMS_AT_ONCE = 5_000
NOTES_AT_ONCE = (
    50_000  # payments lie in no order of notes: each reading, of ten ranges, goes through all of them
)


@dataclass(frozen=True)
class StepRecord:
    """What became of a step; `rows` counts what it wrote."""

    step: str
    state: str
    seconds: float = 0.0
    rows: int = 0


@dataclass
class Night:
    """Everything a step may use: what was delivered, what earlier steps wrote, and the day itself."""

    business_date: date
    run_id: str
    lake: Lake
    engine: Engine
    folder: Path
    models: Path
    rows: int = field(default=0)

    @property
    def on(self) -> Windows:
        return windows(self.business_date)

    def delivered(self, table: str) -> Frame:
        """A bank's table as known on the business date."""
        return self.lake.open(contract(table).schema, self.business_date, self.engine)

    def lines(self, table: str) -> Frame:
        """The same, for `keep_by_firm` and `keep_by_note` to work on."""
        return self.lake.open(contract(table).schema, self.business_date, self.engine.keyed)

    def personal(self, table: str) -> Frame:
        """The personal side of a bank's table; only for what screens show."""
        return self.lake.open_personal(contract(table).schema, self.business_date, self.engine)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def made(self, name: str) -> Frame:
        """What an earlier step wrote."""
        return self.engine.scan([self.path(name)])

    def keep(self, name: str, frame: Frame) -> Frame:
        """Write a step's table, whole or not at all, and give it back as written."""
        self.rows += self.engine.write(frame, self.path(name))
        return self.made(name)

    def keep_by_firm(self, frames: Mapping[str, Frame], work: Work, names: Iterable[str]) -> None:
        """Write tables whose rows of a firm need no other firm's; `work` gives them by name."""
        self._keep_by(
            "customer_id", self.cuts("customers", "customer_id", FIRMS_AT_ONCE), frames, work, names
        )

    def keep_by_note(self, frames: Mapping[str, Frame], work: Work, names: Iterable[str]) -> None:
        """Write tables whose rows of a note need no other note's."""
        self._keep_by("note_id", self.cuts("drawdown_notes", "note_id", NOTES_AT_ONCE), frames, work, names)

    def _keep_by(
        self, key: str, cuts: list[str], frames: Mapping[str, Frame], work: Work, names: Iterable[str]
    ) -> None:
        paths = {name: self.path(name) for name in names}
        self.rows += self.engine.by_key(frames, work, paths, key=key, cuts=cuts)

    def cuts(self, table: str, key: str, at_once: int) -> list[str]:
        """Numbers that part a table's keys into ranges of so many."""
        numbers = self.engine.collect(self.delivered(table).select(key))[key]
        return sorted(numbers.to_pylist())[at_once::at_once]

    def drop(self, name: str) -> None:
        """Take a step's own passing table away, so that nothing it left tells how it was worked out."""
        self.rows -= ds.dataset(self.path(name)).count_rows()
        remove(self.path(name))

    def keep_rows(self, name: str, table: pa.Table) -> None:
        """Write rows a step made in memory."""
        self.rows += write_rows(table, self.path(name))

    def rows_of(self, name: str) -> pa.Table:
        """What an earlier step wrote, in memory."""
        return pq.read_table(self.path(name))


@cache
def code_version() -> str:
    """A hash of the product's own code and parameters."""
    digest = hashlib.sha256()
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.toml")]):
        digest.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    return digest.hexdigest()


def run_number(business_date: date, lake: Lake, beside: Iterable[str] = ()) -> str:
    """The same day, deliveries, parameters, code and what stands beside give the same number everywhere.

    Beside stand the score cards in use that come from elsewhere than this very night (what a night trains
    itself follows from the rest) and the run of the night before.
    """
    parts = (business_date.isoformat(), lake.manifest.digest(business_date), code_version(), *beside)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


class RunTable:
    """The steps of a run on disk, rewritten whole after each step."""

    def __init__(self, folder: Path, run_id: str, business_date: date, engine: str) -> None:
        self.path, self.run_id, self.business_date, self.engine = (
            folder / "run.json",
            run_id,
            business_date,
            engine,
        )
        self.records: dict[str, StepRecord] = {}
        if self.path.exists():
            held = json.loads(self.path.read_text())
            self.records = {row["step"]: StepRecord(**row) for row in held["steps"]}

    def done(self, step: str) -> bool:
        return step in self.records and self.records[step].state == DONE

    def forget_from(self, step: str, order: Iterable[str]) -> None:
        """Do a step again, and all after it."""
        names = list(order)
        for name in names[names.index(step) :]:
            self.records.pop(name, None)
        self._write()

    def run(self, step: str, night: Night, work: Callable[[Night], None]) -> StepRecord:
        """Do a step and note it; one that fails leaves no note, so it is done again."""
        started, night.rows = time.monotonic(), 0
        work(night)
        record = StepRecord(step, DONE, round(time.monotonic() - started, 3), night.rows)
        self.records[step] = record
        self._write()
        return record

    def report(self) -> dict[str, object]:
        return {
            "run_id": self.run_id,
            "business_date": self.business_date.isoformat(),
            "engine": self.engine,
            "steps": [asdict(record) for record in self.records.values()],
        }

    def _write(self) -> None:
        write_atomically(self.path, json.dumps(self.report(), indent=1).encode())


def timed(step: str, work: Callable[[], int]) -> StepRecord:
    """The record of work that may be repeated at will; `work` gives its rows."""
    started = time.monotonic()
    rows = work()
    return StepRecord(step, DONE, round(time.monotonic() - started, 3), rows)
