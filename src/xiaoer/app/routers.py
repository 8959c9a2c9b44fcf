"""Which role does what."""

from typing import Any


class OwnerMigrates:
    """Tables are made by their owner only; the desk's role could not anyway."""

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Django's question before every migration step."""
        return db == "owner"

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        """Both aliases lead to the same database."""
        return True
