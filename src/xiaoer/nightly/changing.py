"""One published table brought up to date: only rows whose mark changed are written, what is gone is closed.

The marks of the rows on show come out of PostgreSQL once; the new ones are taken here, a piece of the table at
a time, while the next piece is being made. A changed row is closed by its number and its successor goes in by COPY,
so a night in which little changed costs little more than making its rows. COPY stops at a passing table, because
PostgreSQL copies nothing into one that row-level security guards; that costs a copy of packed rows, not of text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import LiteralString

import polars as pl
import psycopg
import pyarrow as pa
from django.db import connections
from psycopg import sql

from xiaoer.kit.published import FOREVER, Versioned
from xiaoer.nightly import seam, wire

# Names in braces are filled in by `_say`.
HELD = (
    "COPY (SELECT id, {key}, encode(uuid_send(payload), 'hex') FROM {target} WHERE until = {forever})"
    " TO STDOUT (FORMAT csv)"
)
CLOSE = "UPDATE {target} SET until = %(edition)s WHERE id = ANY(%(ids)s)"
PASSING = (  # rows are packed once, where they stay
    "CREATE TEMPORARY TABLE {passing} WITH (toast_tuple_target = 8160) ON COMMIT DROP"
    " AS SELECT {columns} FROM {target} WITH NO DATA"
)
WRITE = "COPY {passing} ({columns}) FROM STDIN (FORMAT csv)"
MOVE = "INSERT INTO {target} ({columns}) SELECT {columns} FROM {passing}"
EMPTY = "TRUNCATE {passing}"
DROP = "DROP TABLE {passing}"


@dataclass
class Change:
    """How one table changed: rows handed over, rows written new, rows no longer shown."""

    table: str
    rows: int = 0
    inserted: int = 0
    closed: int = 0


@dataclass(frozen=True)
class Ready:
    """A piece as PostgreSQL takes it: all its keys, the rows to close by number, the rows to write as CSV."""

    keys: pl.DataFrame
    closing: pl.Series
    writing: int
    told: memoryview


@dataclass
class Changing:
    """One table of the next `edition`, inside the caller's transaction."""

    model: type[Versioned]
    edition: int
    connection: psycopg.Connection
    done: Change
    keys: list[pl.DataFrame] = field(default_factory=list)

    def bring(self, rows: seam.Rows) -> Change:
        """Write all pieces and close what is gone; two rows with one key are the night's mistake: ValueError."""
        held = self._held()
        self._run(PASSING)
        try:
            for piece in _ahead(self._ready(piece, held) for piece in rows.pieces()):
                self._write(piece)
        except psycopg.errors.UniqueViolation as twins:
            message = f"{self.model._meta.label}: {twins.diag.message_detail}"
            raise ValueError(message) from twins
        seen = pl.concat([held.select(self.model.key).clear(), *self.keys])
        self._refuse_twins(seen)
        self._close(held.join(seen, on=self.model.key, how="anti")["id"])
        self._run(DROP)
        return self.done

    def _held(self) -> pl.DataFrame:
        """Number, key and mark of each row on show."""
        with self.connection.cursor() as cursor, cursor.copy(self._say(HELD)) as copying:
            told = b"".join(copying)
        return wire.from_csv(
            told, {"id": pa.int64(), **dict.fromkeys((*self.model.key, "held"), pa.string())}
        )

    def _ready(self, piece: pa.Table, held: pl.DataFrame) -> Ready:
        """What of a piece has changed; asks nothing of PostgreSQL, which is busy with the piece before."""
        rows = wire.flat(piece, seam.columns_of(self.model))
        marked = rows.append_column("payload", wire.marks(rows))
        keyed = pl.DataFrame(marked.select([*self.model.key, "payload"])).cast(pl.String)
        beside = keyed.join(held, on=self.model.key, how="left", maintain_order="left")
        changed = beside["payload"].ne_missing(beside["held"])
        writing = marked.filter(changed.to_arrow())
        for name, value in (("since", self.edition), ("until", FOREVER)):
            writing = writing.append_column(name, pa.repeat(value, writing.num_rows))
        closing = beside.filter(changed)["id"].drop_nulls()
        return Ready(keyed.select(self.model.key), closing, writing.num_rows, wire.as_csv(writing))

    def _write(self, piece: Ready) -> None:
        self.keys.append(piece.keys)
        self.done.rows += piece.keys.height
        self._close(piece.closing)
        if not piece.writing:
            return
        with psycopg.Cursor(self.connection) as cursor, cursor.copy(self._say(WRITE)) as copying:
            copying.write(piece.told)
        self._run(MOVE)
        self._run(EMPTY)
        self.done.inserted += piece.writing

    def _close(self, ids: pl.Series) -> None:
        if len(ids):
            self._run(CLOSE, {"edition": self.edition, "ids": ids.to_list()})
            self.done.closed += len(ids)

    def _refuse_twins(self, seen: pl.DataFrame) -> None:
        twins = seen.filter(seen.is_duplicated())
        if twins.height:
            message = f"{self.model._meta.label}: the key {twins.row(0)} is there twice"
            raise ValueError(message)

    def _run(self, text: LiteralString, values: dict[str, object] | None = None) -> None:
        with psycopg.Cursor(self.connection) as cursor:
            cursor.execute(self._say(text), values)

    def _say(self, text: LiteralString) -> sql.Composed:
        table = self.model._meta.db_table
        names = [*(str(one.column) for one in seam.columns_of(self.model)), "payload", "since", "until"]
        columns = map(sql.Identifier, names)
        return sql.SQL(text).format(
            target=sql.Identifier(table),
            passing=sql.Identifier(f"passing_{table}"),
            key=sql.SQL(", ").join(map(sql.Identifier, self.model.key)),
            columns=sql.SQL(", ").join(columns),
            forever=sql.Literal(FOREVER),
        )


def change(name: str, rows: seam.Rows, edition: int, using: str) -> Change:
    """Bring one table to `edition`; nobody sees it before the pointer moves."""
    connection = connections[using]
    connection.ensure_connection()
    return Changing(seam.model_of(name), edition, connection.connection, Change(name)).bring(rows)


def _ahead(pieces: Iterable[Ready]) -> Iterator[Ready]:
    """The pieces in turn, the next one being made while PostgreSQL writes this one."""
    coming = iter(pieces)
    with ThreadPoolExecutor(1) as making:
        made = making.submit(next, coming, None)
        while (piece := made.result()) is not None:
            made = making.submit(next, coming, None)
            yield piece
