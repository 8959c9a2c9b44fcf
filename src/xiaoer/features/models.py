"""What the night knows of a firm, drawn as columns and tables on its page."""

from typing import ClassVar

from django.db import models

from xiaoer.kit.published import Published, one_open_row


class Profile(Published):
    """Up to 36 months of a firm. Amounts in fen; a list is null when the bank did not deliver its source.

    `buyers` and `suppliers`: {id, name, customer_id|null, amount, share, last_date, gap_days, spark: 12}.
    `standing`: {consents: {use: bool|null}, complaint_date|null, group: [customer_id]|null, group_contacts: [{date,
    channel, purpose}]|null, as_of}, whether the bank's files let the firm be
    approached; null when they tell nothing of it.
    `contacts`: {date, channel, outcome, purpose, staff}, what the bank's own files tell, newest first, at most 12.
    `similar`: {customer_id, why: reason} and no more: somebody else may answer for that firm, so its name and
    figures are looked up in the reader's scope.
    """

    customer_id = models.TextField()
    months = models.JSONField(default=list)
    sales = models.JSONField(null=True)
    purchases = models.JSONField(null=True)
    inflow = models.JSONField(null=True)
    outflow = models.JSONField(null=True)
    buyers = models.JSONField(null=True)
    suppliers = models.JSONField(null=True)
    similar = models.JSONField(default=list)
    contacts = models.JSONField(default=list)
    standing = models.JSONField(null=True)

    key = ("customer_id",)
    kept_inside: ClassVar[dict[str, tuple[str, ...]]] = {"similar": ("customer_id", "why")}

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id")]
        indexes: ClassVar = [
            *Published.Meta.indexes,
            models.Index(fields=["customer_id", "since"], name="features_profile_customer"),
        ]
