"""Who trades with whom, told from invoices, or from payments where a firm brings no invoices."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import between, count, day_no, month_no, total, whole

TIE = ("customer_id", "direction", "counterparty_id")


def trade_days(invoices: Frame, transactions: Frame) -> Frame:
    """One row per firm, direction, counterparty and day.

    Columns: customer_id, direction (sale, purchase), counterparty_id ("" where unknown), day, month,
    amount, net, tax (fen, valid papers only, red ones negative), papers, voids, reds, red_amount (fen).
    """
    papers = _from_invoices(invoices)
    paid = _from_payments(transactions).join(
        papers.select("customer_id").unique(), on="customer_id", how="anti"
    )
    return nw.concat([papers, paid], how="vertical")


def _from_invoices(invoices: Frame) -> Frame:
    valid = nw.coalesce(nw.col("status"), nw.lit("valid")) == "valid"
    lines = invoices.with_columns(
        nw.coalesce(nw.col("counterparty_id"), nw.lit("")).alias("counterparty_id"),
        day_no("invoice_date").alias("day"),
        month_no("invoice_date").alias("month"),
        valid.alias("valid"),
        (nw.col("gross") < 0).alias("red"),
    )
    return lines.group_by(*TIE, "day", "month").agg(
        total("gross", nw.col("valid")).alias("amount"),
        total(nw.coalesce(nw.col("net"), nw.col("gross")), nw.col("valid")).alias("net"),
        total(nw.coalesce(nw.col("tax"), nw.lit(0)), nw.col("valid")).alias("tax"),
        whole(nw.len()).alias("papers"),
        count(~nw.col("valid")).alias("voids"),
        count(nw.col("valid") & nw.col("red")).alias("reds"),
        total("gross", nw.col("valid") & nw.col("red")).alias("red_amount"),
    )


def _from_payments(transactions: Frame) -> Frame:
    trade = transactions.filter(
        nw.col("purpose") == "trade", ~nw.coalesce(nw.col("reversed"), nw.lit(value=False))
    )
    lines = trade.with_columns(
        nw.coalesce(nw.col("counterparty_id"), nw.lit("")).alias("counterparty_id"),
        nw.when(nw.col("direction") == "in")
        .then(nw.lit("sale"))
        .otherwise(nw.lit("purchase"))
        .alias("direction"),
        day_no("booked_date").alias("day"),
        month_no("booked_date").alias("month"),
    )
    zero = nw.lit(0).cast(nw.Int64)
    return (
        lines.group_by(*TIE, "day", "month")
        .agg(total("amount").alias("amount"), total("amount").alias("net"), whole(nw.len()).alias("papers"))
        .select(
            *TIE,
            "day",
            "month",
            "amount",
            "net",
            zero.alias("tax"),
            "papers",
            zero.alias("voids"),
            zero.alias("reds"),
            zero.alias("red_amount"),
        )
    )


def partners(trade: Frame, today: int) -> Frame:
    """One row per firm, direction and counterparty as of a day number.

    Columns: first_day, last_day, days (on which they traded), amount_all, amount_12m, amount_prior_12m,
    amount_90d, year_before_90d (fen in the year before the last 90 days), known_to (firms of the book that
    trade with it).
    """
    year, quarter = nw.col("day") > today - 365, nw.col("day") > today - 90
    named = trade.filter(nw.col("counterparty_id") != "", nw.col("papers") > nw.col("voids"))
    known = (
        named.select("customer_id", "counterparty_id")
        .unique()
        .group_by("counterparty_id")
        .agg(whole(nw.len()).alias("known_to"))
    )
    return (
        named.group_by(*TIE)
        .agg(
            nw.col("day").min().alias("first_day"),
            nw.col("day").max().alias("last_day"),
            whole(nw.col("day").n_unique()).alias("days"),
            total("amount").alias("amount_all"),
            total("amount", year).alias("amount_12m"),
            total("amount", between("day", today - 729, today - 365)).alias("amount_prior_12m"),
            total("amount", quarter).alias("amount_90d"),
            total("amount", between("day", today - 454, today - 90)).alias("year_before_90d"),
        )
        .join(known, on="counterparty_id", how="left")
    )


def main_partners(rows: Frame, most: int) -> Frame:
    """The partners of the last 12 months that matter most, by amount, then by number; adds rank (from 1).

    `share` is the partner's part of the firm's positive sums in that direction, over 12 months.
    """
    active = rows.filter(nw.col("amount_12m") > 0)
    side = ("customer_id", "direction")
    ranked = active.with_columns(
        nw.col("amount_12m").sum().over(*side).alias("side_12m"),
        (-nw.col("amount_12m")).alias("least_first"),
        nw.lit(1).alias("one"),
    ).with_columns(
        (nw.col("amount_12m").cast(nw.Float64) / nw.col("side_12m").cast(nw.Float64)).alias("share"),
        whole(nw.col("one").cum_sum().over(*side, order_by=["least_first", "counterparty_id"])).alias("rank"),
    )
    return ranked.filter(nw.col("rank") <= most).drop("least_first", "side_12m", "one")


def partner_months(trade: Frame, main: Frame, first_month: int) -> Frame:
    """Amounts (fen) per main partner and month number, from a month on: what the sparkline draws."""
    kept = main.select(*TIE)
    return (
        trade.filter(nw.col("month") >= first_month)
        .join(kept, on=list(TIE), how="inner")
        .group_by(*TIE, "month")
        .agg(total("amount").alias("amount"))
    )
