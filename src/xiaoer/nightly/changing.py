"""One published table brought up to date: only rows whose mark changed are written, what is gone is closed.

The marks of the rows on show come out of PostgreSQL once; the new ones are taken here, a piece of the table at
a time, while the next piece is being made. A changed row is closed by its number and its successor goes in by COPY
(nightly/writing.py), so a night in which little changed costs little more than making its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl
import psycopg
import pyarrow as pa
from django.db import connections

from xiaoer.kit.published import FOREVER, Versioned
from xiaoer.nightly import seam, wire
from xiaoer.nightly.on_show import OnShow, on_show
from xiaoer.nightly.writing import Passing, Straight, Written

CLOSE = "UPDATE {target} SET until = %(edition)s WHERE id = ANY(%(ids)s)"


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
    """One table of the next `edition`, inside the caller's transaction; `unread`: nobody needs it before."""

    model: type[Versioned]
    edition: int
    connection: psycopg.Connection
    done: Change
    unread: bool = False
    keys: list[pl.DataFrame] = field(default_factory=list)

    def bring(self, rows: seam.Rows) -> Change:
        """Write all pieces and close what is gone; two rows with one key are the night's mistake: ValueError."""
        held = on_show(self.model, self.connection)
        empty = self.unread and held.rows.is_empty() and not self.model.by_desk
        try:
            with self.table.straight() if empty else self.table.through() as way:
                for piece in _ahead(self._ready(piece, held) for piece in rows.pieces()):
                    self._write(piece, way)
                seen = pl.concat([held.rows.select(self.model.key).clear(), *self.keys])
                self._refuse_twins(seen)
        except psycopg.errors.UniqueViolation as twins:
            message = f"{self.model._meta.label}: {twins.diag.message_detail}"
            raise ValueError(message) from twins
        self._close(held.without(seen))
        return self.done

    @property
    def table(self) -> Written:
        return Written(self.model, self.connection)

    def _ready(self, piece: pa.Table, held: OnShow) -> Ready:
        """What of a piece has changed; asks nothing of PostgreSQL, which is busy with the piece before."""
        rows = wire.flat(piece, seam.columns_of(self.model))
        marked = rows.append_column("payload", wire.marks(rows))
        keyed = pl.DataFrame(marked.select([*self.model.key, "payload"])).cast(pl.String)
        beside = held.beside(keyed)
        changed = beside["payload"].ne_missing(beside["held"])
        writing = marked.filter(changed.to_arrow())
        for name, value in (("since", self.edition), ("until", FOREVER)):
            writing = writing.append_column(name, pa.repeat(value, writing.num_rows))
        closing = beside.filter(changed)["id"].drop_nulls()
        return Ready(keyed.select(self.model.key), closing, writing.num_rows, wire.as_csv(writing))

    def _write(self, piece: Ready, way: Passing | Straight) -> None:
        self.keys.append(piece.keys)
        self.done.rows += piece.keys.height
        self._close(piece.closing)
        if not piece.writing:
            return
        way.write(piece.told)
        self.done.inserted += piece.writing

    def _close(self, ids: pl.Series) -> None:
        if len(ids):
            self.table.run(CLOSE, {"edition": self.edition, "ids": ids.to_list()})
            self.done.closed += len(ids)

    def _refuse_twins(self, seen: pl.DataFrame) -> None:
        twins = seen.filter(seen.is_duplicated())
        if twins.height:
            message = f"{self.model._meta.label}: the key {twins.row(0)} is there twice"
            raise ValueError(message)


def change(name: str, rows: seam.Rows, edition: int, using: str, *, unread: bool = False) -> Change:
    """Bring one table to `edition`; nobody sees it before the pointer moves.

    `unread`: no edition was ever shown and the caller's transaction is this table's alone, so it may be locked.
    """
    connection = connections[using]
    connection.ensure_connection()
    model, done = seam.model_of(name), Change(name)
    return Changing(model, edition, connection.connection, done, unread).bring(rows)


def _ahead(pieces: Iterable[Ready]) -> Iterator[Ready]:
    """The pieces in turn, the next one being made while PostgreSQL writes this one."""
    coming = iter(pieces)
    with ThreadPoolExecutor(1) as making:
        made = making.submit(next, coming, None)
        while (piece := made.result()) is not None:
            made = making.submit(next, coming, None)
            yield piece
