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

    dropped = models.JSONField(null=True)  # reason: why it did not fit
    others = models.JSONField(
        default=list
    )  # [{goal, kind, minutes, expected_return, why}]: the firm's other occasions
    chance = models.FloatField(default=0.0)  # that the contact brings what it is for; 0: nobody said
    priority = models.FloatField(default=0.0)  # (return − cost) with its levers, fen
    lever = models.FloatField(default=1.0)  # how much more it counts for being urgent or promised
    hour_price = models.BigIntegerField(default=0)  # fen an hour of the manager brings that day at the margin
    # What its place is made of: (propensity × context × prize − cost − patience) × its lever.
    product_id = models.TextField(default="")  # what is offered, "" where nothing is
    propensity = models.FloatField(null=True)  # the chance that it comes to it
    told_by = models.TextField(
        default=""
    )  # the model that says so, "" where it is the bank's figure for the rule
    context = models.FloatField(default=1.0)  # how much likelier the occasion makes it
    prize = models.BigIntegerField(null=True)  # fen it brings then
    patience = models.BigIntegerField(default=0)  # fen of the firm's patience it uses up

    key = ("offer_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("offer_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="offers_proposal_customer"),
            models.Index(fields=["offer_id", "since"], name="offers_proposal_offer"),
        ]


class PlannedDay(Published):
    """What the night put on a manager's list of a day, by rule and way; kept for the reports of the days gone by."""

    day = models.DateField()
    rule = models.TextField()
    kind = models.TextField()
    lines = models.IntegerField()
    minutes = models.IntegerField()
    expected_return = models.BigIntegerField()
    cost = models.BigIntegerField()

    key = ("day", "manager_id", "branch_id", "rule", "kind")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("day", "manager_id", "branch_id", "rule", "kind")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["day", "until"], name="offers_plannedday_day"),
        ]


class ShadowPrice(Published):
    """How much there is of a kind in a place on the day planned, and what one more hour, yuan or piece would bring."""

    kind = models.TextField()  # hours | budget | quota (of a rule) | product (its quota) | service
    place = models.TextField()
    day = models.DateField()
    capacity = models.BigIntegerField()
    used = models.BigIntegerField()
    price = models.BigIntegerField()  # fen
    left_out = models.IntegerField(default=0)  # firms worth meeting that found no place
    left_worth = models.BigIntegerField(default=0)  # what they would have brought, fen
    firms = models.IntegerField(default=0)  # of the manager's book
    gap = models.FloatField(
        default=0.0
    )  # how far all days together are from the best possible at most, a share

    key = ("kind", "place")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("kind", "place")]
