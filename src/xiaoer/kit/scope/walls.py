"""Row-level security for every table, raised after each migration and the same however often it runs.

Each model says with `wall` how its rows are guarded and with `web_may` what the desk's role may do. A model
that says nothing is sealed: no policy, no grant, so forgetting it shows nothing.
"""

import hashlib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from django.apps import apps
from django.db import connections, models, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from xiaoer.kit.scope import checking_keys

FUNCTIONS = Path(__file__).with_name("functions.sql")
KEYS = "scope_secret"  # the table of keys by which a token is checked
IN_SCOPE = (
    "((SELECT scope_everything()) OR branch_id = ANY((SELECT scope_branches())::text[])"
    " OR manager_id = ANY((SELECT scope_managers())::text[]))"
)
MINE = "(staff_id = (SELECT scope_staff()))"
SIGNED = "((SELECT scope_valid()))"
LEADS = "((SELECT scope_everything()) OR branch_id = ANY((SELECT scope_branches())::text[]))"
GAVE = "(from_id = (SELECT scope_staff()))"
ANYBODY = "(true)"
NOBODY = "(false)"


class Wall(Enum):
    """How a table's rows are guarded: (who reads a row, who may write it), as SQL conditions."""

    SCOPED = (IN_SCOPE, IN_SCOPE)  # rows of a portfolio
    AUTHORED = (
        f"({IN_SCOPE} OR {MINE})",
        MINE,
    )  # read by whoever sees the firm, written in one's own name only
    VOUCHED = (IN_SCOPE, f"({IN_SCOPE} AND {MINE})")  # rows of a portfolio, each written in one's own name
    OWN = (MINE, MINE)  # somebody's own settings
    DIRECTORY = (SIGNED, NOBODY)  # the organisation itself: everybody who is signed in
    LED = (
        SIGNED,
        f"({MINE} OR {LEADS})",
    )  # read by everybody signed in, written by oneself or who sees the branch
    HANDED = (
        f"({IN_SCOPE} OR {GAVE})",
        LEADS,
    )  # also read by whom it came from; written by who sees the branch
    COUNTERSIGNED = (SIGNED, MINE)  # read by everybody signed in, each row written in one's own name
    OPEN = (ANYBODY, ANYBODY)  # needed before anybody is signed in; see `web_may`
    SEALED = (NOBODY, NOBODY)  # the night's and the owner's


# Django's own tables, without row-level security: what the desk's role may do there, and why that is right.
EXCEPTIONS = {
    "django_session": (
        "SELECT, INSERT, UPDATE, DELETE",
        "found by its secret key before anybody is signed in",
    ),
    "django_migrations": ("", "names of schema changes; the desk's role has no right to it"),
    "django_content_type": ("", "names of tables; the desk's role has no right to it"),
    "auth_permission": ("", "unused: rights come from posts; no right to it"),
    "auth_group": ("", "unused: rights come from posts; no right to it"),
    "auth_group_permissions": ("", "unused: rights come from posts; no right to it"),
}


def raise_walls(web_role: str, secret: str, *, using: str = "owner") -> bool:
    """Bring functions, policies, grants and triggers up to date; True when something was changed."""
    statements = [FUNCTIONS.read_text(encoding="utf-8"), *_statements(web_role, _owner(using))]
    fingerprint = hashlib.sha256("\n".join([*statements, *_tables(using)]).encode()).hexdigest()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        changed = _standing(cursor) != fingerprint
        if changed:
            for statement in [*statements, _comment(fingerprint)]:
                cursor.execute(statement)
        _keep_secret(cursor, secret)
    return changed


def _owner(using: str) -> str:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _tables(using: str) -> list[str]:
    """All but the one that raising walls makes itself: a second process is to find nothing to do."""
    with connections[using].cursor() as cursor:
        return sorted({*connections[using].introspection.table_names(cursor)} - {KEYS})


def _standing(cursor: CursorWrapper) -> str | None:
    cursor.execute("SELECT obj_description(to_regclass('scope_secret'))")
    row = cursor.fetchone()
    return row[0] if row else None


def _comment(fingerprint: str) -> str:
    return f"COMMENT ON TABLE scope_secret IS '{fingerprint}'"


def _keep_secret(cursor: CursorWrapper, secret: str) -> None:
    cursor.execute(
        "INSERT INTO scope_secret (inner_key, outer_key) VALUES (%s, %s) ON CONFLICT (only_one) DO UPDATE"
        " SET inner_key = excluded.inner_key, outer_key = excluded.outer_key"
        " WHERE scope_secret.inner_key <> excluded.inner_key",
        checking_keys(secret),
    )


def _statements(web_role: str, owner: str) -> Iterator[str]:
    web, me = (sql.Identifier(name).as_string() for name in (web_role, owner))
    yield f"GRANT USAGE ON SCHEMA public TO {web}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {web}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {web}"
    yield from _wall("scope_secret", Wall.SEALED, "", web, me)
    for model in _models():
        wall, may = getattr(model, "wall", Wall.SEALED), getattr(model, "web_may", "")
        yield from _wall(model._meta.db_table, wall, may, web, me)
        yield from _history(model)
    for table, (may, _) in EXCEPTIONS.items():
        if may:
            yield f"GRANT {may} ON {table} TO {web}"


def _models() -> list[type[models.Model]]:
    mine = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return [model for model in mine if model._meta.db_table not in EXCEPTIONS]


def _wall(table: str, wall: Wall, may: str, web: str, owner: str) -> Iterator[str]:
    reads, writes = wall.value
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    for policy in ("owner", "web_reads", "web_adds", "web_changes", "web_removes"):
        yield f"DROP POLICY IF EXISTS {policy} ON {table}"
    yield f"CREATE POLICY owner ON {table} TO {owner} USING (true) WITH CHECK (true)"
    if not may:
        return
    yield f"GRANT {may} ON {table} TO {web}"
    yield f"CREATE POLICY web_reads ON {table} FOR SELECT TO {web} USING {reads}"
    yield f"CREATE POLICY web_adds ON {table} FOR INSERT TO {web} WITH CHECK {writes}"
    yield f"CREATE POLICY web_changes ON {table} FOR UPDATE TO {web} USING {writes} WITH CHECK {writes}"
    yield f"CREATE POLICY web_removes ON {table} FOR DELETE TO {web} USING {writes}"


def _history(model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    if getattr(model, "keeps_history", False):
        left_out = ", ".join(f"'{column}'" for column in getattr(model, "history_leaves_out", ()))
        yield (
            f"CREATE OR REPLACE TRIGGER history_keep AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION history_keep({left_out})"
        )
