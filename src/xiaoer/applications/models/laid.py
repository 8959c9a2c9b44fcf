"""Parameters laid where PostgreSQL can hold applications against them."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.scope.walls import Wall


class ChecklistItem(models.Model):
    """A line of the checklists, where PostgreSQL can hold a drawdown against it. `from_amount` in fen."""

    product = models.TextField()
    kind = models.TextField()
    from_date = models.DateField()
    from_amount = models.BigIntegerField(default=0)

    wall: ClassVar[Wall] = Wall.DIRECTORY
    web_may: ClassVar[str] = "SELECT"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "kind", "from_date"], name="checklist_item_once")
        ]


class TrackLine(models.Model):
    """A track for a product, where PostgreSQL can hold parts apart by it: the first that is wide enough counts.

    `joins`: [[post, part]]; `most_amount` (fen) of a firm's requests within `months`, null for any.
    """

    name = models.TextField()
    product = models.TextField()
    from_date = models.DateField()
    most_amount = models.BigIntegerField(null=True)
    months = models.IntegerField(default=0)
    joins = models.JSONField(default=list)

    wall: ClassVar[Wall] = Wall.DIRECTORY
    web_may: ClassVar[str] = "SELECT"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "product", "from_date"], name="track_line_once")
        ]
