"""What the night publishes: applications of the bank's files, and the four flows of every firm."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import AsWritten, Published, one_open_row


class Brought(Published):
    """An application of the bank's own files, with its papers: {kind, status, expires_date}. Amounts in fen."""

    application_id = models.TextField()
    customer_id = models.TextField()
    product_id = models.TextField(default="")
    product_name = models.TextField(default="")
    received_date = models.DateField()
    source = models.TextField(default="")
    amount = models.BigIntegerField(null=True)
    term_months = models.IntegerField(null=True)
    stage = models.TextField(default="")
    survey_minutes = models.IntegerField(null=True)
    form_minutes = models.IntegerField(null=True)
    decision = models.TextField(default="")
    decided_date = models.DateField(null=True)
    decline_reason = models.TextField(default="")
    approved_amount = models.BigIntegerField(null=True)
    approved_rate = models.FloatField(null=True)
    drawn_date = models.DateField(null=True)
    prepared_by = models.TextField(default="")
    reviewed_by = models.TextField(default="")
    approved_by = models.TextField(default="")
    papers = models.JSONField(default=list)

    key = ("application_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("application_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="applications_brought_customer"),
        ]


class FourFlows(Published):
    """Credit, funds, cash and information of a firm as points from 0 to 100; null where too little is known.

    `parts`: {credit: [[code, value|null, points|null]], funds: …, cash: …, information: …}. `known`: the figures a
    first appraisal is drafted from, in fen where a name says so, null where no file tells them.
    """

    customer_id = models.TextField()
    credit = models.IntegerField(null=True)
    funds = models.IntegerField(null=True)
    cash = models.IntegerField(null=True)
    information = models.IntegerField(null=True)
    parts = AsWritten(default=dict)
    known = AsWritten(default=dict)

    key = ("customer_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id")]
        # read by firm, never by portfolio
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "since"], name="applications_flows_customer")
        ]
