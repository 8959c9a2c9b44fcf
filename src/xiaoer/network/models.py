"""Who stands for whom, as the night published it."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, one_open_row


class Guarantee(Published):
    """A guarantee in force for something owed, on the debtor's page and on its guarantor's; amounts in fen."""

    guarantee_id = models.TextField()
    side = models.TextField()  # debtor | guarantor: which of the two `customer_id` is
    customer_id = models.TextField()
    other_id = models.TextField()
    other = models.TextField(default="")  # its name; a person's number stands for the name
    other_kind = models.TextField(default="")
    contract_id = models.TextField(default="")
    amount = models.BigIntegerField(null=True)  # null where none is named
    balance = models.BigIntegerField()  # what is owed on the contract, or by the debtor where none is named
    counted_amount = models.BigIntegerField()
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    status = models.TextField(default="")
    other_class = models.TextField(default="")  # "" for who owes nothing here
    other_days_past_due = models.IntegerField(null=True)
    other_balance = models.BigIntegerField(null=True)
    mutual = models.BooleanField(default=False)  # both stand in one ring

    key = ("guarantee_id", "side")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("guarantee_id", "side")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="network_guarantee_customer"),
        ]


class Surety(Published):
    """A firm that is guaranteed or guarantees: how far it is covered, what it stands for, its place among others."""

    customer_id = models.TextField()
    balance = models.BigIntegerField(default=0)
    rule_class = models.TextField(default="")
    days_past_due = models.IntegerField(null=True)
    guarantors = models.IntegerField(default=0)
    covered_amount = models.BigIntegerField(default=0)
    debtors = models.IntegerField(default=0)
    stands_for_amount = models.BigIntegerField(default=0)
    ring = models.TextField(default="")
    ring_size = models.IntegerField(default=0)
    circle = models.TextField(default="")
    circle_size = models.IntegerField(default=0)
    chain = models.IntegerField(default=0)

    key = ("customer_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="network_surety_customer"),
        ]
