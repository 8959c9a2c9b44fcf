"""Rows on their way into the lake: freed of repeats, written beside it, moved in by one rename."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaoer.kit.tables import Lake, TableSchema
from xiaoer.kit.tables.keys import hashed, in_order
from xiaoer.sources.arriving import Delivery
from xiaoer.sources.cells import Batch, Cells
from xiaoer.sources.doubts import Marks
from xiaoer.sources.repeats import NOTHING, Seen, word_for_word
from xiaoer.sources.terms import Bad, Why


class Writer:
    """One Parquet file; columns that come word by word are written so, and read like any other."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.schema = path, schema
        self._file: pq.ParquetWriter | None = None

    def add(self, rows: Batch) -> None:
        columns = {
            name: _column(rows.cells[name], self.schema.field(name).type) for name in self.schema.names
        }
        if self._file is None:
            repeating = [name for name in columns if rows.cells[name].places is not None]
            schema = pa.schema([(name, column.type) for name, column in columns.items()])
            self._file = self._opened(schema, repeating or True)
        self._file.write_table(pa.table(columns))

    def _opened(self, schema: pa.Schema, dictionaries: list[str] | bool) -> pq.ParquetWriter:
        return pq.ParquetWriter(
            self.path, schema, compression="zstd", use_dictionary=dictionaries, store_schema=False
        )

    def finish(self) -> None:
        """A file without rows has its columns all the same."""
        if self._file is None:
            self._file = self._opened(self.schema, dictionaries=True)
        self.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _column(cells: Cells, kind: pa.DataType) -> pa.Array:
    if cells.places is None or not pa.types.is_string(kind):
        return cells.rows().to_arrow().cast(kind)
    words = pc.dictionary_encode(cells.words.to_arrow().cast(kind))  # each word once, null as no word
    places = words.indices.fill_null(-1).to_numpy()[cells.places]
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=places < 0), words.dictionary)


class Staging:
    """A draft folder that leaves nothing behind unless it is published.

    Rows are told apart by their key, where they have one, and else by all their words.
    """

    def __init__(self, arriving: Delivery, lake: Lake, load_no: int) -> None:
        self.arriving, self.lake, self.load_no = arriving, lake, load_no
        self.rows = 0
        self.first_delivered: date | None = None
        self.days: Counter[date] = Counter()
        self.marked: Counter[str] = Counter()
        self._seen = Seen()
        self._words: list[np.ndarray] = []
        self._again: list[np.ndarray] = []
        self._again_lines: list[int] = []
        self._added = 0
        lake.root.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=lake.root))
        self._writers = [Writer(self.finished, self._schema.arrow)]
        if self._schema.personal:
            self._writers.append(Writer(self.folder / "personal.parquet", self._schema.personal_arrow))

    @property
    def _schema(self) -> TableSchema:
        return self.arriving.contract.schema

    @property
    def finished(self) -> Path:
        """Where the plain rows lie once finished, until they are published."""
        return self.folder / "rows.parquet"

    def add(self, rows: Batch, raw: Batch, marks: Marks) -> None:
        """Append good rows; `raw` are their own words, by which repeats are known, `marks` what to count of them."""
        if not len(rows):
            return
        again = self._repeats(rows, raw)
        if again is not None and again.any():
            self._again.append(np.flatnonzero(again) + self._added)
            self._again_lines += rows.lines[again].tolist()
        self._added += len(rows)
        days = [day for day in (self.first_delivered, _first(rows.cells["delivered_on"])) if day]
        self.first_delivered = min(days, default=None)
        keep = np.ones(len(rows), dtype=bool) if again is None else ~again
        self._write(rows.filter(keep), {name: mark[keep] for name, mark in marks.items()})

    def _write(self, rows: Batch, marks: Marks) -> None:
        self.rows += len(rows)
        self.marked.update({name: int(mark.sum()) for name, mark in marks.items()})
        if self._schema.day:
            self.days.update(_counted(rows.cells["business_date"]))
        for writer in self._writers:
            writer.add(rows)

    def _repeats(self, rows: Batch, raw: Batch) -> np.ndarray | None:
        words = raw.hashes() if self.arriving.exact_repeats_go else None
        if self.arriving.tells_apart:
            if words is not None:
                self._words.append(words)
            key = [rows.cells[name].rows().alias(name) for name in self.arriving.key]
            return self._seen.again(hashed(pl.DataFrame(key)))
        return None if words is None else self._seen.again(words)

    def finish(self) -> list[Bad]:
        """Close the files; the rows left out, those that say word for word what another did first."""
        for writer in self._writers:
            writer.finish()
        places = np.concatenate([np.zeros(0, dtype=np.int64), *self._again])
        exact = np.ones(len(places), dtype=bool)
        if self.arriving.tells_apart:
            exact = word_for_word(np.concatenate([NOTHING, *self._words]), places) if self._words else ~exact
        whys = [Why.EXACT_DUPLICATE if one else Why.DUPLICATE_KEY for one in exact]
        bads = [Bad(line, "", why, "") for line, why in zip(self._again_lines, whys, strict=True)]
        return sorted(bads, key=lambda bad: bad.why is Why.DUPLICATE_KEY)

    def key_hashes(self) -> np.ndarray:
        """Of the rows that are kept, as `kit/tables/keys` wants them; none where no key tells rows apart."""
        return in_order(self._seen.all()) if self.arriving.tells_apart else NOTHING

    def publish(self) -> None:
        """Move the files to their place; the manifest still decides who sees them."""
        for writer, target in zip(
            self._writers, self.lake.part_paths(self._schema, self.load_no), strict=False
        ):
            path = self.lake.root / target
            path.parent.mkdir(parents=True, exist_ok=True)
            writer.path.replace(path)

    def drop(self) -> None:
        """Whatever is not published goes."""
        for writer in self._writers:
            writer.close()
        shutil.rmtree(self.folder)


def _first(days: Cells) -> date | None:
    first = days.rows().min()
    return first if isinstance(first, date) else None


def _counted(days: Cells) -> Mapping[date, int]:
    counts = days.rows().alias("day").drop_nulls().value_counts(name="rows")
    return dict(counts.iter_rows())
