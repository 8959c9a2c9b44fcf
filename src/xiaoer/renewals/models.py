"""Notes that end soon as the desk shows them, the three no's counted, and evidence people brought."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, Scoped, ScopedRows, one_open_row
from xiaoer.kit.scope.walls import Wall


class Renewal(Published):
    """The work item of a maturing note; `conditions` are [{condition, state, because: [reason]}]. Amounts in fen."""

    note_id = models.TextField()
    customer_id = models.TextField()
    product = models.TextField(default="")
    balance = models.BigIntegerField()
    rate = models.FloatField(null=True)
    due_date = models.DateField()
    stage = models.TextField()  # failing | gaps_open | fit | signed, before anybody's evidence
    signed_date = models.DateField(null=True)
    conditions = models.JSONField(default=list)

    key = ("note_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("note_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="renewals_renewal_customer"),
        ]


class Promise(Published):
    """How the three no's were kept in a month: smooth, gap, cut, withdrawal; days and fen."""

    month = models.DateField()
    kind = models.TextField()
    loans = models.IntegerField()
    days = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)

    key = ("month", "kind", "branch_id", "manager_id")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("month", "kind", "branch_id", "manager_id")]


class Evidence(Scoped):
    """What a person saw for a condition of which too little was known. Never changed."""

    note_id = models.TextField()
    customer_id = models.TextField()
    condition = models.TextField()
    words = models.TextField()
    staff_id = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    day = models.DateField()

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("words",)
    forgets: ClassVar[tuple[str, ...]] = ("words",)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["note_id", "condition"], name="renewals_evidence_note")]
