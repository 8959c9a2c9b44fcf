"""Balances, flows and channels, for banks that deliver accounts."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import between, count, day_no, share, total, whole

ELECTRONIC = ("online", "mobile", "terminal", "pos", "qr", "app", "atm")


def account_flows(balances: Frame, transactions: Frame, today: int) -> Frame:
    """Average balance and flows (fen) per firm; one row per firm with a balance or a transaction."""
    levels, flows = _levels(balances, today), _flows(transactions, today)
    return (
        levels.join(flows, on="customer_id", how="full")
        .with_columns(nw.coalesce(nw.col("customer_id"), nw.col("customer_id_right")).alias("customer_id"))
        .drop("customer_id_right")
    )


def _levels(balances: Frame, today: int) -> Frame:
    """Averages over accounts' reported days: the firm's total per day, then the mean of the days."""
    held = nw.coalesce(nw.col("average_balance"), nw.col("balance"))
    days = balances.with_columns(day_no("balance_date").alias("day"), held.alias("held")).filter(
        nw.col("day") > today - 365
    )
    totals = days.group_by("customer_id", "day").agg(total("held").alias("held"))
    recent, before = nw.col("day") > today - 92, between("day", today - 184, today - 92)
    return (
        totals.group_by("customer_id")
        .agg(
            total("held", recent).alias("recent"),
            count(recent).alias("recent_days"),
            total("held", before).alias("before"),
            count(before).alias("before_days"),
            total("held").alias("year"),
            whole(nw.len()).alias("days"),
        )
        .with_columns(
            whole(share("recent", "recent_days").floor()).alias("balance_90d"),
            whole(share("before", "before_days").floor()).alias("balance_prior_90d"),
            whole(share("year", "days").floor()).alias("balance_12m"),
        )
        .select("customer_id", "balance_90d", "balance_prior_90d", "balance_12m")
    )


def _flows(transactions: Frame, today: int) -> Frame:
    rows = transactions.filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False))).with_columns(
        day_no("booked_date").alias("day")
    )
    came, went, year = nw.col("direction") == "in", nw.col("direction") == "out", nw.col("day") > today - 365
    quarter, prior = nw.col("day") > today - 90, between("day", today - 179, today - 90)
    return (
        rows.group_by("customer_id")
        .agg(
            total("amount", came & year).alias("inflow_12m"),
            total("amount", went & year).alias("outflow_12m"),
            total("amount", came & quarter).alias("inflow_90d"),
            total("amount", came & prior).alias("inflow_prior_90d"),
            total("amount", went & quarter).alias("outflow_90d"),
            total(nw.coalesce(nw.col("fee"), nw.lit(0)), year).alias("fees_12m"),
            count(year).alias("transactions_12m"),
            count(year & nw.col("channel").is_in(ELECTRONIC)).alias("electronic_12m"),
            count(year & (nw.col("channel") == "counter")).alias("counter_12m"),
        )
        .with_columns(
            share("electronic_12m", "transactions_12m").alias("electronic_share"),
            (share("inflow_90d", "inflow_prior_90d") - 1).alias("inflow_growth_90d"),
        )
    )


def monthly_flows(transactions: Frame) -> Frame:
    """Money in and out (fen) per firm and month number, for the cash-flow chart."""
    rows = transactions.filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False))).with_columns(
        (
            nw.col("booked_date").dt.year().cast(nw.Int64) * 12
            + nw.col("booked_date").dt.month().cast(nw.Int64)
            - 1
        ).alias("month")
    )
    return rows.group_by("customer_id", "month").agg(
        total("amount", nw.col("direction") == "in").alias("inflow"),
        total("amount", nw.col("direction") == "out").alias("outflow"),
    )
