"""What the bank delivered, and what its absence costs."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Versioned, one_open_row


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
