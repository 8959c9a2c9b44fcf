"""What the night knows of a firm, drawn as columns and tables on its page."""

from datetime import date
from typing import Any, ClassVar

from django.db import models

from xiaoer.kit.dates import add_months
from xiaoer.kit.published import AsWritten, Published, one_open_row


class Profile(Published):
    """Up to 36 months of a firm, ending with `last_month` (its first day); a list is null where none was delivered.

    Amounts in fen. `buyers` and `suppliers`: [name, customer_id|null, amount, share, last_date, gap_days|null,
    12 months of amounts] each; `queries.profile` gives them their names. `contacts`: {date, channel, outcome, purpose,
    staff}, what the bank's own files tell, newest first, at most 12. `standing`: {consents: {use: bool|null},
    group: [customer_id]|null, group_contacts: [{date, channel, purpose}]|null}, whether the
    bank's files let the firm be approached; null when they tell nothing of it.
    """

    customer_id = models.TextField()
    last_month = models.DateField(null=True)
    sales = AsWritten(null=True)
    purchases = AsWritten(null=True)
    inflow = AsWritten(null=True)
    outflow = AsWritten(null=True)
    buyers = AsWritten(null=True)
    suppliers = AsWritten(null=True)
    contacts = AsWritten(default=list)
    standing = AsWritten(null=True)

    similar: list[dict[str, Any]]
    key = ("customer_id",)

    class Meta(Published.Meta):
        constraints: ClassVar = [one_open_row("customer_id")]
        # read by firm, never by portfolio
        indexes: ClassVar = [models.Index(fields=["customer_id", "since"], name="features_profile_customer")]

    @property
    def months(self) -> list[date]:
        """First days of the months its lists tell of, oldest first."""
        known = max(len(one or ()) for one in (self.sales, self.purchases, self.inflow, self.outflow))
        last = self.last_month
        return [add_months(last, -back) for back in reversed(range(known))] if last else []
