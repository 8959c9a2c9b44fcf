"""What to propose to whom on a morning, and why."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, one_open_row


class Proposal(Published):
    """One line of a manager's morning: `rank` orders the day; `fits` says whether hours allow it."""

    offer_id = models.TextField()
    customer_id = models.TextField()
    rank = models.IntegerField()
    day = models.DateField()
    kind = models.TextField(default="visit")  # visit | call | message
    minutes = models.IntegerField(default=0)
    goal = models.JSONField(default=dict)  # reason
    because = models.JSONField(default=list)  # [reason]
    expected_return = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    risk = models.TextField(default="low")  # low | medium | high
    at_stake = models.BigIntegerField(null=True)
    fits = models.BooleanField(default=True)
    arm = models.TextField(default="")
    run_id = models.TextField(default="")
    changed = models.JSONField(null=True)  # reason: why it moved against yesterday
    stopped = models.JSONField(null=True)  # reason: the rule that keeps the firm off the list, where one does

    key = ("offer_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("offer_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="offers_proposal_customer"),
            models.Index(fields=["offer_id", "since"], name="offers_proposal_offer"),
        ]
