"""Rows on their way into the lake: written beside it, freed of repeats, moved in by one rename."""

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xiaoer.kit.tables import Lake
from xiaoer.kit.tables.keys import hashed
from xiaoer.sources.doubts import Marks
from xiaoer.sources.terms import Bad, Contract, Why


@dataclass(frozen=True)
class Staged:
    """What is ready to be moved in."""

    rows: int
    first_delivered: date | None


class Staging:
    """A draft folder that leaves nothing behind unless it is published."""

    def __init__(self, lake: Lake, contract: Contract, load_no: int) -> None:
        self.lake, self.schema, self.load_no = lake, contract.schema, load_no
        self.rows = 0
        self.lines: list[np.ndarray] = []
        self.hashes: dict[str, list[np.ndarray]] = {"row": [], "key": []}
        self.marked: defaultdict[str, list[np.ndarray]] = defaultdict(list)
        self.first_delivered: date | None = None

    def __enter__(self) -> Self:
        self.lake.root.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=self.lake.root))
        self.writer = pq.ParquetWriter(self.folder / "all.parquet", self._everything, compression="lz4")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()
        shutil.rmtree(self.folder)

    @property
    def finished(self) -> Path:
        """Where the plain rows lie once finished, until they are published."""
        return self.folder / "rows.parquet"

    @property
    def _everything(self) -> pa.Schema:
        personal = [self.schema.personal_arrow.field(name) for name in sorted(self.schema.personal)]
        return pa.schema([*self.schema.arrow, *personal])

    def add(self, rows: pl.DataFrame, raw: pl.DataFrame, key: tuple[str, ...], marks: Marks) -> None:
        """Append good rows; `raw` are their own words, by which repeats are known, `marks` what to count of them."""
        if not len(rows):
            return
        names = self._everything.names
        self.writer.write_table(rows.select(names).to_arrow().cast(self._everything))
        self.lines.append(rows["line_no"].to_numpy())
        self.hashes["row"].append(raw.drop("line_no").hash_rows(seed=1).to_numpy())
        if key:
            self.hashes["key"].append(hashed(rows.select(key)))
        for name, mark in marks.items():
            self.marked[name].append(mark.arg_true().to_numpy() + self.rows)
        days = [day for day in (self.first_delivered, rows["delivered_on"].min()) if isinstance(day, date)]
        self.first_delivered = min(days, default=None)
        self.rows += len(rows)

    def repeated(self, what: Literal["row", "key"], ignoring: np.ndarray | None = None) -> np.ndarray:
        """Which rows have been seen before in this file, by 64-bit hash (a chance hit: one in 10^5 at 10^7 rows)."""
        if not self.rows:
            return np.zeros(0, dtype=bool)
        hashes = pl.Series(np.concatenate(self.hashes[what]))
        if ignoring is None or not ignoring.any():
            return ~hashes.is_first_distinct().to_numpy()
        again = np.zeros(self.rows, dtype=bool)
        again[~ignoring] = ~hashes.filter(pl.Series(~ignoring)).is_first_distinct().to_numpy()
        return again

    def key_hashes(self, repeats: np.ndarray) -> np.ndarray:
        """Of each row that is kept; none where there is no key."""
        hashes = self.hashes["key"]
        return np.concatenate(hashes)[~repeats] if hashes else np.zeros(0, dtype=np.uint64)

    def counted(self, repeats: np.ndarray) -> Counter[str]:
        """How many rows bear each mark, repeats left out."""
        whole = {name: np.concatenate(places) for name, places in self.marked.items()}
        return Counter({name: int((~repeats[places]).sum()) for name, places in whole.items()})

    def bads(self, hit: np.ndarray, why: Why) -> Iterator[Bad]:
        if hit.any():
            lines = np.concatenate(self.lines)[hit]
            yield from (Bad(int(line), "", why, "") for line in lines)

    def finish(self, repeats: np.ndarray) -> Staged:
        """Split plain from personal columns and leave repeats out."""
        self.writer.close()
        plain, personal = self.schema.arrow, self.schema.personal_arrow
        with (
            pq.ParquetWriter(self.finished, plain, compression="zstd") as rows,
            pq.ParquetWriter(self.folder / "personal.parquet", personal, compression="zstd") as people,
        ):
            for batch in self._kept(repeats):
                rows.write_batch(batch.select(plain.names))
                people.write_batch(batch.select(personal.names))
        return Staged(int(self.rows - repeats.sum()), self.first_delivered)

    def _kept(self, repeats: np.ndarray) -> Iterator[pa.RecordBatch]:
        at = 0
        for batch in pq.ParquetFile(self.folder / "all.parquet").iter_batches(1 << 18):
            keep = ~repeats[at : at + batch.num_rows]
            at += batch.num_rows
            yield batch if keep.all() else batch.filter(pa.array(keep))

    def publish(self) -> None:
        """Move the files to their place; the manifest still decides who sees them."""
        targets = self.lake.part_paths(self.schema, self.load_no)
        for draft, target in zip(("rows.parquet", "personal.parquet"), targets, strict=True):
            if draft == "rows.parquet" or self.schema.personal:
                path = self.lake.root / target
                path.parent.mkdir(parents=True, exist_ok=True)
                (self.folder / draft).replace(path)
