"""Rows a step writes down on the way and reads once more at its end: on disk, so that memory does not grow."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
from pyarrow import ipc

PACKED = ipc.IpcWriteOptions(compression="zstd")


class Spool:
    """Record batches laid into a file one behind the other; `rows` counts what was added."""

    def __init__(self, file: IO[bytes], schema: pa.Schema) -> None:
        self.rows = 0
        self._file = file
        self._writer = ipc.new_stream(file, schema, options=PACKED)

    def add(self, batch: pa.RecordBatch) -> None:
        """Lay rows behind those there are."""
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All that was added, in its order; nothing is added afterwards."""
        self._writer.close()
        self._file.seek(0)
        yield from ipc.open_stream(self._file)


@contextmanager
def spooled(folder: Path, schema: pa.Schema) -> Iterator[Spool]:
    """A spool in a nameless file, which is gone afterwards, or when its process dies."""
    with tempfile.TemporaryFile(dir=folder) as file:
        yield Spool(file, schema)
