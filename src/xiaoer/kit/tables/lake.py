"""The lake: delivered parts by business date and day of delivery, and what each night made of them."""

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaoer.kit import journal
from xiaoer.kit.tables.engine import Frame, Opener
from xiaoer.kit.tables.keys import KeyIndex
from xiaoer.kit.tables.manifest import Manifest, Part
from xiaoer.kit.tables.ranges import Files
from xiaoer.kit.tables.schema import TableSchema, empty_table
from xiaoer.kit.tables.words import (
    PLACE,
    PLACE_NO,
    asked,
    known_by,
    last_word,
    last_word_on,
    on_day,
    overruled,
    replaced,
    spelled,
    words_of_days,
)

PASSING = ".staging-keys"


class Lake:
    """Parquet files below `root`, known through one manifest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifest_path = root / "manifest.jsonl"
        self._read: tuple[tuple[int, int], Manifest] = ((0, 0), Manifest())
        self._keys: dict[tuple[str, tuple[str, ...], str], KeyIndex] = {}

    @property
    def manifest(self) -> Manifest:
        """The manifest as it lies on disk now; read anew only when somebody else has changed the file."""
        seal = self._seal()
        if self._read[0] != seal:
            self._read = (seal, Manifest.read(self.manifest_path))
        return self._read[1]

    def _seal(self) -> tuple[int, int]:
        if not self.manifest_path.exists():
            return 0, 0
        stat = self.manifest_path.stat()
        return stat.st_mtime_ns, stat.st_size

    def keys(self, schema: TableSchema, key: tuple[str, ...], snapshot: str = "") -> KeyIndex:
        """Where the hashes lie of the keys the table's loads brought, told apart by `key`.

        Those of one `snapshot` are kept only while somebody writes: the next one has the same keys again.
        """
        folder = self.root / (PASSING if snapshot else "keys") / schema.name
        return self._keys.setdefault((schema.name, key, snapshot), KeyIndex(folder, key, snapshot))

    def part_paths(self, schema: TableSchema, load_no: int) -> tuple[Path, Path]:
        """Where a load's rows lie, and where its personal side lies, relative to the root."""
        name = f"{load_no:06d}.parquet"
        return Path("delivered", schema.name, name), Path("personal", schema.name, name)

    def corrections_path(self, schema: TableSchema, load_no: int) -> Path:
        """Where a load's keys lie that earlier loads brought too, relative to the root."""
        return Path("corrections", schema.name, f"{load_no:06d}.parquet")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time, over processes; what a killed one left half-done is swept away."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "writing.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._sweep()
            try:
                yield
            finally:
                self._sweep()

    def _sweep(self) -> None:
        self._keys.clear()  # what is mapped into memory keeps its room on disk
        for leftover in self.root.glob(".staging-*"):
            shutil.rmtree(leftover)
        for draft in self.root.glob("keys/*/*/*.draft"):
            draft.unlink()

    def commit(self, part: Part) -> None:
        """Make a written part visible; until then nobody reads it."""
        manifest = self.manifest
        journal.append(self.manifest_path, asdict(part))
        manifest.add(part)
        self._read = (self._seal(), manifest)

    def open(self, schema: TableSchema, as_of: date, engine: Opener) -> Frame:
        """Rows of a table as they were known on a day; all columns, perhaps no rows, never personal ones."""
        parts = self._parts(schema, as_of)
        if not parts:
            return engine.table(empty_table(schema.arrow))
        frame = engine.scan([self.root / part.path for part in parts])
        seen = known_by(frame, schema, as_of)
        several = schema.day is None and len({part.feed for part in parts}) > 1
        if several or any(part.corrects and not part.corrections for part in parts):
            return last_word(seen, schema.key) if schema.key else seen
        anew = [self.root / part.corrections for part in parts if part.corrections]
        if not anew:
            return seen
        if not all(set(pq.read_schema(path).names) >= PLACE for path in anew):
            return last_word_on(engine.scan(anew), seen, schema.key)
        said = known_by(Files().scan(anew), schema, as_of).filter(
            nw.col("load_no").is_in([part.load_no for part in parts])
        )
        rest = engine.table(overruled(said, schema.key))
        return seen.with_columns(**PLACE_NO).join(rest, on=list(PLACE_NO), how="anti").drop(*PLACE_NO)

    def history(self, schema: TableSchema, days: Sequence[date], engine: Opener) -> Frame:
        """Rows of an increment that any of some days knew, with known_from and known_until (excluded; null: still).

        Of a key delivered again each day has its own last word, known on that day alone and repeated for each.
        The rows that a day lies between are the rows `open` gives for it.
        """
        parts = [part for part in self.manifest.every(schema.name) if part.first_delivered <= max(days)]
        if not parts:
            return spelled(engine.table(empty_table(schema.arrow)), schema)
        if any(part.corrects and not part.corrections for part in parts):
            return nw.concat([on_day(self.open(schema, day, engine), day) for day in sorted(days)])
        rows, ends = engine.scan([self.root / part.path for part in parts]), replaced(parts)
        if len(ends):
            rows = rows.join(engine.table(ends), on="load_no", how="left")
        anew = [self.root / part.corrections for part in parts if part.corrections]
        rows = spelled(rows, schema)
        return words_of_days(engine.scan(anew), rows, schema.key, engine.table(asked(days))) if anew else rows

    def snapshots(
        self, schema: TableSchema, as_of: date, engine: Opener, *, since: date | None = None
    ) -> Frame:
        """Every snapshot of a table known on a day, told apart by `business_date`; never personal columns.

        With `since` only those of that business date or later.
        """
        known = self._snapshots(schema, as_of, since)
        if not known:
            return engine.table(empty_table(schema.arrow))
        return _last_of_each(engine.scan([self.root / part.path for part in known]), known, schema)

    def personal_snapshots(
        self, schema: TableSchema, as_of: date, engine: Opener, *, since: date | None = None
    ) -> Frame:
        """The personal side of the same snapshots; for screens and identity, as `open_personal`."""
        known = [part for part in self._snapshots(schema, as_of, since) if part.personal_path]
        if not known:
            return engine.table(empty_table(schema.personal_arrow))
        paths = [self.root / part.personal_path for part in known if part.personal_path]
        return _last_of_each(engine.scan(paths), known, schema)

    def _snapshots(self, schema: TableSchema, as_of: date, since: date | None) -> list[Part]:
        first = since or date.min
        known = self.manifest.known_on(schema.name, as_of)
        return [part for part in known if first <= part.business_date <= as_of]

    def open_personal(self, schema: TableSchema, as_of: date, engine: Opener) -> Frame:
        """The personal side of a snapshot; for screens and identity, never for features."""
        paths = [self.root / part.personal_path for part in self._parts(schema, as_of) if part.personal_path]
        return engine.scan(paths) if paths else engine.table(empty_table(schema.personal_arrow))

    def delivered(self, table: str, as_of: date) -> bool:
        return bool(self.manifest.known_on(table, as_of))

    def _parts(self, schema: TableSchema, as_of: date) -> list[Part]:
        known = self.manifest.known_on(schema.name, as_of)
        return list(known) if schema.day else _latest_snapshots(known, as_of)

    def erase_person(self, schema: TableSchema, key: tuple[str, ...]) -> int:
        """Blank every personal value stored under a key, in all history; gives the number of rows blanked."""
        folder = self.root / "personal" / schema.name
        return sum(_blank(path, schema, key) for path in sorted(folder.glob("*.parquet")))


