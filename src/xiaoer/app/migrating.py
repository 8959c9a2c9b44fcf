"""Bringing the database up to date: tables, then walls. Safe to run at every start, by several at once."""

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from xiaoer.applications.laying import lay_parameters
from xiaoer.kit.scope.walls import raise_walls

MIGRATING = 7_210_001  # the advisory lock's number
FIRST_POINTER = (
    "INSERT INTO nightly_pointer (only_one, edition, run_id) VALUES (true, 0, '') ON CONFLICT DO NOTHING"
)


def migrate(using: str = "owner") -> None:
    """Run migrations, raise the walls, make sure the pointer's row is there."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            call_command("migrate", database=using, verbosity=0, interactive=False)
            raise_walls(settings.WEB_ROLE, settings.SECRET_KEY, using=using)
            cursor.execute(FIRST_POINTER)
            lay_parameters(using)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
