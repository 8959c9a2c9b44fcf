"""DuckDB behind Narwhals: the engine in this process."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.kit.tables import ranges
from xiaoer.kit.tables.engine import BatchFunction, Frame, Work, answer_schema, one_batch
from xiaoer.kit.tables.files import count_rows, drafted, parquet_files, write_batches


class DuckEngine:
    """One DuckDB connection in this process; never reaches out for extensions."""

    name = "duckdb"
    keyed = ranges.Files()

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
        # A plan is bound again at each of its steps, and a footer would be read again each time.
        self.connection.execute("SET parquet_metadata_cache = true")
        self._registered = 0

    def scan(self, paths: Sequence[Path]) -> Frame:
        files = [str(file) for path in paths for file in parquet_files(path)]
        return nw.from_native(self.connection.read_parquet(files, union_by_name=True))

    def table(self, rows: pa.Table) -> Frame:
        """The connection keeps the rows alive."""
        self._registered += 1
        name = f"held_{self._registered}"
        self.connection.register(name, rows)
        return nw.from_native(self.connection.table(name))

    def write(self, frame: Frame, path: Path) -> int:
        with drafted(path) as draft:
            nw.to_native(frame).write_parquet(str(draft), compression="lz4")
        return count_rows(path)

    def collect(self, frame: Frame) -> pa.Table:
        return nw.to_native(frame).to_arrow_table()

    def map_batches(self, frame: Frame, function: BatchFunction, path: Path) -> Frame:
        batches = nw.to_native(frame).to_arrow_reader(65_536)
        write_batches((function(batch) for batch in batches), answer_schema(function, batches.schema), path)
        return self.scan([path])

    def map_by_key(
        self, frame: Frame, function: BatchFunction, path: Path, *, key: str, cuts: Sequence[str]
    ) -> Frame:
        """A range of keys is one batch."""
        with ranges.Tables({key: path}, key) as tables:
            for piece in ranges.parts(frame, key, cuts):
                tables.add({key: pa.Table.from_batches([function(one_batch(self.collect(piece)))])})
        return self.scan([path])

    def by_key(
        self,
        frames: Mapping[str, Frame],
        work: Work,
        paths: Mapping[str, Path],
        *,
        key: str,
        cuts: Sequence[str],
    ) -> int:
        """Each range is read and worked on by Polars: to hand its rows over would cost more than to read them."""
        with ranges.Tables(paths, key) as tables:
            for made in ranges.in_turn(
                lambda pieces: _worked(work, pieces), ranges.ranges(frames, key, cuts)
            ):
                tables.add(made)
        return tables.rows

    def close(self) -> None:
        self.connection.close()


def _worked(work: Work, pieces: Mapping[str, pl.DataFrame]) -> dict[str, pa.Table]:
    worker = ranges.Worker()
    read = {name: worker.loaded(piece) for name, piece in pieces.items()}
    return worker.computed(work(read, worker))
