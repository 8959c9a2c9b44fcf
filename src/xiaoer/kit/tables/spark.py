"""Spark behind Narwhals: the engine on a cluster, or on this machine's cores as a trial of one.

Tables are folders of Parquet files on a file system that the driver and every worker see under one path.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from xiaoer.kit.tables.engine import BatchFunction, Frame, Opener, Work, answer_schema, one_batch
from xiaoer.kit.tables.expressions import with_day_numbers
from xiaoer.kit.tables.files import count_rows, drafted, parquet_files
from xiaoer.kit.tables.grouping import Told, grouped


class SparkEngine:
    """A Spark session that is up; `session.opened` makes one."""

    name = "spark"

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    @property
    def keyed(self) -> Opener:
        """The cluster has one way of reading."""
        return self

    def scan(self, paths: Sequence[Path]) -> Frame:
        """Columns are named by the files' footers, read here: a part without a column gives nulls, not an error."""
        files = [file for path in paths for file in parquet_files(path)]
        schema = pa.unify_schemas([pq.read_schema(file).remove_metadata() for file in files])
        reader = self.session.read.schema(from_arrow_schema(schema))
        return _frame(reader.parquet(*(_address(path) for path in paths)))

    def table(self, rows: pa.Table) -> Frame:
        return _frame(self.session.createDataFrame(rows))

    def write(self, frame: Frame, path: Path) -> int:
        return _write(nw.to_native(frame), path)

    def collect(self, frame: Frame) -> pa.Table:
        return nw.to_native(frame).toArrow()

    def map_batches(self, frame: Frame, function: BatchFunction, path: Path) -> Frame:
        """The function travels to the workers, which need this same version of the product installed."""
        native = nw.to_native(frame)
        answered = from_arrow_schema(answer_schema(function, to_arrow_schema(native.schema)))
        _write(native.mapInArrow(_over_batches(function), answered), path)
        return self.scan([path])

    def map_by_key(
        self, frame: Frame, function: BatchFunction, path: Path, *, key: str, cuts: Sequence[str]
    ) -> Frame:
        """Spark parts the rows by key, and needs no cuts."""
        del cuts
        _write(_mapped(nw.to_native(frame), function, key), path)
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
        """The cluster parts the work itself: key and cuts are of no use to it."""
        del key, cuts
        frames = {name: with_day_numbers(frame) for name, frame in frames.items()}
        hold = _Held()
        rows = sum(self.write(frame, paths[name]) for name, frame in work(frames, hold).items())
        for frame in hold.kept:
            frame.unpersist()
        return rows

    def close(self) -> None:
        self.session.stop()


class _Held:
    """What work keeps in the cluster's memory while it runs."""

    def __init__(self) -> None:
        self.kept: list[DataFrame] = []

    def __call__(self, frame: Frame) -> Frame:
        self.kept.append(nw.to_native(frame).persist())
        return _frame(self.kept[-1])

    def grouped(self, frame: Frame, by: Sequence[str], told: Mapping[str, Told]) -> Frame:
        return grouped(frame, by, told)

    def through(self, frame: Frame, function: BatchFunction, key: str) -> Frame:
        return _frame(_mapped(nw.to_native(frame), function, key))


def _mapped(rows: DataFrame, function: BatchFunction, key: str) -> DataFrame:
    """All rows of a part of the cluster's are one batch."""
    schema = to_arrow_schema(rows.schema)
    parted = rows.repartition(key)  # one number of parts for every key: none is on two of them
    return parted.mapInArrow(_over_all(function, schema), from_arrow_schema(answer_schema(function, schema)))


def _frame(rows: DataFrame) -> Frame:
    frame: Frame = nw.from_native(rows)
    return frame


def _address(path: Path) -> str:
    return f"file://{path.absolute()}"


def _write(rows: DataFrame, path: Path) -> int:
    with drafted(path) as draft:
        rows.write.parquet(_address(draft))
    return count_rows(path)


def _over_batches(
    function: BatchFunction,
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def answered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return map(function, batches)

    return answered


def _over_all(
    function: BatchFunction, schema: pa.Schema
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def answered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = list(batches)
        yield function(one_batch(pa.Table.from_batches(held) if held else schema.empty_table()))

    return answered
