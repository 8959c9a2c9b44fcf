"""Stops: rows that say a firm is not to be approached."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope.walls import Wall


class Suppression(Scoped):
    """A firm is not to be approached on `channel` ("" = any) until `until_date` (null = for good)."""

    customer_id = models.TextField()
    channel = models.TextField(default="")
    reason = models.TextField()
    since_at = models.DateTimeField(auto_now_add=True)
    day = models.DateField()
    until_date = models.DateField(null=True)
    source = models.TextField(default="")  # which room or file wrote it
    staff_id = models.TextField(default="")

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="suppression_customer"),
            models.Index(fields=["manager_id"], name="suppression_mgr"),
            models.Index(fields=["branch_id"], name="suppression_brn"),
        ]
