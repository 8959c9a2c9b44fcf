"""Applications with their steps, papers, exceptions and appraisals: rows that are added to, never rewritten.

The guards in `migrations/` hold stages, the separation of parts and the checklist in PostgreSQL itself.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope.walls import Wall


class Application(Scoped):
    """What a firm asked for. The stage and all that was decided are written by steps alone. Amounts in fen."""

    customer_id = models.TextField()
    product = models.TextField()  # credit | mortgage | guarantee | invoice
    amount = models.BigIntegerField()
    term_months = models.IntegerField()
    purpose = models.TextField()
    source = models.TextField(default="manager")
    staff_id = models.TextField()  # who wrote the request
    received_date = models.DateField()
    track = models.TextField(default="full")  # written by the database on the day of the request
    stage = models.TextField(default="received")
    stage_since_at = models.DateTimeField()
    approved_amount = models.BigIntegerField(null=True)
    approved_rate = models.FloatField(null=True)
    approved_term_months = models.IntegerField(null=True)
    decided_date = models.DateField(null=True)
    decline_reason = models.TextField(default="")
    drawn_date = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("purpose",)
    forgets: ClassVar[tuple[str, ...]] = ("purpose",)

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, term_months__gt=0), name="application_asks_for_something"
            ),
            models.CheckConstraint(
                condition=Q(approved_amount__isnull=True) | Q(approved_amount__lte=models.F("amount")),
                name="application_not_more_than_asked",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="applications_app_customer"),
            models.Index(fields=["manager_id", "stage"], name="applications_app_mgr"),
            models.Index(fields=["branch_id", "stage"], name="applications_app_brn"),
        ]


class Step(Scoped):
    """Somebody moved an application; `waited_minutes` of office time in the stage it left, `minutes` of work."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    customer_id = models.TextField()
    staff_id = models.TextField()
    part = models.TextField()
    verb = models.TextField()
    from_stage = models.TextField()
    to_stage = models.TextField()
    at = models.DateTimeField()
    day = models.DateField()
    waited_minutes = models.IntegerField(default=0)
    minutes = models.IntegerField(null=True)
    words = models.TextField(default="")
    reason = models.TextField(default="")
    amount = models.BigIntegerField(null=True)
    rate = models.FloatField(null=True)
    term_months = models.IntegerField(null=True)
    reference = models.TextField(default="")  # number of the contract, of the note

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"
    forgets: ClassVar[tuple[str, ...]] = ("words",)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["manager_id", "day"], name="applications_step_mgr"),
            models.Index(fields=["branch_id", "day"], name="applications_step_brn"),
        ]


class Paper(Scoped):
    """Something happened to a paper: received, verified, rejected. The latest entry of a kind counts.

    The file itself stays in the bank; `place` says where. `taken_*` say where and when a photo was taken.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    customer_id = models.TextField()
    kind = models.TextField()
    state = models.TextField()  # received | verified | rejected
    staff_id = models.TextField()
    at = models.DateTimeField()
    day = models.DateField()
    expires_date = models.DateField(null=True)  # the last good day
    place = models.TextField(default="")
    words = models.TextField(default="")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"
    forgets: ClassVar[tuple[str, ...]] = ("words", "place")

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("received", "verified", "rejected")), name="paper_state_known"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["branch_id"], name="applications_paper_brn")]


class Exemption(Scoped):
    """An item of the checklist is asked to be let go, for now (`until_date`) or for good; answered once."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    customer_id = models.TextField()
    kind = models.TextField()
    words = models.TextField()
    staff_id = models.TextField()  # who asks
    at = models.DateTimeField()
    day = models.DateField()
    until_date = models.DateField(null=True)
    answer = models.TextField(default="")  # granted | refused
    answer_words = models.TextField(default="")
    answered_by = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_date = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = (
        "SELECT, INSERT, UPDATE (answer, answer_words, answered_by, answered_at, answered_date)"
    )
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("words", "answer_words")
    forgets: ClassVar[tuple[str, ...]] = ("words", "answer_words")

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "kind"], condition=Q(answer=""), name="exemption_asked_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["manager_id", "answer"], name="applications_exempt_mgr"),
            models.Index(fields=["branch_id", "answer"], name="applications_exempt_brn"),
        ]


class Appraisal(Scoped):
    """One version of the worksheet: what went in, what came out, by the rules of which day. Never changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    customer_id = models.TextField()
    version = models.IntegerField()
    rules_date = models.DateField()
    inputs = models.JSONField()
    result = models.JSONField()
    staff_id = models.TextField()
    at = models.DateTimeField()
    day = models.DateField()
    words = models.TextField(default="")

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"
    forgets: ClassVar[tuple[str, ...]] = ("words",)

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "version"], name="appraisal_version_once")
        ]
        indexes: ClassVar = [models.Index(fields=["branch_id"], name="applications_appr_brn")]
