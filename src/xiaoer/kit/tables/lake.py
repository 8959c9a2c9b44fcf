"""The lake: delivered parts by business date and day of delivery, and what each night made of them."""

import fcntl
import shutil
from collections.abc import Iterator
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

PASSING = ".staging-keys"
PLACE = {"load_no", "line_no"}
PLACE_NO = {"place_no": nw.col("load_no") * 2**32 + nw.col("line_no")}  # one number to look up by


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
        seen = _known(frame, schema, as_of)
        several = schema.day is None and len({part.feed for part in parts}) > 1
        if several or any(part.corrects and not part.corrections for part in parts):
            return _last_word(seen, schema.key) if schema.key else seen
        anew = [self.root / part.corrections for part in parts if part.corrections]
        if not anew:
            return seen
        if not all(set(pq.read_schema(path).names) >= PLACE for path in anew):
            return _last_word_on(engine.scan(anew), seen, schema.key)
        said = _known(Files().scan(anew), schema, as_of).filter(
            nw.col("load_no").is_in([part.load_no for part in parts])
        )
        overruled = engine.table(_overruled(said, schema.key))
        return seen.with_columns(**PLACE_NO).join(overruled, on=list(PLACE_NO), how="anti").drop(*PLACE_NO)

    def snapshots(self, schema: TableSchema, as_of: date, engine: Opener) -> Frame:
        """Every snapshot of a table known on a day, told apart by `business_date`; never personal columns."""
        known = [part for part in self.manifest.known_on(schema.name, as_of) if part.business_date <= as_of]
        if not known:
            return engine.table(empty_table(schema.arrow))
        frame = engine.scan([self.root / part.path for part in known])
        several = len({part.feed for part in known}) > 1 or any(part.corrects for part in known)
        return _last_word(frame, ("business_date", *schema.key)) if several and schema.key else frame

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


def _latest_snapshots(parts: tuple[Part, ...], as_of: date) -> list[Part]:
    """Per feed the parts of its latest business date; several files may make up one day."""
    usable = [part for part in parts if part.business_date <= as_of]
    latest = {
        feed: max(p.business_date for p in usable if p.feed == feed) for feed in {p.feed for p in usable}
    }
    return [part for part in usable if part.business_date == latest[part.feed]]


def _known(frame: Frame, schema: TableSchema, as_of: date) -> Frame:
    day = nw.lit(as_of)
    return frame.filter(nw.col("delivered_on") <= day, nw.col(schema.day) <= day) if schema.day else frame


def _overruled(said: Frame, key: tuple[str, ...]) -> pa.Table:
    """The places of rows on whose key a later word was said; `said` holds every row of such keys."""
    places = said.select(**PLACE_NO)
    last = _last_word(said, key).select(**PLACE_NO)
    rows: pa.Table = places.join(last, on=list(PLACE_NO), how="anti").collect("pyarrow").to_native()
    return rows


def _last_word_on(keys: Frame, frame: Frame, key: tuple[str, ...]) -> Frame:
    """Of a few keys the last word, everything else as it is: a small part of the cost of looking at all keys."""
    said_once = frame.join(keys, on=list(key), how="anti")
    return nw.concat([said_once, _last_word(frame.join(keys, on=list(key), how="semi"), key)])


def _last_word(frame: Frame, key: tuple[str, ...]) -> Frame:
    """Where a key was delivered again, the latest delivery speaks; of one day's, the latest load."""
    for column in ("delivered_on", "load_no"):
        newest = nw.col(column).max().over(*key)
        frame = frame.with_columns(newest.alias("newest")).filter(nw.col(column) == nw.col("newest"))
    return frame.drop("newest")


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
