"""What somebody arranged on the desk for themselves."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.scope.walls import Wall


class SavedView(models.Model):
    """A list's filters, order and columns under a name, seen by its owner only."""

    staff_id = models.TextField()
    page = models.TextField()
    name = models.TextField()
    query = models.JSONField(default=dict)
    position = models.IntegerField(default=0)

    wall: ClassVar[Wall] = Wall.OWN
    web_may: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff_id", "page", "name"], name="workbench_view_once")
        ]
