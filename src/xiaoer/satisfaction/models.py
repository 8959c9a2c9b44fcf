"""Surveys sent after contacts, and what firms answered."""

import uuid
from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope.walls import Wall


class Survey(Scoped):
    """A question about one contact; answered once, by whoever holds the link or on the telephone."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer_id = models.TextField()
    contact_id = models.BigIntegerField(unique=True)
    judged_id = models.TextField()  # the member of staff the contact was with
    product_id = models.TextField(default="")  # what was offered in the contact, "" where nothing was
    channel = models.TextField()  # message: a link the bank sends | call: asked on the telephone
    day = models.DateField()  # asked
    until_date = models.DateField()  # open through this day
    score = models.IntegerField(null=True)  # 0 worst to 10 best
    topics = models.JSONField(default=list)
    comment = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_date = models.DateField(null=True)
    taken_by = models.TextField(default="")  # who asked on the telephone; "" by link

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT, UPDATE"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("comment",)
    forgets: ClassVar[tuple[str, ...]] = ("comment",)

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__range=(0, 10)),
                name="satisfaction_survey_score",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True, answered_at__isnull=True)
                | models.Q(score__isnull=False, answered_at__isnull=False),
                name="satisfaction_survey_answered_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "day"], name="satisfaction_survey_customer"),
            models.Index(fields=["manager_id", "day"], name="satisfaction_survey_mgr"),
            models.Index(fields=["branch_id", "day"], name="satisfaction_survey_brn"),
        ]
