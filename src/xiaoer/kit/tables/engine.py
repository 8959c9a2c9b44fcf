"""DuckDB behind Narwhals: scan files into lazy frames, write frames to files, pass batches through a model."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb
import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

Frame = nw.LazyFrame[Any]
BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


class Engine(Protocol):
    """What the night needs of an engine; rooms never see which one it is."""

    def scan(self, paths: Sequence[Path]) -> Frame: ...
    def table(self, rows: pa.Table) -> Frame: ...
    def write(self, frame: Frame, path: Path) -> int: ...
    def collect(self, frame: Frame) -> pa.Table: ...
    def map_batches(self, frame: Frame, function: BatchFunction, path: Path) -> Frame: ...


class DuckEngine:
    """One DuckDB connection in this process; never reaches out for extensions."""

    def __init__(self, scratch: Path, *, threads: int | None = None, memory_gb: int = 8) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": str(scratch),
            "memory_limit": f"{memory_gb}GB",
            "preserve_insertion_order": "false",
        }
        self.connection = duckdb.connect(
            ":memory:", config=options | ({"threads": threads} if threads else {})
        )
        self._registered = 0

    def scan(self, paths: Sequence[Path]) -> Frame:
        """A lazy frame over Parquet files of one schema."""
        return nw.from_native(self.connection.read_parquet([str(path) for path in paths], union_by_name=True))

    def table(self, rows: pa.Table) -> Frame:
        """A lazy frame over rows in memory; the connection keeps them alive."""
        self._registered += 1
        name = f"held_{self._registered}"
        self.connection.register(name, rows)
        return nw.from_native(self.connection.table(name))

    def write(self, frame: Frame, path: Path) -> int:
        """Write a frame to one Parquet file, whole or not at all; gives the number of rows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        nw.to_native(frame).write_parquet(str(draft), compression="zstd")
        draft.replace(path)
        return int(pq.read_metadata(path).num_rows)

    def collect(self, frame: Frame) -> pa.Table:
        return nw.to_native(frame).to_arrow_table()

    def map_batches(self, frame: Frame, function: BatchFunction, path: Path) -> Frame:
        """Run a model over a frame batch by batch; the result is written to `path` and scanned from there."""
        batches = nw.to_native(frame).to_arrow_reader(65_536)
        write_batches((function(batch) for batch in batches), function(_no_rows(batches.schema)).schema, path)
        return self.scan([path])

    def close(self) -> None:
        self.connection.close()


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> int:
    """Stream record batches into one Parquet file, whole or not at all; gives the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    rows = 0
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    draft.replace(path)
    return rows
