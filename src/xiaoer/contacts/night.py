"""Every contact with a firm, whether the bank's files brought it or the desk recorded it."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, whole

REFUSALS = ("refused", "refused_offer", "do_not_contact")
INBOUND = "inbound"


def history(delivered: Frame, recorded: Frame) -> Frame:
    """One row per contact: customer_id, staff_id, contact_date, day, channel, outcome, purpose, by ("bank" or "desk").

    `delivered` follows the contract of contacts; `recorded` is what the night collected from the desk
    (customer_id, staff_id, day, channel, outcome). Contacts the firm itself began do not count against it.
    """
    ours = nw.coalesce(nw.col("direction"), nw.lit("outbound")) != INBOUND
    bank = delivered.filter(ours).select(
        "customer_id",
        "staff_id",
        "contact_date",
        day_no("contact_date").alias("day"),
        "channel",
        "outcome",
        "purpose",
        nw.lit("bank").alias("by"),
    )
    desk = recorded.select(
        "customer_id",
        "staff_id",
        nw.col("day").alias("contact_date"),
        day_no("day").alias("day"),
        "channel",
        "outcome",
        nw.lit("care").alias("purpose"),
        nw.lit("desk").alias("by"),
    )
    return nw.concat([bank, desk], how="vertical")


def touched(contacts: Frame, today: int) -> Frame:
    """One row per firm ever contacted: last_contact_day, contacts_7d, contacts_30d, refusals_30d, refusals_90d."""
    refused = nw.col("outcome").is_in(REFUSALS)
    return (
        contacts.filter(nw.col("day") <= today)
        .group_by("customer_id")
        .agg(
            nw.col("day").max().alias("last_contact_day"),
            nw.col("contact_date").max().alias("last_contact_date"),
            count(nw.col("day") > today - 7).alias("contacts_7d"),
            count(nw.col("day") > today - 30).alias("contacts_30d"),
            count(refused & (nw.col("day") > today - 30)).alias("refusals_30d"),
            whole(nw.len()).alias("contacts_all"),
        )
    )
