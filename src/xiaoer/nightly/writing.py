"""How rows reach a published table: past its walls by way of a passing one, or straight in before anybody reads it.

PostgreSQL copies nothing into a table that row-level security guards, not even for its owner, and lifting the walls
locks the table until the transaction ends. So that is done only for the very first edition, whose tables are empty and
read by nobody: rows are copied straight in, and the indexes are built over all of them at once. Walls and indexes come
back in the same transaction; where it fails, they were never gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from xiaoer.kit.published import Versioned
from xiaoer.nightly import seam

PASSING = (  # rows are packed once, where they stay
    "CREATE TEMPORARY TABLE {passing} WITH (toast_tuple_target = 8160) ON COMMIT DROP"
    " AS SELECT {columns} FROM {target} WITH NO DATA"
)
WRITE = "COPY {passing} ({columns}) FROM STDIN (FORMAT csv)"
MOVE = "INSERT INTO {target} ({columns}) SELECT {columns} FROM {passing}"
EMPTY = "TRUNCATE {passing}"
DROP = "DROP TABLE {passing}"

WALLED = "SELECT relforcerowsecurity::text FROM pg_class WHERE oid = %(table)s::regclass"
INDEXES = (  # those a constraint stands on go and come with it alone
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
    " WHERE indrelid = %(table)s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
)
BARE = "TRUNCATE {target}"  # and rows copied after it in its transaction need no second look by anybody
OPEN = "ALTER TABLE {target} NO FORCE ROW LEVEL SECURITY"
SHUT = "ALTER TABLE {target} FORCE ROW LEVEL SECURITY"
FILL = "COPY {target} ({columns}) FROM STDIN (FORMAT csv, FREEZE)"


@dataclass(frozen=True)
class Written:
    """One table of the desk that rows are written to, inside the caller's transaction."""

    model: type[Versioned]
    connection: psycopg.Connection

    @contextmanager
    def through(self) -> Iterator[Passing]:
        """Past the walls, while others read the table."""
        self.run(PASSING)
        yield Passing(self)
        self.run(DROP)

    @contextmanager
    def straight(self) -> Iterator[Straight]:
        """Into the empty table, which is locked until the transaction ends."""
        indexes, walled = self._asked(INDEXES), self._asked(WALLED) == [("true",)]
        self.run(BARE)
        for name, _ in indexes:
            self.connection.execute(f"DROP INDEX {name}".encode())
        if walled:
            self.run(OPEN)
        yield Straight(self)
        for _, definition in indexes:
            self.connection.execute(definition.encode())
        if walled:
            self.run(SHUT)

    def run(self, text: LiteralString, values: dict[str, object] | None = None) -> None:
        with psycopg.Cursor(self.connection) as cursor:
            cursor.execute(self.say(text), values)

    def copy(self, text: LiteralString, told: memoryview) -> None:
        with psycopg.Cursor(self.connection) as cursor, cursor.copy(self.say(text)) as copying:
            copying.write(told)

    def say(self, text: LiteralString) -> sql.Composed:
        """A statement with the names of this table filled in."""
        table = self.model._meta.db_table
        names = [*(str(one.column) for one in seam.columns_of(self.model)), "payload", "since", "until"]
        return sql.SQL(text).format(
            target=sql.Identifier(table),
            passing=sql.Identifier(f"passing_{table}"),
            columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        )

    def _asked(self, text: LiteralString) -> list[tuple[str, ...]]:
        with psycopg.Cursor(self.connection) as cursor:
            return cursor.execute(text, {"table": self.model._meta.db_table}).fetchall()


@dataclass(frozen=True)
class Passing:
    """Rows go into a table of this session, and from there on."""

    table: Written

    def write(self, told: memoryview) -> None:
        self.table.copy(WRITE, told)
        self.table.run(MOVE)
        self.table.run(EMPTY)


@dataclass(frozen=True)
class Straight:
    """Rows go where they stay."""

    table: Written

    def write(self, told: memoryview) -> None:
        self.table.copy(FILL, told)
