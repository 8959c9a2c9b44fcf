"""A table on disk: one Parquet file, or a folder of them where a cluster wrote it; whole or not there at all."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def parquet_files(path: Path) -> list[Path]:
    """The files a table consists of, in the order of their names."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def count_rows(path: Path) -> int:
    """Rows of a table, as its files' footers say."""
    return sum(int(pq.read_metadata(file).num_rows) for file in parquet_files(path))


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A place to write a table in, which takes the table's place when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    remove(draft)
    yield draft
    if path.is_dir() or draft.is_dir():
        _make_way(path)
    draft.replace(path)


def write_rows(rows: pa.Table, path: Path) -> int:
    """Write rows in memory to one Parquet file; gives their number."""
    with drafted(path) as draft:
        pq.write_table(rows, draft, compression="zstd")
    return int(rows.num_rows)


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> int:
    """Stream record batches into one Parquet file; gives the number of rows."""
    rows = 0
    with drafted(path) as draft, pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _make_way(path: Path) -> None:
    """A folder cannot be renamed over: the old one steps aside first, so that a killed process leaves no half."""
    aside = path.with_name(f".{path.name}.old")
    remove(aside)
    if path.exists():
        path.rename(aside)
        remove(aside)


def remove(path: Path) -> None:
    """Take a table away, a file or a folder of files; one that is not there is no mistake."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
