"""Files as they lie there, turned into batches of plain strings with the line each row stood on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from isal import isal_zlib

from xiaoer.kit.refusal import Refusal
from xiaoer.sources.cells import Batch
from xiaoer.sources.plaintext import Advance
from xiaoer.sources.separated import named, read_csv
from xiaoer.sources.terms import Bad, Source

BROKEN: tuple[Any, ...] = (pa.ArrowException, OSError, EOFError, isal_zlib.error)


@dataclass
class Reading:
    """An opened file: its header, its batches of plain words, and rows it could not cut."""

    header: list[str]
    batches: Iterator[Batch]
    ragged: list[Bad] = field(default_factory=list)


def read_file(path: Path, source: Source, advance: Advance = lambda _: None) -> Reading:
    """Open a delivered file in the way its source describes; raises Refusal when it cannot be read at all."""
    if path.stat().st_size == 0:
        raise Refusal("the file is empty", path.name, "a header line and rows", "Deliver it again")
    openers = {"csv": _read_csv, "parquet": _read_parquet, "xlsx": _read_xlsx}
    try:
        reading = openers[source.format](path, source, advance)
    except BROKEN as fault:
        raise _unreadable(path, fault) from fault
    reading.batches = _guarded(path, reading.batches)
    return reading


def _guarded(path: Path, batches: Iterator[Batch]) -> Iterator[Batch]:
    """A file may turn out to be broken only half-way through."""
    try:
        yield from batches
    except BROKEN as fault:
        raise _unreadable(path, fault) from fault


def _read_csv(path: Path, source: Source, advance: Advance) -> Reading:
    return Reading(*read_csv(path, source, advance))


def _read_parquet(path: Path, _source: Source, advance: Advance) -> Reading:
    file = pq.ParquetFile(path)
    header = named(list(file.schema_arrow.names), path)

    def batches() -> Iterator[Batch]:
        next_row = 1
        for batch in file.iter_batches(batch_size=1 << 18):
            frame = pl.DataFrame(pl.from_arrow(batch)).select(pl.all().cast(pl.String).fill_null(""))
            yield _numbered(frame, next_row)
            next_row += len(frame)
            advance(path.stat().st_size * len(frame) // max(file.metadata.num_rows, 1))

    return Reading(header, batches())


def _read_xlsx(path: Path, source: Source, advance: Advance) -> Reading:
    """Formulas are read as formulas, so that a figure nobody computed here is never taken for data."""
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except Exception as fault:  # openpyxl raises whatever its parsers raise
        raise _unreadable(path, fault) from fault
    if source.sheet and source.sheet not in book.sheetnames:
        there = ", ".join(book.sheetnames)
        raise Refusal(
            f"there is no sheet {source.sheet!r}", path.name, f"one of {there}", "Correct the mapping's sheet"
        )
    sheet = book[source.sheet] if source.sheet else book.worksheets[0]
    rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    if len(rows) < source.header_row:
        raise Refusal("the sheet is empty", path.name, "a header line and rows")
    advance(path.stat().st_size)
    width = max((n for n, cell in enumerate(rows[source.header_row - 1], 1) if cell), default=0)
    header = named(rows[source.header_row - 1][:width], path)
    body = [row[:width] + [""] * (width - len(row)) for row in rows[source.header_row :]]
    frame = pl.DataFrame(body, schema=dict.fromkeys(header, pl.String), orient="row")
    return Reading(header, iter([_numbered(frame, source.header_row + 1)]))


def _numbered(frame: pl.DataFrame, first: int) -> Batch:
    return Batch.of(
        frame.with_columns(line_no=pl.int_range(first, first + len(frame), dtype=pl.Int64, eager=True))
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00")


def _unreadable(path: Path, fault: Exception) -> Refusal:
    half = "Truncated" in str(fault) or "end-of-stream" in str(fault)
    what = (
        "the file ends in the middle; it was cut off while it was written or sent"
        if half
        else f"it cannot be read: {fault}"
    )
    return Refusal(what, path.name, "a whole file", "Deliver it again; nothing of it was loaded")