def _last_of_each(frame: Frame, parts: Sequence[Part], schema: TableSchema) -> Frame:
    """A key once in each snapshot, where several feeds or corrections made it up."""
    several = len({part.feed for part in parts}) > 1 or any(part.corrects for part in parts)
    return last_word(frame, ("business_date", *schema.key)) if several and schema.key else frame


def _latest_snapshots(parts: tuple[Part, ...], as_of: date) -> list[Part]:
    """Per feed the parts of its latest business date; several files may make up one day."""
    usable = [part for part in parts if part.business_date <= as_of]
    latest = {
        feed: max(p.business_date for p in usable if p.feed == feed) for feed in {p.feed for p in usable}
    }
    return [part for part in usable if part.business_date == latest[part.feed]]


def _blank(path: Path, schema: TableSchema, key: tuple[str, ...]) -> int:
    table = pq.read_table(path)
    hit = pc.and_kleene(True, pc.equal(table[schema.key[0]], key[0]))
    for name, value in zip(schema.key[1:], key[1:], strict=True):
        hit = pc.and_kleene(hit, pc.equal(table[name], value))
    count = pc.sum(hit).as_py() or 0
    if count:
        _rewrite(path, table, schema, hit)
    return int(count)


def _rewrite(path: Path, table: pa.Table, schema: TableSchema, hit: pa.Array) -> None:
    for name in sorted(schema.personal):
        column = pc.if_else(hit, pa.scalar(None, table[name].type), table[name])
        table = table.set_column(table.column_names.index(name), name, column)
    draft = path.with_name(f".{path.name}.draft")
    pq.write_table(table, draft, compression="zstd")
    draft.replace(path)
