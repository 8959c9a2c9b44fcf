"""Who looked at what, and who wrote what: kept for whoever is asked later."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.walls import Wall


class Reading(Scoped):
    """Somebody opened a firm's page or took rows away in a file."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    staff_id = models.TextField()
    what = models.TextField()  # firm | export | …
    customer_id = models.TextField(default="", db_index=True)
    detail = models.JSONField(default=dict)
    address = models.TextField(default="")

    wall: ClassVar[Wall] = Wall.AUTHORED
    web_may: ClassVar[str] = "SELECT, INSERT"

    objects = ScopedRows.as_manager()


class History(Scoped):
    """One write to a desk table, kept by a trigger the desk's role cannot reach around."""

    at = models.DateTimeField()
    staff_id = models.TextField()
    deed = models.TextField()  # insert | update | delete
    table_name = models.TextField()
    row_id = models.TextField()
    customer_id = models.TextField(default="", db_index=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [BrinIndex(fields=["at"], name="kit_history_at")]


def note_reading(
    scope: Scope,
    what: str,
    *,
    customer_id: str = "",
    branch_id: str = "",
    manager_id: str = "",
    detail: dict[str, object] | None = None,
    address: str = "",
) -> None:
    """Write down that the scope's owner read this; an export names no firm and belongs to its taker."""
    Reading.objects.create(
        staff_id=scope.staff_id,
        what=what,
        customer_id=customer_id,
        branch_id=branch_id,
        manager_id=manager_id or scope.staff_id,
        detail=detail or {},
        address=address,
    )
