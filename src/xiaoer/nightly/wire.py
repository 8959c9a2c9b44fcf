"""Arrow into the bytes COPY takes, and each row's mark, a piece at a time and without a Python object per value."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from django.db import models
from pyarrow import csv

# Every text is quoted, so that an unquoted nothing is NULL and "" is the empty text.
AS_CSV = csv.WriteOptions(include_header=False)
# PostgreSQL's text holds no NUL, so NUL between values and a sign before each one keep any two rows apart.
MARK = "SELECT md5(concat_ws(chr(0), {values})) AS mark FROM piece"
VALUE = "coalesce(chr(1) || \"{column}\"::VARCHAR, '')"


def flat(piece: pa.Table, fields: list[models.Field[Any, Any]]) -> pa.Table:
    """The columns of `fields` in their order, JSON as text; a column left out is its field's default."""
    names = [str(field.column) for field in fields]
    return pa.table([_column(field, piece) for field in fields], names=names)


def marks(rows: pa.Table) -> pa.ChunkedArray:
    """MD5 of each row in hex: two rows with the same mark hold the same values."""
    values = ", ".join(VALUE.format(column=name.replace('"', '""')) for name in rows.column_names)
    with duckdb.connect() as connection:
        connection.register("piece", rows)
        return connection.execute(MARK.format(values=values)).to_arrow_table()["mark"]


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
