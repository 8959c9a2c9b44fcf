"""Work on one range of keys at a time, in memory: what is grouped stays small enough for the processor's cache."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self, TypeVar

import narwhals as nw
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xiaoer.kit.tables import packing
from xiaoer.kit.tables.engine import BatchFunction, Frame, one_batch
from xiaoer.kit.tables.files import drafted, parquet_files
from xiaoer.kit.tables.grouping import How, Told, grouped

READ_TOGETHER, RANGE = 10, "range"
GROUPING: Literal["streaming"] = "streaming"  # Polars' engine that groups by several columns in half the time
Piece = TypeVar("Piece")
Made = TypeVar("Made")
AT_WORK = 2  # ranges: one alone leaves a processor idle between its many small steps
ROWS_AT_ONCE = 1 << 18  # of a row group: as a rule a range's, so that its texts are written down but once


def ranges(frames: Mapping[str, Frame], key: str, cuts: Sequence[str]) -> Iterator[dict[str, pl.DataFrame]]:
    """The frames' rows below the first cut, from each cut to the next, from the last on.

    Every reading of some keys goes through the files they lie in, so several ranges are read at once; work is done on
    few keys, because what is grouped must stay in the processor's cache.
    """
    for at in range(0, len(cuts) + 1, READ_TOGETHER):
        inner = pl.Series(cuts[at : at + READ_TOGETHER - 1], dtype=pl.String)
        beyond = next(iter(cuts[at + READ_TOGETHER - 1 :]), None)
        within = _between(key, cuts[at - 1] if at else "", beyond)
        keys = pl.Categories.random()
        read = {
            name: _parted(_rows(frame.filter(within)), key, inner, keys) for name, frame in frames.items()
        }
        for number in range(len(inner) + 1):
            yield {name: pieces[number] for name, pieces in read.items()}


def in_turn(work: Callable[[Piece], Made], pieces: Iterable[Piece]) -> Iterator[Made]:
    """What work makes of each piece, in the order of the pieces; a few are under way while the next ones are read."""
    under_way: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(AT_WORK) as pool:
        for piece in pieces:
            if len(under_way) == AT_WORK:
                yield under_way.popleft().result()
            under_way.append(pool.submit(work, piece))
        yield from (one.result() for one in under_way)


def parts(frame: Frame, key: str, cuts: Sequence[str]) -> Iterator[Frame]:
    """The frame in pieces parted at the cuts, each still to be computed."""
    for first, end in pairwise(["", *cuts, None]):
        yield frame.filter(_between(key, first or "", end))


def _between(key: str, first: str, end: str | None) -> nw.Expr:
    low = nw.col(key) >= first  # any text is from "" on
    return low if end is None else low & (nw.col(key) < end)


def _rows(frame: Frame) -> pl.DataFrame:
    rows: pl.DataFrame = nw.to_native(frame).collect()
    return rows


def _parted(rows: pl.DataFrame, key: str, cuts: pl.Series, keys: pl.Categories) -> list[pl.DataFrame]:
    """The rows of each range, in the order of the ranges, keys as categories; one without rows is empty."""
    known = rows.with_columns(pl.col(key).cast(pl.Categorical(keys)))
    places = cuts.search_sorted(keys.to_series(), side="right").cast(
        pl.UInt8
    )  # a look at each key, not at each row
    numbered = known.with_columns(places.gather(known[key].to_physical()).alias(RANGE))
    found = numbered.partition_by(RANGE, include_key=False, as_dict=True)
    return [found.get((number,), known.clear()) for number in range(len(cuts) + 1)]


class Files:
    """Tables on disk as Polars reads them: only the row groups and columns that are asked for."""

    def scan(self, paths: Sequence[Path]) -> Frame:
        """Columns are named by the files' footers: a part without a column gives nulls, not an error."""
        files = [file for path in paths for file in parquet_files(path)]
        schema = pa.unify_schemas([pq.read_schema(file).remove_metadata() for file in files])
        columns = pl.DataFrame(schema.empty_table()).schema
        frame: Frame = nw.from_native(pl.scan_parquet(files, schema=columns, missing_columns="insert"))
        return frame

    def table(self, rows: pa.Table) -> Frame:
        return _lazy(pl.DataFrame(rows))


