"""What the bank delivered, and what its absence costs."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from xiaoer.kit.published import Scoped, Versioned, one_open_row
from xiaoer.kit.scope.walls import Wall


class Delivery(Versioned):
    """How one table of the contracts arrived last."""

    table = models.TextField()
    feed = models.TextField(default="")
    business_date = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    rows = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    refused = models.TextField(default="")
    missing_fields = models.JSONField(default=list)
    owner = models.TextField(default="")
    reasons = models.JSONField(default=list)
    late = models.BigIntegerField(default=0)
    corrected = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(default=0)
    doubtful = models.JSONField(default=dict)
    mended = models.JSONField(default=dict)
    renamed = models.JSONField(default=list)
    ledger = models.JSONField(default=dict)

    key = ("table", "feed")

    class Meta:
        constraints: ClassVar = [one_open_row("table", "feed")]


class Disabled(Versioned):
    """A table nobody delivers, with what it would enable, in both languages."""

    table = models.TextField()
    title_zh = models.TextField(default="")
    title_en = models.TextField(default="")
    enables_zh = models.TextField(default="")
    enables_en = models.TextField(default="")

    key = ("table",)

    class Meta:
        constraints: ClassVar = [one_open_row("table")]


class System(models.Model):
    """One of the bank's own systems, and the records it may post. Of its key only the hash is kept.

    Made and closed by the owner of the database (`xiaoer systems`).
    """

    name = models.TextField(unique=True)
    key_hash = models.TextField(unique=True)
    kinds = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall.OPEN
    web_may: ClassVar[str] = "SELECT"


class Record(Scoped):
    """Something a system of the bank posted by day; `number` is that system's own, and never taken twice."""

    kind = models.TextField()
    number = models.TextField()
    customer_id = models.TextField()
    system = models.TextField()
    day = models.DateField()  # when it happened, in China
    at = models.DateTimeField(auto_now_add=True)
    told = models.JSONField(default=dict)

    wall: ClassVar[Wall] = Wall.SCOPED
    web_may: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="sources_record_once")
        ]
        indexes: ClassVar = [BrinIndex(fields=["at"], name="sources_record_at")]
