"""The rows a published table shows, by number, key and mark: what a night's rows are held against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

import numpy as np
import numpy.typing as npt
import polars as pl
import psycopg
import pyarrow as pa
from psycopg import sql

from xiaoer.kit.published import FOREVER, Versioned
from xiaoer.nightly import wire

AT_ONCE = 100_000  # numbers that one answer tells of
NUMBERS = "SELECT min(id), max(id) FROM {target} WHERE until = {forever}"
# One text for many rows: a message for each would cost more than what it says.
LINES = (
    "SELECT string_agg({line}, {end}) FROM {target} WHERE until = {forever} AND {nightly}"
    " AND id BETWEEN %(first)s AND %(last)s"
)
QUOTED = """'"' || replace(coalesce({name}::text, ''), '"', '""') || '"'"""
MARK = "coalesce(encode(uuid_send(payload), 'hex'), '')"


class OnShow:
    """Number (`id`), key and mark (`held`) of each open row, found by a hash of the key and checked by the key."""

    def __init__(self, rows: pl.DataFrame, key: tuple[str, ...]) -> None:
        self.rows, self.key = rows, list(key)
        hashes = self._hashes(rows)
        self.order = np.argsort(hashes, kind="stable")
        self.hashes = hashes[self.order]

    def beside(self, keyed: pl.DataFrame) -> pl.DataFrame:
        """`id` and `held` beside each row of `keyed`, null where no such row is on show."""
        if self.rows.is_empty():
            nothing = [pl.lit(None, kind).alias(name) for name, kind in self.rows.schema.items()]
            return keyed.with_columns(one for one in nothing if one.meta.output_name() not in self.key)
        hashes = self._hashes(keyed)
        place = np.searchsorted(self.hashes, hashes).clip(max=len(self.hashes) - 1)
        met = self.hashes[place] == hashes
        there = self.rows[self.order[place]]
        same = pl.DataFrame([keyed[name].eq_missing(there[name]) for name in self.key])
        mine = same.select(pl.all_horizontal(pl.all())).to_series().to_numpy() & met
        if (met & ~mine).any():  # two keys of one hash: once in the life of many banks
            return keyed.join(self.rows, on=self.key, how="left", maintain_order="left", nulls_equal=True)
        found = there.select(pl.when(pl.Series(mine)).then(pl.col("id", "held")))
        return keyed.hstack(found)

    def without(self, keyed: pl.DataFrame) -> pl.Series:
        """Numbers of the rows whose key is not among these."""
        return self.rows.join(keyed, on=self.key, how="anti", nulls_equal=True)["id"]

    def _hashes(self, rows: pl.DataFrame) -> npt.NDArray[np.uint64]:
        return rows.select(self.key).hash_rows().to_numpy()


def on_show(model: type[Versioned], connection: psycopg.Connection) -> OnShow:
    """What `model` shows now of the night's own, read in ranges of its numbers."""
    columns = {"id": pa.int64(), **dict.fromkeys((*model.key, "held"), pa.string())}
    parts = [wire.from_csv(told, columns) for told in _told(model, connection)]
    return OnShow(pl.concat(parts) if parts else wire.from_csv(b"", columns), model.key)


def _told(model: type[Versioned], connection: psycopg.Connection) -> Iterator[bytes]:
    with psycopg.Cursor(connection) as cursor:
        first, last = cursor.execute(_say(NUMBERS, model)).fetchone() or (None, None)
        for start in range(first, last + 1, AT_ONCE) if first is not None else ():
            within = {"first": start, "last": start + AT_ONCE - 1}
            (text,) = cursor.execute(_say(LINES, model), within).fetchone() or (None,)
            if text:
                yield text.encode()


def _say(text: LiteralString, model: type[Versioned]) -> sql.Composed:
    key = [sql.SQL(QUOTED).format(name=sql.Identifier(name)) for name in model.key]
    line = sql.SQL(" || ',' || ").join([sql.SQL("id"), *key, sql.SQL(MARK)])
    mine = model.by_desk
    return sql.SQL(text).format(
        line=line,
        nightly=sql.SQL("{} IS NULL").format(sql.Identifier(mine)) if mine else sql.SQL("true"),
        end=sql.Literal("\n"),
        target=sql.Identifier(model._meta.db_table),
        forever=sql.Literal(FOREVER),
    )
