"""The SQL of one table's publish: stage, hash, close what changed, write what is new.

JSON travels as text and is parsed only for rows that changed; an unchanged night costs a copy and a hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString

from django.db.models import Field, JSONField
from psycopg import sql

from xiaoer.kit.published import FOREVER, Versioned
from xiaoer.nightly import seam

# Names in braces are filled in by `statements`; %(edition)s when run.
STAGE = "CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {as_text} FROM {target} WITH NO DATA"
# Compressing what lives for minutes is not worth it.
PLAIN = "ALTER TABLE {stage} ALTER COLUMN {column} SET STORAGE EXTERNAL"
COPY = "COPY {stage} ({columns}) FROM STDIN (FORMAT csv)"
MARKS = (
    "CREATE TEMPORARY TABLE {marks} ON COMMIT DROP AS"
    " SELECT {key}, md5((s.*)::text)::uuid AS payload FROM {stage} s"
)
ONE_OF_EACH = "CREATE UNIQUE INDEX ON {marks} ({key})"
CLOSE = (
    "UPDATE {target} t SET until = %(edition)s WHERE t.until = {forever} AND NOT EXISTS"
    " (SELECT 1 FROM {marks} m WHERE {t_is_m} AND m.payload = t.payload)"
)
INSERT = (
    "INSERT INTO {target} ({columns}, payload, since, until)"
    " SELECT {values}, m.payload, %(edition)s, {forever} FROM {marks} m JOIN {stage} s ON {s_is_m}"
    " WHERE NOT EXISTS (SELECT 1 FROM {target} t WHERE t.until = {forever} AND {t_is_m})"
)
# Of a list's entries only the keys a reader of the row may see, in their order.
NARROWED = (
    "(SELECT coalesce(jsonb_agg(jsonb_build_object({pairs}) ORDER BY place), '[]')"
    " FROM jsonb_array_elements({column}::jsonb) WITH ORDINALITY AS entries (entry, place))"
)


@dataclass(frozen=True)
class Statements:
    """What is run, in this order; `copy` takes CSV."""

    prepare: tuple[sql.Composed, ...]
    copy: sql.Composed
    mark: tuple[sql.Composed, ...]
    close: sql.Composed
    insert: sql.Composed
    drop: sql.Composed


def statements(model: type[Versioned]) -> Statements:
    """The statements for one published table."""
    fields, table = seam.columns_of(model), model._meta.db_table
    known: dict[str, sql.Composable] = {
        "target": sql.Identifier(table),
        "stage": sql.Identifier(f"stage_{table}"),
        "marks": sql.Identifier(f"marks_{table}"),
        "forever": sql.Literal(FOREVER),
        "columns": _listed(_column(field) for field in fields),
        "as_text": _listed(map(_as_text, fields)),
        "values": _listed(_value(model, field) for field in fields),
        "key": _listed(map(sql.Identifier, model.key)),
        "t_is_m": _same_key(model, "t", "m"),
        "s_is_m": _same_key(model, "s", "m"),
    }

    def filled(text: LiteralString, **more: sql.Composable) -> sql.Composed:
        return sql.SQL(text).format(**known, **more)

    plain = (filled(PLAIN, column=_column(f)) for f in fields if isinstance(f, JSONField))
    return Statements(
        prepare=(filled(STAGE), *plain),
        copy=filled(COPY),
        mark=(filled(MARKS), filled(ONE_OF_EACH), filled("ANALYZE {marks}")),
        close=filled(CLOSE),
        insert=filled(INSERT),
        drop=filled("DROP TABLE {stage}, {marks}"),
    )


def _listed(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def _column(field: Field[Any, Any], *of: str) -> sql.Identifier:
    return sql.Identifier(*of, str(field.column))


def _as_text(field: Field[Any, Any]) -> sql.Composable:
    name = _column(field)
    return sql.SQL("{0}::text AS {0}").format(name) if isinstance(field, JSONField) else name


def _value(model: type[Versioned], field: Field[Any, Any]) -> sql.Composable:
    """A staged column as the target takes it."""
    name = _column(field, "s")
    if not isinstance(field, JSONField):
        return name
    keys = model.kept_inside.get(str(field.column))
    if keys is None:
        return sql.SQL("{}::jsonb").format(name)
    pairs = _listed(sql.SQL("{0}, entry -> {0}").format(sql.Literal(key)) for key in keys)
    return sql.SQL(NARROWED).format(pairs=pairs, column=name)


def _same_key(model: type[Versioned], one: str, other: str) -> sql.Composed:
    pairs = ((sql.Identifier(one, name), sql.Identifier(other, name)) for name in model.key)
    return sql.SQL(" AND ").join(sql.SQL("{} = {}").format(left, right) for left, right in pairs)
