"""Balances, flows and channels, for banks that deliver accounts."""

import narwhals as nw

from xiaoer.features.night.stretches import stretch, within
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import between, count, month_no, share, total, whole

ELECTRONIC = ("online", "mobile", "terminal", "pos", "qr", "app", "atm")


def account_sums(balances: Frame, stretches: Frame, on: Windows) -> Frame:
    """Average balance and flows (fen) per firm; one row per firm with a balance or a payment."""
    levels, flows = _levels(balances, on.today), _flows(stretches, on)
    return (
        levels.join(flows, on="customer_id", how="full")
        .with_columns(nw.coalesce(nw.col("customer_id"), nw.col("customer_id_right")).alias("customer_id"))
        .drop("customer_id_right")
    )


def account_flows(sums: Frame) -> Frame:
    """With the share of electronic payments, and growth."""
    return sums.with_columns(
        share("electronic_12m", "transactions_12m").alias("electronic_share"),
        (share("inflow_90d", "inflow_prior_90d") - 1).alias("inflow_growth_90d"),
    )


def _levels(balances: Frame, today: int) -> Frame:
    """Averages over accounts' reported days: the firm's total per day, then the mean of the days."""
    days = balances.filter(nw.col("day") > today - 365)
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


def balance_lines(balances: Frame) -> Frame:
    """What was held on which account and day (a date): customer_id, day, held (fen)."""
    held = nw.coalesce(nw.col("average_balance"), nw.col("balance"))
    return balances.select("customer_id", nw.col("balance_date").alias("day"), held.alias("held"))


def payment_lines(transactions: Frame) -> Frame:
    """Payments as lines, one row each, reversed ones left out.

    Columns: customer_id, sale (money came in), counterparty_id ("" unless for trade with a known partner), day (a
    date), month, amount, fee (fen), trade, electronic, counter.
    """
    kept = transactions.filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False)))
    trade, channel = nw.col("purpose") == "trade", nw.col("channel")
    partner = nw.when(trade & ~nw.col("counterparty_id").is_null()).then(nw.col("counterparty_id"))
    return kept.select(
        "customer_id",
        (nw.col("direction") == "in").alias("sale"),
        partner.otherwise(nw.lit("")).alias("counterparty_id"),
        nw.col("booked_date").alias("day"),
        month_no("booked_date").cast(nw.Int32).alias("month"),
        "amount",
        nw.coalesce(nw.col("fee"), nw.lit(0)).alias("fee"),
        nw.coalesce(trade, nw.lit(value=False)).alias("trade"),
        nw.coalesce(channel.is_in(ELECTRONIC), nw.lit(value=False)).alias("electronic"),
        nw.coalesce(channel == "counter", nw.lit(value=False)).alias("counter"),
    )


def payment_stretches(payments: Frame, on: Windows) -> Frame:
    """Payments per firm, month and stretch between the windows' edges; days are day numbers.

    Sums of inflow, outflow, fees (fen), transactions, electronic, counter; day: the last one.
    """
    return (
        payments.with_columns(stretch(on.flows.values()))
        .group_by("customer_id", "month", "stretch")
        .agg(
            total("amount", nw.col("sale")).alias("inflow"),
            total("amount", ~nw.col("sale")).alias("outflow"),
            total("fee").alias("fees"),
            whole(nw.len()).alias("transactions"),
            count(nw.col("electronic")).alias("electronic"),
            count(nw.col("counter")).alias("counter"),
            whole(nw.col("day").max()).alias("day"),
        )
        .drop("stretch")
    )


def _flows(stretches: Frame, on: Windows) -> Frame:
    year, quarter, prior = (within(on.flows[name]) for name in ("12m", "90d", "prior_90d"))
    return stretches.group_by("customer_id").agg(
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


def monthly_flows(stretches: Frame) -> Frame:
    """Money in and out (fen) per firm and month number, for the cash-flow chart."""
    months = stretches.group_by("customer_id", "month").agg(
        total("inflow").alias("inflow"), total("outflow").alias("outflow")
    )
    return months.with_columns(whole(nw.col("month")))
