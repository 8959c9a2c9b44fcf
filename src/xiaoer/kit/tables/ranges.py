"""Work on one range of keys at a time, in memory: what is grouped stays small enough for the processor's cache."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Self

import narwhals as nw
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xiaoer.kit.tables.engine import Frame
from xiaoer.kit.tables.files import drafted

ROWS_AT_ONCE = 1 << 17  # of a row group: small ones let readers of a few keys pass over the rest


def ranges(frame: Frame, key: str, cuts: Sequence[str]) -> Iterator[Frame]:
    """The frame in pieces: below the first cut, from each cut to the next, from the last on."""
    if not cuts:
        yield frame
        return
    column = nw.col(key)
    yield frame.filter(column < cuts[0])
    for first, end in pairwise(cuts):
        yield frame.filter(column >= first, column < end)
    yield frame.filter(column >= cuts[-1])


def held(frame: Frame) -> Frame:
    """A frame computed now."""
    return _lazy(nw.to_native(frame).collect())


def loaded(rows: pa.Table) -> Frame:
    """Rows in memory as a frame, texts as categories."""
    return _lazy(pl.DataFrame(rows).with_columns(pl.col(pl.String).cast(pl.Categorical)))


def computed(frames: Mapping[str, Frame]) -> dict[str, pa.Table]:
    """Several frames' rows, categories as texts again."""
    found = pl.collect_all([nw.to_native(frame) for frame in frames.values()])
    texts = pl.col(pl.Categorical).cast(pl.String)
    return {name: rows.with_columns(texts).to_arrow() for name, rows in zip(frames, found, strict=True)}


def _lazy(rows: pl.DataFrame) -> Frame:
    frame: Frame = nw.from_native(rows.lazy())
    return frame


class Tables:
    """Several tables on disk that grow piece by piece; none of them is there before all are done."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.rows, self._paths, self._open = 0, paths, ExitStack()
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, pieces: Mapping[str, pa.Table]) -> None:
        """The next piece of each table."""
        for name, piece in pieces.items():
            plain = _plain(piece)
            if name not in self._writers:
                draft = self._open.enter_context(drafted(self._paths[name]))
                texts = [field.name for field in plain.schema if pa.types.is_string(field.type)]
                writer = pq.ParquetWriter(draft, plain.schema, compression="zstd", use_dictionary=texts)
                self._writers[name] = self._open.enter_context(writer)
            self._writers[name].write_table(plain, row_group_size=ROWS_AT_ONCE)
            self.rows += plain.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._open.__exit__(*fault)  # type: ignore[arg-type]


def _plain(rows: pa.Table) -> pa.Table:
    """Texts as every engine writes them."""
    fields = [
        field.with_type(pa.string())
        if pa.types.is_large_string(field.type) or pa.types.is_string_view(field.type)
        else field
        for field in rows.schema
    ]
    return rows.cast(pa.schema(fields))
