"""Rules of the segments that are changed on the desk."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.scope.walls import Wall


class IdealRule(models.Model):
    """What an ideal firm must show from a day on; never changed, the next one follows.

    `criteria` as `segments.ideal.Criteria`; `kept` is how many firms of its author's scope were left after each step.
    """

    staff_id = models.TextField()
    from_date = models.DateField()
    adopted_at = models.DateTimeField(auto_now_add=True)
    criteria = models.JSONField()
    kept = models.JSONField(default=list)

    wall: ClassVar[Wall] = Wall.SIGNED_BY
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
