"""Files as they lie there, turned into batches of plain strings with the line each row stood on."""

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from xiaoer.kit.refusal import Refusal
from xiaoer.sources.terms import Bad, Source, Why

LONGEST_LINE = 1 << 20
CHUNK = 1 << 20
BLOCK = 4 << 20
REPLACEMENT = "\ufffd"
MOST_RAGGED = 100_000
Advance = Callable[[int], None]


@dataclass
class Reading:
    """An opened file: its header, its batches (strings, with a `line_no` column), and rows it could not cut."""

    header: list[str]
    batches: Iterator[pl.DataFrame]
    ragged: list[Bad] = field(default_factory=list)


def read_file(path: Path, source: Source, advance: Advance = lambda _: None) -> Reading:
    """Open a delivered file in the way its source describes; raises Refusal when it cannot be read at all."""
    if path.stat().st_size == 0:
        raise Refusal("the file is empty", path.name, "a header line and rows", "Deliver it again")
    openers = {"csv": _read_csv, "parquet": _read_parquet, "xlsx": _read_xlsx}
    try:
        reading = openers[source.format](path, source, advance)
    except (pa.ArrowException, OSError) as fault:
        raise _unreadable(path, fault) from fault
    reading.batches = _guarded(path, reading.batches)
    return reading


def _guarded(path: Path, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """A file may turn out to be broken only half-way through."""
    try:
        yield from batches
    except (pa.ArrowException, OSError) as fault:
        raise _unreadable(path, fault) from fault


class PlainText(io.RawIOBase):
    """UTF-8 bytes of a possibly packed, possibly GB18030 file; bad bytes become U+FFFD and are judged by row."""

    def __init__(self, path: Path, encoding: str, advance: Advance) -> None:
        self.path, self.advance = path, advance
        self.file = path.open("rb")
        packed = path.suffix == ".gz"
        self.bytes = pa.CompressedInputStream(pa.PythonFile(self.file), "gzip") if packed else self.file
        self.decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self.rest, self.since_newline, self.at = b"", 0, 0
        self.at_start = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self.rest and (chunk := self._chunk()):
            self.rest = self._utf8(chunk)
        if not self.rest:
            self.rest = self.decoder.decode(b"", final=True).encode()
        taken, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _chunk(self) -> bytes:
        chunk = bytes(self.bytes.read(CHUNK))
        self.advance(self.file.tell() - self.at)
        self.at = self.file.tell()
        self._watch_line(chunk)
        return chunk

    def _watch_line(self, chunk: bytes) -> None:
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        longest = self.since_newline + (len(chunk) if first < 0 else first)
        self.since_newline = longest if first < 0 else len(chunk) - last - 1
        if longest > LONGEST_LINE:
            raise Refusal(
                "one line is longer than 1 MiB",
                self.path.name,
                "rows that end",
                "Look for a missing line end",
            )

    def _utf8(self, chunk: bytes) -> bytes:
        if self.at_start:
            chunk, self.at_start = chunk.removeprefix(codecs.BOM_UTF8), False
        return self.decoder.decode(chunk).encode()

    def close(self) -> None:
        self.file.close()
        super().close()


def _read_csv(path: Path, source: Source, advance: Advance) -> Reading:
    _refuse_utf16(path)
    header = _csv_header(path, source)
    ragged: list[Bad] = []
    swallowed = 0

    def cut(row: pacsv.InvalidRow) -> str:
        """An unclosed quote swallows the lines after it: each of them is a row of its own, and bad."""
        nonlocal swallowed
        if len(ragged) > MOST_RAGGED:
            raise Refusal(
                "too many rows have a wrong number of fields", path.name, f"{row.expected_columns} fields"
            )
        lines = row.text.splitlines() or [row.text]
        first = row.number + swallowed
        ragged.extend(Bad(first + more, "", Why.RAGGED, text) for more, text in enumerate(lines))
        swallowed += len(lines) - 1
        return "skip"

    reader = pacsv.open_csv(
        pa.PythonFile(PlainText(path, source.encoding, advance), mode="r"),
        read_options=pacsv.ReadOptions(
            use_threads=False, block_size=BLOCK, column_names=header, skip_rows=source.header_row
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=source.delimiter, ignore_empty_lines=False, invalid_row_handler=cut
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    return Reading(header, _numbered(reader, ragged, source.header_row + 1), ragged)


def _numbered(reader: pacsv.CSVStreamingReader, ragged: list[Bad], first_line: int) -> Iterator[pl.DataFrame]:
    """Batches with physical line numbers: the lines that could not be cut are stepped over."""
    next_line, skipped = first_line, 0
    for batch in reader:
        lines = np.arange(next_line, next_line + batch.num_rows, dtype=np.int64)
        while skipped < len(ragged) and batch.num_rows and ragged[skipped].line <= lines[-1]:
            lines[lines >= ragged[skipped].line] += 1
            skipped += 1
        next_line = int(lines[-1]) + 1 if batch.num_rows else next_line
        frame = pl.DataFrame(pl.from_arrow(batch))
        yield frame.with_columns(pl.Series("line_no", lines))


def _csv_header(path: Path, source: Source) -> list[str]:
    text = io.BufferedReader(PlainText(path, source.encoding, lambda _: None), CHUNK)
    lines = [text.readline() for _ in range(source.header_row)]
    text.close()
    line = lines[-1].decode().rstrip("\r\n")
    if REPLACEMENT in line:
        raise Refusal(
            f"the header is not {source.encoding}",
            f"{path.name} line {source.header_row}",
            f"text in {source.encoding}",
            f"Set encoding to {_other(source.encoding)} if that is how the bank writes it",
        )
    header = [cell.strip().strip('"').strip() for cell in line.split(source.delimiter)]
    return _named(header, path)


def _named(header: list[str], path: Path) -> list[str]:
    names = [cell or f"#{number}" for number, cell in enumerate(header, 1)]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise Refusal(f"the header names {', '.join(twins)} twice", path.name, "each column once")
    return names


def _other(encoding: str) -> str:
    return "gb18030" if encoding == "utf-8" else "utf-8"


def _refuse_utf16(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise Refusal("the file is UTF-16", path.name, "UTF-8 or GB18030", "Save it again in one of these")
    if path.suffix == ".gz" and start != b"\x1f\x8b":
        raise Refusal("the file is named .gz but is not packed with gzip", path.name, "a gzip file")


def _read_parquet(path: Path, _source: Source, advance: Advance) -> Reading:
    file = pq.ParquetFile(path)
    header = _named(list(file.schema_arrow.names), path)

    def batches() -> Iterator[pl.DataFrame]:
        next_row = 1
        for batch in file.iter_batches(batch_size=1 << 18):
            frame = pl.DataFrame(pl.from_arrow(batch)).select(pl.all().cast(pl.String).fill_null(""))
            yield frame.with_columns(
                pl.int_range(next_row, next_row + len(frame), dtype=pl.Int64).alias("line_no")
            )
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
    header = _named(rows[source.header_row - 1][:width], path)
    body = [row[:width] + [""] * (width - len(row)) for row in rows[source.header_row :]]
    frame = pl.DataFrame(body, schema=dict.fromkeys(header, pl.String), orient="row")
    first = source.header_row + 1
    return Reading(
        header,
        iter([frame.with_columns(pl.int_range(first, first + len(body), dtype=pl.Int64).alias("line_no"))]),
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
