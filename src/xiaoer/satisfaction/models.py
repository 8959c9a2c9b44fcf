"""Surveys sent after contacts, and what firms answered; what firms asked for or complained of."""

import uuid
from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, Scoped, ScopedRows, one_open_row
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


class Request(Published):
    """What a firm came with, as the bank's file tells it; or, with `raised_at`, written down at the desk.

    `status` and `closed_date` are the file's: what the desk did since stands in the steps (satisfaction.requests).
    Words are kept in the first step alone, where they can be erased.
    """

    request_id = models.TextField()
    customer_id = models.TextField()
    kind = models.TextField()  # complaint | fault | request | question
    topic = models.TextField(default="")
    channel = models.TextField(default="")
    product = models.TextField(default="")
    requested_date = models.DateField()
    due_date = models.DateField()
    owner_id = models.TextField(default="")  # "" where nobody answers for the firm
    status = models.TextField(default="open")  # open | closed
    closed_date = models.DateField(null=True)
    confirmed = models.BooleanField(null=True)
    raised_at = models.DateTimeField(null=True)
    contact_id = models.BigIntegerField(null=True, unique=True)  # the contact it came of

    by_desk: ClassVar[str] = "raised_at"
    web_may: ClassVar[str] = "SELECT, INSERT"

    key = ("request_id",)

    objects = ScopedRows.as_manager()

    class Meta(Published.Meta):
        constraints: ClassVar = [
            one_open_row("request_id"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["complaint", "fault", "request", "question"]),
                name="satisfaction_request_known_kind",
            ),
        ]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "until"], name="satisfaction_request_customer"),
        ]


class RequestStep(Scoped):
    """What somebody did with a request; never changed, the latest step of its kind holds.

    recorded (`words` of the firm), taken, handed (`owner_id` answers for it), due (`due_date`, for the reason in
    `words`), note, solved, confirmed (by the firm), reopened.
    """

    request_id = models.TextField()
    customer_id = models.TextField()
    step = models.TextField()
    owner_id = models.TextField(default="")
    due_date = models.DateField(null=True)
    words = models.TextField(default="")
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("words",)
    forgets: ClassVar[tuple[str, ...]] = ("words",)

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    step__in=["recorded", "taken", "handed", "due", "note", "solved", "confirmed", "reopened"]
                ),
                name="satisfaction_requeststep_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(step__in=["taken", "handed"]) | ~models.Q(owner_id=""),
                name="satisfaction_requeststep_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~models.Q(step="due") | models.Q(due_date__isnull=False),
                name="satisfaction_requeststep_has_a_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["request_id", "id"], name="satisfaction_step_request"),
            models.Index(fields=["customer_id"], name="satisfaction_step_customer"),
            models.Index(fields=["manager_id"], name="satisfaction_step_mgr"),
            models.Index(fields=["branch_id"], name="satisfaction_step_brn"),
        ]
