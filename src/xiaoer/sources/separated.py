"""Files of values separated by commas or the like: cut into cells, each column read in the way that suits it."""

import codecs
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from xiaoer.kit.refusal import Refusal
from xiaoer.sources.cells import Batch, Cells
from xiaoer.sources.plaintext import BYTEWISE, CHUNK, Advance, PlainText
from xiaoer.sources.terms import Bad, Source, Why

REPLACEMENT = "\ufffd"
MOST_RAGGED = 100_000
SAMPLE = 1 << 20
OFTEN = 4  # a column whose words come so many times each in the sample is read word by word, not cell by cell
ASCII_ONLY = 0x80
SECOND_BYTES = range(0x40, 0x7F)  # of a GB18030 character; a digit may be one too


@dataclass(frozen=True)
class Script:
    """How a file's words are written, and how they pass through the reader.

    GB18030 passes byte by byte and is decoded word by word afterwards: no byte of a character can be taken for a
    comma, a quote or a line end. Where the delimiter could be one, the whole text is decoded before.
    """

    encoding: str
    passing: str

    @classmethod
    def of(cls, source: Source) -> "Script":
        mark = ord(source.delimiter)
        safe = mark < ASCII_ONLY and mark not in SECOND_BYTES and not source.delimiter.isdigit()
        bytewise = source.encoding == "gb18030" and safe
        return cls(source.encoding, BYTEWISE if bytewise else source.encoding)

    def decoded(self, passed: str) -> str:
        """What a word that came through says."""
        if self.passing != BYTEWISE:
            return passed
        return passed.encode(BYTEWISE).decode(self.encoding, errors="replace")

    def words(self, passed: pl.Series) -> pl.Series:
        """All words at once, as one text of lines; one by one where a word itself has a line end in it."""
        whole = self.decoded("\n".join(passed.to_list()))
        words = whole.split("\n")
        if len(words) != len(passed):
            words = [self.decoded(word) for word in passed]
        return pl.Series(words, dtype=pl.String)


class Ragged:
    """Rows with a wrong number of fields.

    An unclosed quote swallows the lines after it: each of them is a row of its own, and bad.
    """

    def __init__(self, path: Path, script: Script) -> None:
        self.path, self.script, self.swallowed = path, script, 0
        self.bads: list[Bad] = []

    def cut(self, row: pacsv.InvalidRow) -> str:
        if len(self.bads) > MOST_RAGGED:
            raise Refusal(
                "too many rows have a wrong number of fields",
                self.path.name,
                f"{row.expected_columns} fields",
            )
        text = self.script.decoded(row.text)
        lines = text.splitlines() or [text]
        first = row.number + self.swallowed
        self.bads.extend(Bad(first + more, "", Why.RAGGED, line) for more, line in enumerate(lines))
        self.swallowed += len(lines) - 1
        return "skip"


def read_csv(path: Path, source: Source, advance: Advance) -> tuple[list[str], Iterator[Batch], list[Bad]]:
    """Header, batches, and the rows that could not be cut (complete when the batches are through)."""
    _refuse_utf16(path)
    script = Script.of(source)
    header, often = _looked_at(path, source, script)
    ragged = Ragged(path, script)
    types = {
        name: pa.dictionary(pa.int32(), pa.string()) if name in often else pa.string() for name in header
    }
    reader = pacsv.open_csv(
        pa.PythonFile(PlainText(path, script.passing, advance), mode="r"),
        read_options=pacsv.ReadOptions(
            use_threads=False, block_size=2 * CHUNK, column_names=header, skip_rows=source.header_row
        ),
        parse_options=_parsed(source, ragged),
        convert_options=pacsv.ConvertOptions(column_types=types, strings_can_be_null=False, check_utf8=False),
    )
    return header, _numbered(reader, ragged.bads, source.header_row + 1, script), ragged.bads


def _parsed(source: Source, ragged: Ragged) -> pacsv.ParseOptions:
    return pacsv.ParseOptions(
        delimiter=source.delimiter, ignore_empty_lines=False, invalid_row_handler=ragged.cut
    )


def _numbered(
    reader: pacsv.CSVStreamingReader, ragged: list[Bad], first_line: int, script: Script
) -> Iterator[Batch]:
    """Batches with physical line numbers: the lines that could not be cut are stepped over."""
    next_line, skipped = first_line, 0
    for batch in reader:
        lines = np.arange(next_line, next_line + batch.num_rows, dtype=np.int64)
        while skipped < len(ragged) and batch.num_rows and ragged[skipped].line <= lines[-1]:
            lines[lines >= ragged[skipped].line] += 1
            skipped += 1
        next_line = int(lines[-1]) + 1 if batch.num_rows else next_line
        columns = zip(batch.schema.names, batch.columns, strict=True)
        yield Batch(lines, {name: _cells(column, script) for name, column in columns})


def _cells(column: pa.Array, script: Script) -> Cells:
    places = column.indices.to_numpy() if pa.types.is_dictionary(column.type) else None
    words = column if places is None else column.dictionary
    signs = _signs(words)
    ascii_only = not len(signs) or int(signs.max()) < ASCII_ONLY
    said = pl.Series(pl.from_arrow(words), dtype=pl.String)
    if not ascii_only and script.passing == BYTEWISE:
        said = script.words(said)
    lowest = int(signs.min()) if len(signs) else ASCII_ONLY
    return Cells(said, places, clean=ascii_only and lowest > 0, solid=ascii_only and lowest > ord(" "))


def _signs(words: pa.StringArray) -> np.ndarray:
    """The bytes of all words."""
    _, offsets, signs = words.buffers()
    if signs is None or not len(words):
        return np.zeros(0, dtype=np.uint8)
    at = np.frombuffer(offsets, np.int32)[words.offset : words.offset + len(words) + 1]
    return np.frombuffer(signs, np.uint8)[at[0] : at[-1]]


def _looked_at(path: Path, source: Source, script: Script) -> tuple[list[str], set[str]]:
    """The header, and the columns in which the first rows say the same words again and again."""
    with io.BufferedReader(PlainText(path, script.passing, lambda _: None, SAMPLE), SAMPLE) as text:
        lines = [text.readline() for _ in range(source.header_row)]
        rows = text.read(SAMPLE).rpartition(b"\n")[0]
    header = _header(script.decoded(lines[-1].decode()).rstrip("\r\n"), path, source)
    try:
        return header, _often(rows, header, source) if rows else set()
    except (
        pa.ArrowInvalid
    ):  # a sample cut in the wrong place: the file itself will show whether it can be read
        return header, set()


def _often(rows: bytes, header: list[str], source: Source) -> set[str]:
    table = pacsv.read_csv(
        pa.BufferReader(rows),
        read_options=pacsv.ReadOptions(use_threads=False, column_names=header),
        parse_options=pacsv.ParseOptions(delimiter=source.delimiter, invalid_row_handler=lambda _: "skip"),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    return {name for name in header if len(table[name].unique()) * OFTEN <= table.num_rows}


def _header(line: str, path: Path, source: Source) -> list[str]:
    if REPLACEMENT in line:
        raise Refusal(
            f"the header is not {source.encoding}",
            f"{path.name} line {source.header_row}",
            f"text in {source.encoding}",
            f"Set encoding to {_other(source.encoding)} if that is how the bank writes it",
        )
    return named([cell.strip().strip('"').strip() for cell in line.split(source.delimiter)], path)


def named(header: Sequence[str], path: Path) -> list[str]:
    """A name for each column; raises Refusal when two have the same."""
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
