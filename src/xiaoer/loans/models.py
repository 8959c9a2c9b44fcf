"""Notes, classes and reports as the desk shows them, and the three hands a class change passes through."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import AsWritten, Published, Scoped, ScopedRows, one_open_row
from xiaoer.kit.scope.walls import Wall


class Note(Published):
    """A drawdown note on the book; amounts in fen. `book_class` is the bank's, `rule_class` what the rules ask for."""

    note_id = models.TextField()
    customer_id = models.TextField()
    contract_id = models.TextField(default="")
    product_id = models.TextField(default="")
    product = models.TextField(default="")
    amount = models.BigIntegerField()
    balance = models.BigIntegerField()
    overdue_amount = models.BigIntegerField(default=0)
    days_past_due = models.IntegerField(default=0)
    book_days_past_due = models.IntegerField(null=True)  # as the bank counts them
    bucket = models.IntegerField(default=0)  # first day of the bucket, 0 for none
    asset_class = models.TextField(default="non_retail")
    book_class = models.TextField(default="")  # "" where the bank names none
    rule_class = models.TextField(default="normal")
    rule = models.TextField(default="")
    last_late_date = models.DateField(null=True)
    drawn_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    next_due_date = models.DateField(null=True)
    rate = models.FloatField(null=True)
    repayment_method = models.TextField(default="")
    security = models.TextField(default="")
    credit_limit = models.BigIntegerField(null=True)
    inclusive = models.BooleanField(default=False)
    times = AsWritten(default=list)  # [{floor, in, out}], out null while it lasts, oldest first
    plan = AsWritten(default=list)  # [{no, due, principal, interest, paid}] of a year back and ahead

    key = ("note_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("note_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="loans_note_customer"),
            models.Index(
                fields=["days_past_due", "until"],
                condition=models.Q(days_past_due__gt=0),
                name="loans_note_late",
            ),
        ]


class Arrears(Published):
    """A firm that was ever past due: its times in each bucket, and the dues that made it late, settled notes' too."""

    customer_id = models.TextField()
    times = models.JSONField(default=list)  # [{floor, in, out}]: some note so many days past due or more
    late = models.JSONField(
        default=list
    )  # [{note, due, from, until}], until null while it is open, oldest first

    key = ("customer_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="loans_arrears_customer"),
        ]


class PlanCheck(Published):
    """A note's delivered plan against its contract since the rate turned last; amounts in fen, rates fractions."""

    note_id = models.TextField()
    customer_id = models.TextField()
    product = models.TextField(default="")
    balance = models.BigIntegerField()
    rate_kind = models.TextField(default="")
    rate = models.FloatField(null=True)  # as it should be
    note_rate = models.FloatField(null=True)
    base_date = models.DateField(null=True)  # the rate turned last, or the note was drawn
    next_date = models.DateField(null=True)
    next_rate = models.FloatField(null=True)  # at tonight's LPR
    day_rule = models.TextField(default="")
    missing = models.JSONField(default=list)  # codes of what the contract does not say
    compared = models.IntegerField(default=0)
    departs = models.BooleanField(default=False)
    day_rows = models.IntegerField(default=0)
    amount_rows = models.IntegerField(default=0)
    gap_amount = models.BigIntegerField(default=0)
    count_gap = models.IntegerField(default=0)
    rate_gap = models.FloatField(default=0)
    since_date = models.DateField(null=True)

    key = ("note_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("note_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="loans_plancheck_customer"),
        ]


class ClassMove(Published):
    """A change of what the rules ask for: from one month-end (or tonight) to the next, and the rule that made it."""

    note_id = models.TextField()
    customer_id = models.TextField()
    day = models.DateField()
    from_class = models.TextField()
    to_class = models.TextField()
    rule = models.TextField(default="")  # "" when the one before no longer holds
    rule_before = models.TextField(default="")

    key = ("note_id", "day", "to_class")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("note_id", "day", "to_class")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="loans_classmove_customer"),
        ]


