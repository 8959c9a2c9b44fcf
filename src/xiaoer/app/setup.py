"""Starting Django for a command or a server process."""

import os

import django

from xiaoer.kit import postgres
from xiaoer.kit.settings import settings


def ready(*, migrated: bool = True) -> None:
    """Make the database answer, wire Django, and bring the tables up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiaoer.app.settings")
    postgres.start(settings())
    django.setup()
    if migrated:
        from xiaoer.app.migrating import migrate

        migrate()
