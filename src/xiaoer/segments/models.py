"""Rules of the segments that are changed on the desk."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Scoped, ScopedRows
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

    wall: ClassVar[Wall] = Wall.COUNTERSIGNED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True


class Goal(Scoped):
    """A dated goal of a firm's account plan; `start` is what was measured when it was set. Fen, or pieces.

    A goal of measure "words" has no numbers: a person says when it is reached.
    """

    customer_id = models.TextField()
    measure = models.TextField()  # segments.goals.MEASURES
    start = models.BigIntegerField(null=True)
    target = models.BigIntegerField(null=True)
    words = models.TextField(default="")
    begun_date = models.DateField()
    due_date = models.DateField()
    staff_id = models.TextField()
    status = models.TextField(default="open")  # open | reached | dropped
    closed_date = models.DateField(null=True)
    closed_by = models.TextField(default="")

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT, UPDATE"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("words",)
    forgets: ClassVar[tuple[str, ...]] = ("words",)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "status"], name="segments_goal_customer"),
            models.Index(fields=["manager_id", "status"], name="segments_goal_mgr"),
            models.Index(fields=["branch_id", "status"], name="segments_goal_brn"),
        ]
