"""What the night needs of an engine; rooms never see which one it is."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.tables.grouping import Told

Frame = nw.LazyFrame[Any]
BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


class Hold(Protocol):
    """What work by key may have done at once."""

    def __call__(self, frame: Frame) -> Frame:
        """The frame, computed once for all that is made from it."""

    def grouped(self, frame: Frame, by: Sequence[str], told: Mapping[str, Told]) -> Frame:
        """`grouping.grouped`, computed at once where that is quicker."""

    def through(self, frame: Frame, function: BatchFunction, key: str) -> Frame:
        """What a function makes of the rows; a batch holds all of its keys', texts perhaps as dictionaries."""


Work = Callable[[Mapping[str, Frame], Hold], Mapping[str, Frame]]


class Opener(Protocol):
    """Makes lazy frames."""

    def scan(self, paths: Sequence[Path]) -> Frame:
        """A lazy frame over tables on disk of one schema."""

    def table(self, rows: pa.Table) -> Frame:
        """A lazy frame over rows in memory."""


class Engine(Opener, Protocol):
    """Scan files into lazy frames, write frames to files, pass batches through a model."""

    @property
    def name(self) -> str: ...
    @property
    def keyed(self) -> Opener:
        """Opens what `by_key` works on."""

    def write(self, frame: Frame, path: Path) -> int:
        """Write a frame as a table on disk, whole or not at all; gives the number of rows."""

    def collect(self, frame: Frame) -> pa.Table:
        """A frame's rows in memory, in no order."""

    def map_batches(self, frame: Frame, function: BatchFunction, path: Path) -> Frame:
        """Run a model over a frame batch by batch; the result is written to `path` and scanned from there."""

    def map_by_key(
        self, frame: Frame, function: BatchFunction, path: Path, *, key: str, cuts: Sequence[str]
    ) -> Frame:
        """Like map_batches, but a batch holds all rows of its keys; `cuts` (sorted) part keys as in by_key."""

    def by_key(
        self,
        frames: Mapping[str, Frame],
        work: Work,
        paths: Mapping[str, Path],
        *,
        key: str,
        cuts: Sequence[str],
    ) -> int:
        """Run work whose rows of one key never ask for another key's; gives the number of rows written.

        `work` gets the frames, which `keyed` opened, with dates as day numbers, and a `hold` for what several of its
        tables are made from; each table it gives back is written to its path, whole or not at all. An
        engine may do the work on ranges of the key, parted at `cuts` (sorted), one after another; the key, and text
        columns of what is held, are then of a type that is quick to group by.
        """

    def close(self) -> None:
        """Give back what the engine holds; its frames are of no use afterwards."""


def answer_schema(function: BatchFunction, asked: pa.Schema) -> pa.Schema:
    """The columns a model answers with, learnt by asking it about no rows."""
    nothing = pa.RecordBatch.from_arrays([pa.array([], field.type) for field in asked], schema=asked)
    return function(nothing).schema


def one_batch(rows: pa.Table) -> pa.RecordBatch:
    """A table's rows as a single batch, also where there are none."""
    columns = [column.combine_chunks() for column in rows.columns]
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)
