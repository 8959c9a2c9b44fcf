"""Balances, flows and channels, for banks that deliver accounts."""

from collections.abc import Mapping

import narwhals as nw

from xiaoer.features.night.stretches import stretch, within
from xiaoer.features.terms import Span, Sum, Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, month_no, share, total, whole

ELECTRONIC = ("online", "mobile", "terminal", "pos", "qr", "app", "atm")
FLOW_SUMS = {
    "inflow_12m": Sum("inflow", "12m"),
    "outflow_12m": Sum("outflow", "12m"),
    "inflow_90d": Sum("inflow", "90d"),
    "inflow_prior_90d": Sum("inflow", "prior_90d"),
    "outflow_90d": Sum("outflow", "90d"),
    "fees_12m": Sum("fees", "12m"),
    "transactions_12m": Sum("transactions", "12m"),
    "electronic_12m": Sum("electronic", "12m"),
    "counter_12m": Sum("counter", "12m"),
}
PAYMENT_SUMS = {
    "inflow": total("amount", nw.col("direction") == "in").alias("inflow"),
    "outflow": total("amount", nw.col("direction") == "out").alias("outflow"),
    "fees": total(nw.coalesce(nw.col("fee"), nw.lit(0))).alias("fees"),
    "transactions": whole(nw.len()).alias("transactions"),
    "electronic": count(nw.col("channel").is_in(ELECTRONIC)).alias("electronic"),
    "counter": count(nw.col("channel") == "counter").alias("counter"),
}
LEVEL_SUMS = {
    f"{column}_{span}": Sum(column, span)
    for column in ("held", "days")
    for span in ("90d", "prior_90d", "12m")
}


def account_flows(balances: Frame, stretches: Frame, on: Windows) -> Frame:
    """Average balance and flows (fen) per firm; one row per firm with a balance or a payment."""
    return beside(levels(_level_sums(balances, on)), flows(_flow_sums(stretches, on)), "customer_id")


def beside(one: Frame, other: Frame, *keys: str) -> Frame:
    """Two themes' rows joined, those of one theme alone with nulls for the other."""
    mine = [nw.coalesce(nw.col(key), nw.col(f"{key}_right")).alias(key) for key in keys]
    joined = one.join(other, on=list(keys), how="full").with_columns(*mine)
    return joined.drop(*(f"{key}_right" for key in keys))


def held_by_day(balances: Frame, *more: str) -> Frame:
    """The firm's total per reported day (fen): customer_id, balance_date, held; per `more` columns too."""
    held = nw.coalesce(nw.col("average_balance"), nw.col("balance"))
    rows = balances.with_columns(held.alias("held"))
    return rows.group_by("customer_id", "balance_date", *more).agg(total("held").alias("held"))


def _level_sums(balances: Frame, on: Windows) -> Frame:
    days = held_by_day(balances).with_columns(
        day_no("balance_date").alias("day"), whole(nw.lit(1)).alias("days")
    )
    year = days.filter(within(on.levels["12m"]))
    return year.group_by("customer_id").agg(*_sums(LEVEL_SUMS, on.levels))


def levels(sums: Frame) -> Frame:
    """Means over the reported days: the firm's total per day, then the mean of the days (fen)."""
    spans = ("90d", "prior_90d", "12m")
    means = [whole(share(f"held_{span}", f"days_{span}").floor()).alias(f"balance_{span}") for span in spans]
    return sums.with_columns(*means).drop(*LEVEL_SUMS)


def standing(transactions: Frame) -> Frame:
    """Payments that were not reversed."""
    return transactions.filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False)))


def payment_stretches(transactions: Frame, on: Windows) -> Frame:
    """Payments per firm, month and stretch between the windows' edges, reversed ones left out.

    Sums of inflow, outflow, fees (fen), transactions, electronic, counter; day: the last one.
    """
    days = (day_no("booked_date").alias("day"), month_no("booked_date").alias("month"))
    return (
        standing(transactions)
        .with_columns(*days)
        .with_columns(stretch(on.flows.values()))
        .group_by("customer_id", "month", "stretch")
        .agg(*PAYMENT_SUMS.values(), whole(nw.col("day").max()).alias("day"))
        .drop("stretch")
    )


def _flow_sums(stretches: Frame, on: Windows) -> Frame:
    return stretches.group_by("customer_id").agg(*_sums(FLOW_SUMS, on.flows))


def _sums(sums: Mapping[str, Sum], spans: Mapping[str, Span]) -> list[nw.Expr]:
    return [
        total(one.column, within(spans[one.span]) if one.span else None).alias(name)
        for name, one in sums.items()
    ]


def flows(sums: Frame) -> Frame:
    """Sums over windows with what follows from them."""
    return sums.with_columns(
        share("electronic_12m", "transactions_12m").alias("electronic_share"),
        (share("inflow_90d", "inflow_prior_90d") - 1).alias("inflow_growth_90d"),
    )


def monthly_flows(stretches: Frame) -> Frame:
    """Money in and out (fen) per firm and month number, for the cash-flow chart."""
    return stretches.group_by("customer_id", "month").agg(
        total("inflow").alias("inflow"), total("outflow").alias("outflow")
    )
