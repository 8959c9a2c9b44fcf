"""Arrow into the bytes COPY takes, and each row's mark, a piece at a time and without a Python object per value."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from django.db import models
from pyarrow import csv

# Every text is quoted, so that an unquoted nothing is NULL and "" is the empty text.
AS_CSV = csv.WriteOptions(include_header=False)
# Two halves of a mark, each a hash of all values; of another version of the library they may be others, and the night
# after such a change writes every row once.
SEEDS = (20_261_031, 7_919)
HEX = 16  # digits of each half


def flat(piece: pa.Table, fields: list[models.Field[Any, Any]]) -> pa.Table:
    """The columns of `fields` in their order, JSON as text; a column left out is its field's default."""
    names = [str(field.column) for field in fields]
    return pa.table([_column(field, piece) for field in fields], names=names)


def marks(rows: pa.Table) -> pa.Array:
    """A mark of 128 bits for each row, in hex: rows of one table with the same mark hold the same values."""
    frame = pl.DataFrame(rows)
    halves = np.column_stack([frame.hash_rows(seed).to_numpy() for seed in SEEDS])
    digits = halves.astype(">u8").tobytes().hex().encode()
    ends = np.arange(len(halves) + 1, dtype=np.int32) * (HEX * len(SEEDS))
    return pa.StringArray.from_buffers(len(halves), pa.py_buffer(ends), pa.py_buffer(digits))


def as_csv(rows: pa.Table) -> memoryview:
    """What COPY reads."""
    sink = pa.BufferOutputStream()
    csv.write_csv(rows, sink, AS_CSV)
    return memoryview(sink.getvalue())


def from_csv(told: bytes, columns: dict[str, pa.DataType]) -> pl.DataFrame:
    """What COPY wrote."""
    if not told:
        return pl.DataFrame(pa.schema(columns).empty_table())
    rows = csv.read_csv(
        pa.BufferReader(told),
        csv.ReadOptions(column_names=list(columns)),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(column_types=columns),
    )
    return pl.DataFrame(rows)


def _column(field: models.Field[Any, Any], part: pa.Table) -> pa.ChunkedArray | pa.Array:
    given = part.column(field.column) if field.column in part.column_names else pa.nulls(part.num_rows)
    plain = _plain_text(given)
    if field.null or not plain.null_count:
        return plain
    default = pa.scalar(_default(field))
    if pa.types.is_null(plain.type):
        return pa.repeat(default, part.num_rows)
    return pc.fill_null(plain, default.cast(plain.type))


def _plain_text(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Lists and structs as JSON text; everything else as it is."""
    if pa.types.is_nested(column.type):
        return pa.array([_json(value) for value in column.to_pylist()], pa.string())
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _default(field: models.Field[Any, Any]) -> object:
    """What stands where nothing was given; null when the field has no default, and PostgreSQL refuses it."""
    value = field.get_default() if field.has_default() else None
    return _json(value) if isinstance(field, models.JSONField) else value


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    message = f"{type(value).__name__} does not fit into JSON"
    raise TypeError(message)
