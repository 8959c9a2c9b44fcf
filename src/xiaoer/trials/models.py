"""Trials, who is in which arm, and what came of it; nothing in here is ever changed."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Scoped, ScopedRows
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
