"""Arrow into the bytes COPY takes, a batch at a time and without a Python object per value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import models
from pyarrow import csv

BATCH = 50_000
# Every text is quoted, so that an unquoted nothing is NULL and "" is the empty text.
AS_CSV = csv.WriteOptions(include_header=False, batch_size=BATCH)


def copied(table: pa.Table, fields: list[models.Field[Any, Any]]) -> Iterator[memoryview]:
    """The table as CSV in the order of `fields`; a column left out is its field's default."""
    for start in range(0, table.num_rows, BATCH):
        part = table.slice(start, BATCH)
        columns = [_column(field, part) for field in fields]
        sink = pa.BufferOutputStream()
        csv.write_csv(pa.table(columns, names=[field.column for field in fields]), sink, AS_CSV)
        yield memoryview(sink.getvalue())


def _column(field: models.Field[Any, Any], part: pa.Table) -> pa.ChunkedArray | pa.Array:
    given = part.column(field.column) if field.column in part.column_names else pa.nulls(part.num_rows)
    flat = _flat(given)
    if field.null or not flat.null_count:
        return flat
    default = pa.scalar(_default(field))
    if pa.types.is_null(flat.type):
        return pa.repeat(default, part.num_rows)
    return pc.fill_null(flat, default.cast(flat.type))


def _flat(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
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
