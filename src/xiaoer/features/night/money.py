"""How a firm's money moves through its accounts: level, swings, draining, purposes, channels."""

import narwhals as nw

from xiaoer.features.night.lending import QUARTER, YEAR
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, share, total, whole

HALF_YEAR = 184
OWN = (
    "own_transfer",
    "loan_drawdown",
    "loan_repayment",
    "wealth",
)  # moves the money, earns and costs nothing


def swings(balances: Frame, today: int) -> Frame:
    """Per firm: balance_now, balance_lowest_90d, balance_most_12m (fen), balance_swing, balance_drained.

    balance_swing: the standard deviation of the reported days' averages over their mean, of twelve months;
    balance_drained: 1 less today's share of the highest reported average.
    """
    held = nw.coalesce(nw.col("average_balance"), nw.col("balance"))
    rows = balances.with_columns(day=day_no("balance_date"), held=held).filter(nw.col("day") > today - YEAR)
    low = nw.coalesce(nw.col("lowest_balance"), nw.col("balance"))
    days = rows.group_by("customer_id", "day").agg(
        total("held").alias("held"), total("balance").alias("now"), total(low).alias("low")
    )
    last = nw.col("day") == nw.col("day").max().over("customer_id")
    marked = days.with_columns(last=last)
    recent = nw.when(nw.col("day") > today - QUARTER).then(nw.col("low"))
    sums = marked.group_by("customer_id").agg(
        total("now", nw.col("last")).alias("balance_now"),
        total("held", nw.col("last")).alias("held_now"),
        whole(nw.col("held").max()).alias("balance_most_12m"),
        whole(recent.min()).alias("balance_lowest_90d"),
        nw.col("held").cast(nw.Float64).std().alias("spread"),
        nw.col("held").mean().alias("mean"),
    )
    return sums.with_columns(
        balance_swing=nw.when(nw.col("mean") > 0).then(nw.col("spread") / nw.col("mean")),
        balance_drained=1 - share("held_now", "balance_most_12m"),
    ).drop("held_now", "spread", "mean")


def purposes(transactions: Frame, today: int) -> Frame:
    """Per firm with payments of a year, sums in fen of earned and spent money, loans and own transfers left out.

    Columns: earned_90d, earned_prior_90d, earned_12m, spent_90d, spent_12m, wages_90d, tax_paid_90d, takings_90d,
    owner_out_12m, topped_up_12m, fees_paid_12m, payments_30d, payments_90d, payments_prior_90d, payees_90d.
    """
    kept = transactions.filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False)))
    rows = kept.with_columns(day=day_no("booked_date")).filter(
        nw.col("day") > today - YEAR, nw.col("day") <= today
    )
    return rows.group_by("customer_id").agg(*_business(today), *_named(today), *_counted(today))


def _spans(today: int) -> tuple[nw.Expr, nw.Expr]:
    day = nw.col("day")
    return day > today - QUARTER, (day > today - HALF_YEAR) & (day <= today - QUARTER)


def _business(today: int) -> list[nw.Expr]:
    quarter, prior = _spans(today)
    business = ~nw.coalesce(nw.col("purpose"), nw.lit("other")).is_in(OWN)
    came, went = (nw.col("direction") == way for way in ("in", "out"))
    return [
        total("amount", business & came & quarter).alias("earned_90d"),
        total("amount", business & came & prior).alias("earned_prior_90d"),
        total("amount", business & came).alias("earned_12m"),
        total("amount", business & went & quarter).alias("spent_90d"),
        total("amount", business & went).alias("spent_12m"),
    ]


def _named(today: int) -> list[nw.Expr]:
    quarter, _ = _spans(today)
    purpose, came = nw.col("purpose"), nw.col("direction") == "in"
    return [
        total("amount", quarter & (purpose == "payroll")).alias("wages_90d"),
        total("amount", quarter & (purpose == "tax")).alias("tax_paid_90d"),
        total("amount", quarter & (purpose == "acquiring")).alias("takings_90d"),
        total("amount", (purpose == "owner") & ~came).alias("owner_out_12m"),
        total("amount", (purpose == "own_transfer") & came).alias("topped_up_12m"),
        total("amount", (purpose == "fee") & ~came).alias("fees_paid_12m"),
    ]


def _counted(today: int) -> list[nw.Expr]:
    quarter, prior = _spans(today)
    partner = nw.coalesce(nw.col("counterparty_id"), nw.lit(""))
    return [
        count(nw.col("day") > today - 30).alias("payments_30d"),
        count(quarter).alias("payments_90d"),
        count(prior).alias("payments_prior_90d"),
        whole(nw.when(quarter).then(partner).otherwise(nw.lit("")).n_unique()).alias("payees_90d"),
    ]


def channels(channel_uses: Frame, today: int) -> Frame:
    """Per firm: logins_90d, mobile_share, online_share, counter_share (of a quarter's uses)."""
    rows = channel_uses.with_columns(day=day_no("used_date")).filter(
        nw.col("day") > today - QUARTER, nw.col("day") <= today
    )
    uses = nw.coalesce(nw.col("uses"), nw.lit(0))
    names = ("mobile", "online", "counter")
    sums = rows.group_by("customer_id").agg(
        total(nw.coalesce(nw.col("logins"), nw.lit(0))).alias("logins_90d"),
        total(uses).alias("uses"),
        *(total(uses, nw.col("channel") == name).alias(name) for name in names),
    )
    return sums.with_columns(*(share(name, "uses").alias(f"{name}_share") for name in names)).drop(
        "uses", *names
    )
