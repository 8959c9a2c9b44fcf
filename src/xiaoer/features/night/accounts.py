"""Balances, flows and channels, for banks that deliver accounts."""

import narwhals as nw

from xiaoer.features.night.stretches import stretch, within
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import between, count, day_no, month_no, share, total, whole

ELECTRONIC = ("online", "mobile", "terminal", "pos", "qr", "app", "atm")


def account_flows(balances: Frame, stretches: Frame, on: Windows) -> Frame:
    """Average balance and flows (fen) per firm; one row per firm with a balance or a payment."""
    levels, flows = _levels(balances, on.today), _flows(stretches, on)
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


def payment_stretches(transactions: Frame, on: Windows) -> Frame:
    """Payments per firm, month and stretch between the windows' edges, reversed ones left out.

    Sums of inflow, outflow, fees (fen), transactions, electronic, counter; day: the last one.
    """
    kept = transactions.filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False)))
    days = kept.with_columns(day_no("booked_date").alias("day"), month_no("booked_date").alias("month"))
    channel = nw.col("channel")
    return (
        days.with_columns(stretch(on.flows.values()))
        .group_by("customer_id", "month", "stretch")
        .agg(
            total("amount", nw.col("direction") == "in").alias("inflow"),
            total("amount", nw.col("direction") == "out").alias("outflow"),
            total(nw.coalesce(nw.col("fee"), nw.lit(0))).alias("fees"),
            whole(nw.len()).alias("transactions"),
            count(channel.is_in(ELECTRONIC)).alias("electronic"),
            count(channel == "counter").alias("counter"),
            whole(nw.col("day").max()).alias("day"),
        )
        .drop("stretch")
    )


def _flows(stretches: Frame, on: Windows) -> Frame:
    year, quarter, prior = (within(on.flows[name]) for name in ("12m", "90d", "prior_90d"))
    return (
        stretches.group_by("customer_id")
        .agg(
            total("inflow", year).alias("inflow_12m"),
            total("outflow", year).alias("outflow_12m"),
            total("inflow", quarter).alias("inflow_90d"),
            total("inflow", prior).alias("inflow_prior_90d"),
            total("outflow", quarter).alias("outflow_90d"),
            total("fees", year).alias("fees_12m"),
            total("transactions", year).alias("transactions_12m"),
            total("electronic", year).alias("electronic_12m"),
            total("counter", year).alias("counter_12m"),
        )
        .with_columns(
            share("electronic_12m", "transactions_12m").alias("electronic_share"),
            (share("inflow_90d", "inflow_prior_90d") - 1).alias("inflow_growth_90d"),
        )
    )


def monthly_flows(stretches: Frame) -> Frame:
    """Money in and out (fen) per firm and month number, for the cash-flow chart."""
    return stretches.group_by("customer_id", "month").agg(
        total("inflow").alias("inflow"), total("outflow").alias("outflow")
    )