class Worker:
    """Makes one range's rows; its texts are categories, numbered among themselves."""

    def __init__(self) -> None:
        self.texts = pl.col(pl.String).cast(pl.Categorical(pl.Categories.random()))

    def loaded(self, rows: pl.DataFrame) -> Frame:
        """Rows as a frame, dates as day numbers; texts stay texts until they are held, for most are never asked."""
        return _lazy(rows.with_columns(pl.col(pl.Date).to_physical()))

    def __call__(self, frame: Frame) -> Frame:
        """A frame computed now."""
        return _lazy(nw.to_native(frame).with_columns(self.texts).collect(engine=GROUPING))

    def grouped(self, frame: Frame, by: Sequence[str], told: Mapping[str, Told]) -> Frame:
        """By one sort, where the keys are numbers, flags or categories."""
        values = {name: one.value for name, one in told.items() if one.how is not How.ROWS}
        rows = nw.to_native(frame.select(*by, **values)).collect()
        made = packing.grouped(rows, by, {name: one.how for name, one in told.items()})
        return self(grouped(frame, by, told)) if made is None else _lazy(made)

    def through(self, frame: Frame, function: BatchFunction, key: str) -> Frame:
        """What a function makes of a frame; all rows of every key are here."""
        del key
        rows = nw.to_native(frame).collect(engine=GROUPING)
        made = pl.DataFrame(function(one_batch(rows.to_arrow())))
        texts = [
            name
            for name, kind in rows.schema.items()
            if isinstance(kind, pl.Categorical) and name in made.columns
        ]
        return _lazy(made.with_columns(pl.col(name).cast(rows.schema[name]) for name in texts))

    def computed(self, frames: Mapping[str, Frame]) -> dict[str, pa.Table]:
        """Several frames' rows, categories as dictionaries of texts."""
        found = pl.collect_all([nw.to_native(frame) for frame in frames.values()], engine=GROUPING)
        return {name: rows.to_arrow() for name, rows in zip(frames, found, strict=True)}


def _lazy(rows: pl.DataFrame) -> Frame:
    frame: Frame = nw.from_native(rows.lazy())
    return frame


class Tables:
    """Several tables on disk that grow piece by piece; none of them is there before all are done."""

    def __init__(self, paths: Mapping[str, Path], key: str) -> None:
        self.rows, self._paths, self._key, self._open = 0, paths, key, ExitStack()
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, pieces: Mapping[str, pa.Table]) -> None:
        """The next piece of each table."""
        for name, piece in pieces.items():
            plain = _plain(piece)
            if name not in self._writers:
                draft = self._open.enter_context(drafted(self._paths[name]))
                self._writers[name] = self._open.enter_context(_writer(draft, plain.schema, self._key))
            self._writers[name].write_table(plain, row_group_size=ROWS_AT_ONCE)
            self.rows += plain.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._open.__exit__(*fault)  # type: ignore[arg-type]


def _writer(path: Path, schema: pa.Schema, key: str) -> pq.ParquetWriter:
    """Smallest and largest values are noted of the key alone: ranges lie in its order, in no other column's."""
    words = [one.name for one in schema if _is_text(one.type)]
    return pq.ParquetWriter(
        path, schema, compression="lz4", use_dictionary=words, write_statistics=[key], store_schema=False
    )


def _plain(rows: pa.Table) -> pa.Table:
    """Texts as every engine writes them; where they are a dictionary already, nobody need look for it again."""
    fields = [field.with_type(_plain_type(field.type)) for field in rows.schema]
    return rows.cast(pa.schema(fields))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return pa.dictionary(pa.int32(), pa.string())
    return pa.string() if _is_text(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    told = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
    return any(one(kind) for one in told)
