"""Trials, who is in which arm, and what came of it: nothing of it is ever changed. Firms a family leaves alone."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, Scoped, ScopedRows, one_open_row
from xiaoer.kit.scope.walls import Wall


class Trial(models.Model):
    """Two strategies on one group, fixed before any outcome; `planned` outcomes are waited for.

    `asks` are the address parameters of the list of firms that make the group.
    """

    trial = models.UUIDField(unique=True)
    name = models.TextField()
    product = models.TextField()  # card, insurance, …: the models takes_… and asking_…
    first_order = models.TextField()
    first_share = models.FloatField()
    second_order = models.TextField()
    second_share = models.FloatField()
    asks = models.JSONField(default=dict)
    planned = models.IntegerField()
    versions = models.JSONField(default=dict)  # of the models whose numbers were used
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.COUNTERSIGNED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True
    history_leaves_out: ClassVar[tuple[str, ...]] = ("name",)


class TrialFirm(Scoped):
    """A firm in a trial, with its arm and the models' numbers of the day it began."""

    trial = models.UUIDField()
    customer_id = models.TextField()
    arm = models.TextField()
    approached = models.BooleanField()
    asked = models.FloatField()
    effect = models.FloatField()
    day = models.DateField()

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "customer_id"], name="trials_firm_one_arm"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="trials_firm_customer"),
        ]


class TrialOutcome(Scoped):
    """What came of a firm in a trial; `simulated` where it was drawn from the models' numbers."""

    trial = models.UUIDField()
    customer_id = models.TextField()
    took = models.BooleanField()
    simulated = models.BooleanField(default=True)
    day = models.DateField()

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"

    objects = ScopedRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "customer_id"], name="trials_outcome_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="trials_outcome_customer"),
        ]


class Adoption(models.Model):
    """Somebody decided for one of the strategies of a trial that was separated."""

    trial = models.UUIDField(unique=True)
    arm = models.TextField()
    staff_id = models.TextField()
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.COUNTERSIGNED
    web_may: ClassVar[str] = "SELECT, INSERT"
    keeps_history: ClassVar[bool] = True


class Measured(Published):
    """A firm that entered a family of decisions, with its arm; what came of it once its time is over (`ripe`).

    `arm` is treated or holdout and stays, whoever met the firm. `part` is drawn by lot among 256 for firm or group.
    `held_share` is the chance it had of being left alone, `expected` what the meeting was taken to bring beyond its
    cost (fen). `met`: by anybody of the bank between entry and due day. `profit`: a year's (fen).
    """

    family = models.TextField()
    item = models.TextField(default="")  # the product offered or proposed by a campaign, else the rule
    called = models.TextField(default="")  # the product's name
    customer_id = models.TextField()
    part = models.IntegerField()
    tier = models.TextField(default="")  # on the day of entry
    dealt_date = models.DateField()
    entered_date = models.DateField()
    due_date = models.DateField()
    arm = models.TextField()
    held_share = models.FloatField()
    expected = models.BigIntegerField(null=True)
    met = models.BooleanField(null=True)
    won = models.BooleanField(null=True)
    balance_change = models.BigIntegerField(null=True)
    profit = models.BigIntegerField(null=True)
    ripe = models.BooleanField(default=False)

    key = ("family", "item", "customer_id", "dealt_date")

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("family", "item", "customer_id", "dealt_date")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["family", "until"], name="trials_measured_family"),
            models.Index(fields=["customer_id"], name="trials_measured_customer"),
        ]
