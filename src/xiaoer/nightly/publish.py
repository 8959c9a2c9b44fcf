"""The one bridge from the lake to the desk: changed rows by COPY, the pointer flipped last.

A published row is visible from edition `since` up to `until`. The night writes edition + 1 beside what the
desk shows, table by table; nobody sees it before the last, tiny transaction moves the pointer. A publish
that died leaves rows of an edition that never came; the next one removes them first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

import psycopg
from django.apps import apps
from django.db import connections, transaction
from psycopg import sql

from xiaoer.applications.drawdowns import CoreNote
from xiaoer.applications.jobs import find_notes
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.published import FOREVER, Pointer
from xiaoer.loans.models import Note
from xiaoer.nightly import seam
from xiaoer.nightly.changing import Change, change

PUBLISHING = 7_210_002  # the advisory lock's number
HAND_OVER = sql.SQL(
    "UPDATE {written} AS w SET branch_id = f.branch_id, manager_id = f.manager_id FROM {firms} AS f"
    " WHERE f.customer_id = w.customer_id AND f.since <= %(edition)s AND f.until > %(edition)s"
    " AND (w.branch_id, w.manager_id) IS DISTINCT FROM (f.branch_id, f.manager_id)"
)
LEARNT_ANEW = 0.1  # autovacuum does the rest at its leisure
FIRST_EDITION = 1
EDITIONS_KEPT = 3  # closed rows stay this long, for requests that began before the flip


@dataclass(frozen=True)
class Publication:
    """What a publish did; `edition` is what the desk shows now."""

    edition: int
    changes: tuple[Change, ...] = field(default=())

    @property
    def rows_changed(self) -> int:
        """Rows written or closed, over all tables."""
        return sum(change.inserted + change.closed for change in self.changes)


def publish(
    tables: Mapping[str, seam.Handed],
    business_date: date,
    run_id: str,
    *,
    published_at: datetime | None = None,
    using: str = "owner",
    reached: Callable[[str], None] = lambda _step: None,
) -> Publication:
    """Show a night's tables on the desk. The same `run_id` again changes no row.

    `tables` must hold every name of `nightly.seam.NAMES` (without columns: no rows); ValueError otherwise. Those
    made in pieces are made only when they are written, so the same night again makes none.
    `reached` hears the name of each table when it is written and "pointer" when all is done.
    """
    _check(tables)
    with _alone(using):
        shown = _shown(using)
        _undo_leftovers(shown.edition, using)
        if shown.run_id == run_id and shown.business_date == business_date:
            return Publication(shown.edition)
        edition = shown.edition + 1
        changes = [_change(name, tables[name], edition, using, reached) for name in seam.MODELS]
        with transaction.atomic(using=using):
            changes += [_change(name, tables[name], edition, using, reached) for name in seam.MASTERS]
            _hand_over(edition, using)
            _find_notes(edition, business_date, using)
            _flip(edition, business_date, run_id, published_at or SystemClock().now(), using)
        reached("pointer")
        _tidy(edition, using)
        _tell_planner(changes, using)
    return Publication(edition, tuple(changes))


def _check(tables: Mapping[str, seam.Handed]) -> None:
    missing, unknown = set(seam.NAMES) - set(tables), set(tables) - set(seam.NAMES)
    if missing or unknown:
        message = f"a publish is whole or not at all: missing {sorted(missing)}, unknown {sorted(unknown)}"
        raise ValueError(message)
    for name, table in tables.items():
        seam.check(name, table)


@contextmanager
def _alone(using: str) -> Iterator[None]:
    """One publish at a time; the lock goes with the session if the process dies."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PUBLISHING])
    try:
        yield
    finally:
        if not connections[using].needs_rollback and connections[using].is_usable():
            with connections[using].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [PUBLISHING])


def _shown(using: str) -> Pointer:
    return Pointer.objects.using(using).get_or_create(only_one=True)[0]


def _undo_leftovers(edition: int, using: str) -> None:
    for name in seam.NAMES:
        rows = seam.rows_of(name, using)
        with transaction.atomic(using=using):
            rows.filter(since__gt=edition).delete()
            rows.filter(until__gt=edition, until__lt=FOREVER).update(until=FOREVER)


def _change(
    name: str, table: seam.Handed, edition: int, using: str, reached: Callable[[str], None]
) -> Change:
    with transaction.atomic(using=using):
        unread = edition == FIRST_EDITION and name in seam.MODELS
        done = change(name, seam.rows(table), edition, using, unread=unread)
    reached(name)
    return done


def _run(query: sql.Composed, using: str, **values: object) -> int:
    with psycopg.Cursor(connections[using].connection) as cursor:
        cursor.execute(query, values or None)
        return int(cursor.rowcount)


def _hand_over(edition: int, using: str) -> None:
    """What the desk wrote about a firm goes to whoever answers for it now; a firm not published keeps its rows."""
    firms = sql.Identifier(seam.model_of("firms")._meta.db_table)
    for label in seam.FOLLOWING:
        written = sql.Identifier(apps.get_model(label)._meta.db_table)
        _run(HAND_OVER.format(written=written, firms=firms), using, edition=edition)


def _find_notes(edition: int, business_date: date, using: str) -> None:
    """Drawdowns recorded at the desk are looked for among the notes that this edition shows."""
    columns = ("note_id", "customer_id", "contract_id", "amount", "drawn_date")
    shown = Note.objects.using(using).at(edition)

    def notes_of(firms: set[str]) -> list[CoreNote]:
        return [CoreNote(**one) for one in shown.filter(customer_id__in=firms).values(*columns)]

    find_notes(notes_of, business_date, using)


def _flip(edition: int, business_date: date, run_id: str, at: datetime, using: str) -> None:
    Pointer.objects.using(using).filter(only_one=True).update(
        edition=edition, business_date=business_date, run_id=run_id, published_at=at
    )


def _tidy(edition: int, using: str) -> None:
    """Forget what no request can still be reading."""
    for name in seam.NAMES:
        kept = seam.model_of(name).kept_closed
        closed = seam.rows_of(name, using).filter(until__lte=edition - EDITIONS_KEPT)
        (closed if kept is None else closed.exclude(kept)).delete()


def _tell_planner(changes: list[Change], using: str) -> None:
    """Let the planner know the new sizes; what columns hold it learns anew only where many rows came or went."""
    for one in changes:
        if one.inserted or one.closed:
            moved = abs(one.inserted - one.closed) > one.rows * LEARNT_ANEW
            query = "ANALYZE {}" if moved else "ANALYZE {} (since, until)"
            table = sql.Identifier(seam.model_of(one.table)._meta.db_table)
            _run(sql.SQL(query).format(table), using)
