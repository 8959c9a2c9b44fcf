"""Which role does what."""

from django.db.models import Model


class OwnerMigrates:
    """Tables are made by their owner only; the desk's role could not anyway."""

    def allow_migrate(self, db: str, _app_label: str, **_hints: object) -> bool:
        """Django's question before every migration step."""
        return db == "owner"

    def allow_relation(self, _one: Model, _other: Model, **_hints: object) -> bool:
        """Both aliases lead to the same database."""
        return True
