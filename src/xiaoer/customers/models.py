"""A firm as the desk shows it."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import AsWritten, Published, Scoped, ScopedRows, one_open_row
from xiaoer.kit.scope.walls import Wall


class Firm(Published):
    """One row per firm: who it is, what it does with us, what it is worth. Amounts in fen, 12 months."""

    customer_id = models.TextField()
    name = models.TextField(db_collation="C")
    pinyin = models.TextField(default="", db_collation="C")
    initials = models.TextField(default="", db_collation="C")
    credit_code = models.TextField(default="", db_collation="C")
    phone = models.TextField(default="")
    kind = models.TextField(default="enterprise")  # enterprise | sole_trader | owner
    industry_code = models.TextField(default="")
    industry = models.TextField(default="")
    region = models.TextField(default="")  # province and city
    district = models.TextField(default="")
    passed_from = models.TextField(default="")  # the line of business it was passed over from; "" for our own
    opened_date = models.DateField(null=True)
    owner_name = models.TextField(default="")
    staff_count = models.IntegerField(null=True)
    size_class = models.TextField(default="undetermined")
    size_missing = models.JSONField(default=list)
    tier = models.TextField(default="general")  # premier | excellent | potential | general
    tier_before = models.TextField(default="")  # the night before; "" where the firm was not known then
    tier_low = models.TextField(
        default=""
    )  # between which tiers what is missing decides; "" where nothing is
    tier_high = models.TextField(default="")
    stage = models.TextField(
        default=""
    )  # active | cooling | dormant | lapsed; "" where accounts are not known
    stage_date = models.DateField(null=True)  # since when, unless active
    value_band = models.IntegerField(null=True)
    size_band = models.IntegerField(null=True)
    borrower = models.BooleanField(default=False)
    holdings = models.JSONField(default=list)
    products = models.IntegerField(default=0)
    turnover_12m = models.BigIntegerField(null=True)
    turnover_prior_12m = models.BigIntegerField(null=True)
    balance = models.BigIntegerField(null=True)
    loan_balance = models.BigIntegerField(null=True)
    contribution_12m = models.BigIntegerField(null=True)
    satisfaction = models.FloatField(null=True)
    last_contact_date = models.DateField(null=True)
    matures_date = models.DateField(null=True)  # when the next open loan ends
    next_due_date = models.DateField(null=True)  # when the contact plan wants the firm to hear from us
    due_channel = models.TextField(default="")
    pd = models.FloatField(null=True)
    score_points = models.IntegerField(null=True)
    score_state = models.TextField(default="")  # live | small_sample | rule | ""
    events = models.IntegerField(default=0)
    similar = AsWritten(default=list)  # numbers of firms alike, whoever answers for them, and no more

    key = ("customer_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="customers_firm_customer"),
            models.Index(fields=["name", "until"], name="customers_firm_name"),
            models.Index(fields=["pinyin", "until"], name="customers_firm_pinyin"),
            models.Index(fields=["initials", "until"], name="customers_firm_initials"),
            models.Index(fields=["credit_code", "until"], name="customers_firm_code"),
            models.Index(
                fields=["matures_date", "until"],
                condition=models.Q(matures_date__isnull=False),
                name="customers_firm_matures",
            ),
        ]


class Answer(Scoped):
    """A fact somebody found out, where the bank's files are silent. Never changed: the newest one counts."""

    customer_id = models.TextField()
    fact = models.TextField()  # customers.terms.Asked
    number = models.BigIntegerField(null=True)  # persons, or fen
    text = models.TextField(default="")
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.VOUCHED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("text",)

    objects = ScopedRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer_id", "fact"], name="customers_answer_customer")]
