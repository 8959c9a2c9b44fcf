"""Showing PostgreSQL a scope, for the length of one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from django.conf import settings
from django.db import connections, transaction
from psycopg.pq import TransactionStatus

from xiaoer.kit.dates import SystemClock
from xiaoer.kit.scope import Scope, sign

SETTING = "xiaoer.scope"
TOKEN_LIFE = timedelta(minutes=10)  # one request, generously


@contextmanager
def acting_as(scope: Scope, *, now: datetime | None = None, using: str = "default") -> Iterator[None]:
    """One transaction in which the database shows this scope and nothing else."""
    with transaction.atomic(using=using):
        show(scope, now or SystemClock().now(), using=using)
        try:
            yield
        finally:
            hide(using=using)


def show(scope: Scope, now: datetime, *, using: str = "default") -> None:
    """Let the running transaction see this scope's rows."""
    set_token(sign(scope, settings.SECRET_KEY, now + TOKEN_LIFE), using=using)


def hide(*, using: str = "default") -> None:
    """Let the running transaction see nothing again; in a broken one the rollback does that."""
    connection = connections[using]
    if connection.connection.info.transaction_status is not TransactionStatus.INERROR:
        set_token("", using=using)


def set_token(token: str, *, using: str = "default") -> None:
    """Hand PostgreSQL a token for this transaction, as a bound parameter: never text in pg_stat_activity."""
    connection = connections[using]
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, token])
