"""How firms and the bank met: contacts and what came of them, campaigns, who answers for the firm."""

import narwhals as nw

from xiaoer.features.night.lending import MONTH_DAYS, QUARTER, YEAR
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, share, whole

TALKS = ("visit", "call", "branch")
NOT_REACHED, PRICE = "not_reached", "price"
REFUSED = ("refused", "complained")


def meetings(contacts: Frame, today: int) -> Frame:
    """One row per firm ever approached.

    Columns: touches_30d, touches_90d, touches_12m, offers_12m, accepted_12m, refused_12m, refused_price_12m,
    reached_share (of a year's approaches), refused_share (of a year's offers that reached somebody),
    last_talk_months, last_touch_refused (0 or 1), call_hour (mean hour of calls that got through).
    """
    ours = nw.coalesce(nw.col("direction"), nw.lit("outbound")) != "inbound"
    rows = contacts.filter(ours).with_columns(
        day=day_no("contact_date"), got=nw.coalesce(nw.col("outcome"), nw.lit("")) != NOT_REACHED,
    ).filter(nw.col("day") <= today)  # fmt: skip
    return (
        rows.group_by("customer_id")
        .agg(*_counts(today), *_last(today))
        .with_columns(
            share("reached_12m", "touches_12m").alias("reached_share"),
            share("refused_12m", "offers_reached_12m").alias("refused_share"),
            share("called_hours", "called").alias("call_hour"),
            whole(nw.when(nw.col("refused_day") == nw.col("last_day")).then(1).otherwise(0)).alias(
                "last_touch_refused"
            ),
        )
        .drop("reached_12m", "offers_reached_12m", "called_hours", "called", "refused_day", "last_day")
    )


def _counts(today: int) -> list[nw.Expr]:
    day, outcome = nw.col("day"), nw.coalesce(nw.col("outcome"), nw.lit(""))
    year, offer, got = day > today - YEAR, nw.col("purpose") == "offer", nw.col("got")
    price = nw.coalesce(nw.col("refusal_reason"), nw.lit("")) == PRICE
    refused = year & offer & outcome.is_in(REFUSED)
    return [
        count(day > today - 30).alias("touches_30d"),
        count(day > today - QUARTER).alias("touches_90d"),
        count(year).alias("touches_12m"),
        count(year & got).alias("reached_12m"),
        count(year & offer).alias("offers_12m"),
        count(year & offer & got).alias("offers_reached_12m"),
        count(year & offer & (outcome == "accepted")).alias("accepted_12m"),
        count(refused).alias("refused_12m"),
        count(refused & price).alias("refused_price_12m"),
    ]


def _last(today: int) -> list[nw.Expr]:
    day, got = nw.col("day"), nw.col("got")
    called = got & (nw.col("channel") == "call") & ~nw.col("contacted_at").is_null()
    talk = nw.when(got & nw.col("channel").is_in(TALKS)).then(day)
    refused = nw.when(nw.col("outcome").is_in(REFUSED)).then(day)
    hours = nw.when(called).then(nw.col("contacted_at").dt.hour().cast(nw.Int64)).otherwise(0)
    return [
        ((today - talk.max()) / MONTH_DAYS).alias("last_talk_months"),
        refused.max().alias("refused_day"),
        day.max().alias("last_day"),
        whole(hours.sum()).alias("called_hours"),
        count(called).alias("called"),
    ]


def campaigns(lists: Frame, today: int) -> Frame:
    """Per firm ever drawn: campaigns_12m (lists it stood on), campaigns_treated_12m."""
    year = day_no("listed_date") > today - YEAR
    marked = lists.with_columns(year=year)
    treated = nw.col("year") & (nw.col("arm") == "treated")
    return marked.group_by("customer_id").agg(
        count(nw.col("year")).alias("campaigns_12m"), count(treated).alias("campaigns_treated_12m")
    )


def keepers(assignments: Frame, today: int) -> Frame:
    """Per firm somebody answers for: manager_firms (how many firms that person has), manager_months (since when)."""
    from_day, to_day = day_no("from_date"), day_no("to_date")
    now = assignments.filter(
        nw.col("role") == "responsible",
        ~nw.col("staff_id").is_null(),
        nw.coalesce(from_day, nw.lit(today)) <= today,
        nw.coalesce(to_day, nw.lit(today)) >= today,
    )
    one = now.group_by("customer_id").agg(nw.col("staff_id").min(), from_day.max().alias("since"))
    loads = one.group_by("staff_id").agg(whole(nw.len()).alias("manager_firms"))
    months = (today - nw.col("since")) / MONTH_DAYS
    return one.join(loads, on="staff_id", how="left").select(
        "customer_id", "manager_firms", manager_months=months
    )