class Migration(Published):
    """Notes by class on one month-end and the next; "" stands for not on the book."""

    month = models.DateField()  # the first of the later month
    from_class = models.TextField(default="")
    to_class = models.TextField(default="")
    notes = models.IntegerField()
    balance = models.BigIntegerField()

    key = ("month", "from_class", "to_class", "branch_id", "manager_id")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("month", "from_class", "to_class", "branch_id", "manager_id")]


class Vintage(Published):
    """What was drawn in a month, and by age in months what of it was past due for the first time; fen."""

    month = models.DateField()
    product_id = models.TextField(default="")
    notes = models.IntegerField()
    amount = models.BigIntegerField()
    late_30 = models.JSONField(default=list)  # [[age, fen]] first over 30 days past due at that age
    late_90 = models.JSONField(default=list)

    key = ("month", "product_id", "branch_id", "manager_id")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("month", "product_id", "branch_id", "manager_id")]


class Share(Published):
    """Balances by sector (letter of the industry) or group (its head's number); fen."""

    kind = models.TextField()  # sector | group
    code = models.TextField(default="")
    firms = models.IntegerField()
    notes = models.IntegerField()
    balance = models.BigIntegerField()
    bad_balance = models.BigIntegerField(default=0)

    key = ("kind", "code", "branch_id", "manager_id")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("kind", "code", "branch_id", "manager_id")]


class ClassStep(Scoped):
    """One hand's step in changing a note's class. Never changed; nobody takes two steps of the same change.

    The step "made" says what is to change and why; a change holds once made, reviewed and approved.
    """

    case = models.UUIDField()
    step = models.TextField()  # made | reviewed | approved | returned
    staff_id = models.TextField()
    customer_id = models.TextField()
    note_id = models.TextField()
    from_class = models.TextField()
    to_class = models.TextField()
    book_class = models.TextField(
        default=""
    )  # the bank's own when this was made; once that moves, it speaks again
    rule = models.TextField(default="")  # the rule that asks for it; "" for a person's own reason
    reason = models.TextField(default="")
    at = models.DateTimeField(auto_now_add=True)
    day = models.DateField()

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("reason",)
    forgets: ClassVar[tuple[str, ...]] = ("reason",)

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "staff_id"], name="loans_classstep_one_hand_one_step"),
            models.UniqueConstraint(fields=["case", "step"], name="loans_classstep_each_step_once"),
            models.CheckConstraint(
                condition=models.Q(step__in=["made", "reviewed", "approved", "returned"]),
                name="loans_classstep_known_step",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "day"], name="loans_classstep_customer"),
            models.Index(fields=["note_id"], name="loans_classstep_note"),
        ]


class CheckDue(Published):
    """When a note is to be looked at next, and where its drawing went. Amounts in fen."""

    note_id = models.TextField()
    customer_id = models.TextField()
    product = models.TextField(default="")
    balance = models.BigIntegerField()
    rule_class = models.TextField(default="normal")
    due_date = models.DateField()
    last_check_date = models.DateField(null=True)
    escalated_to = models.TextField(
        default=""
    )  # "" before its day; manager | branch_head | risk_officer from then
    traced_amount = models.BigIntegerField(
        null=True
    )  # of the drawing, followed to its payees; null: not followed
    forbidden_amount = models.BigIntegerField(null=True)
    unclear_amount = models.BigIntegerField(null=True)
    flagged = models.BooleanField(default=False)
    payees = models.JSONField(default=list)  # [{name, purpose, amount}], the largest first

    key = ("note_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("note_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="loans_checkdue_customer"),
            models.Index(fields=["due_date", "until"], name="loans_checkdue_due"),
        ]


class Check(Scoped):
    """Somebody looked at a note: when, where, what was found. Never changed."""

    note_id = models.TextField()
    customer_id = models.TextField()
    found = models.TextField()  # in_order | trouble
    place = models.TextField(default="")
    words = models.TextField()
    staff_id = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    day = models.DateField()

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("place", "words")
    forgets: ClassVar[tuple[str, ...]] = ("place", "words")

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["note_id", "day"], name="loans_check_note")]
