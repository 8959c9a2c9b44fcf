"""Who trades with whom, told from invoices, or from payments where a firm brings no invoices."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import between, month_no, total, whole
from xiaoer.kit.tables.grouping import Grouping, counted, grouped, least, most, summed

TIE = ("customer_id", "direction", "counterparty_id")
LINE_TIE = ("customer_id", "sale", "counterparty_id")  # as lines tell it: sale, or else purchase


def invoice_lines(invoices: Frame) -> Frame:
    """Papers as lines of trade, one row each.

    Columns: LINE_TIE ("" for an unknown partner), day (a date), month, amount, net, tax (fen; nothing of a void paper,
    a red one negative), void.
    """
    valid = nw.coalesce(nw.col("status"), nw.lit("valid")) == "valid"
    net = nw.coalesce(nw.col("net"), nw.col("gross"))
    tax = nw.coalesce(nw.col("tax"), nw.lit(0))
    return invoices.select(
        "customer_id",
        (nw.col("direction") == "sale").alias("sale"),
        nw.coalesce(nw.col("counterparty_id"), nw.lit("")).alias("counterparty_id"),
        nw.col("invoice_date").alias("day"),
        month_no("invoice_date").cast(nw.Int32).alias("month"),
        *(
            nw.when(valid).then(value).otherwise(0).cast(nw.Int64).alias(name)
            for name, value in (("amount", nw.col("gross")), ("net", net), ("tax", tax))
        ),
        (~valid).alias("void"),
    )


def trade_lines(papers: Frame, payments: Frame) -> Frame:
    """All trade of a firm, line by line: its papers, or its payments where it brings none.

    `payments` needs LINE_TIE, day, month, amount (fen) and trade (whether it was). Columns are those of papers.
    """
    paid = payments.filter(nw.col("trade")).join(
        papers.select("customer_id").unique(), on="customer_id", how="anti"
    )
    as_papers = paid.select(
        "customer_id",
        "sale",
        nw.coalesce(nw.col("counterparty_id"), nw.lit("")).alias("counterparty_id"),
        "day",
        "month",
        "amount",
        nw.col("amount").alias("net"),
        nw.lit(0).cast(nw.Int64).alias("tax"),
        nw.lit(value=False).alias("void"),
    )
    return nw.concat([papers, as_papers], how="vertical")


def trade_days(trade: Frame, group: Grouping = grouped) -> Frame:
    """Lines of trade by firm, direction, counterparty and day: LINE_TIE, month, day, amount (fen), valid (papers)."""
    told = {"month": most("month"), "amount": summed("amount"), "valid": summed(~nw.col("void"))}
    return group(trade, (*LINE_TIE, "day"), told).with_columns(nw.col("month").cast(nw.Int32))


def partners(trade: Frame, today: int, group: Grouping = grouped) -> Frame:
    """One row per firm, direction and counterparty as of a day number; `trade` has one row per day of theirs.

    Columns: first_day, last_day, days (on which they traded), amount_all, amount_12m, amount_90d, year_before_90d
    (fen in the year before the last 90 days).
    """
    year, quarter = nw.col("day") > today - 365, nw.col("day") > today - 90
    named = trade.filter(nw.col("counterparty_id") != "", nw.col("valid") > 0)
    told = {
        "first_day": least("day"),
        "last_day": most("day"),
        "days": counted(),
        "amount_all": summed("amount"),
        "amount_12m": summed("amount", year),
        "amount_90d": summed("amount", quarter),
        "year_before_90d": summed("amount", between("day", today - 454, today - 90)),
    }
    return worded(group(named, LINE_TIE, told))


def worded(rows: Frame) -> Frame:
    """With `direction`, sale or purchase, in the place of `sale`."""
    direction = nw.when(nw.col("sale")).then(nw.lit("sale")).otherwise(nw.lit("purchase"))
    names = ["direction" if name == "sale" else name for name in rows.collect_schema().names()]
    return rows.with_columns(direction.alias("direction")).select(*names)


def acquainted(rows: Frame, group: Grouping = grouped) -> Frame:
    """How many of these firms trade with each counterparty: counterparty_id, firms; one firm is nobody's neighbour."""
    pairs = group(rows, ("counterparty_id", "customer_id"), {"ties": counted()})
    return group(pairs, ("counterparty_id",), {"firms": counted()})


def shared(met: Frame) -> Frame:
    """Counterparties that several firms of the book trade with, from counts over parts of the book."""
    firms = met.group_by("counterparty_id").agg(total("firms").alias("known_to"))
    return firms.filter(nw.col("known_to") > 1)


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


def partner_months(trade: Frame, main: Frame, first_month: int, group: Grouping = grouped) -> Frame:
    """Amounts (fen) per main partner and month number, from a month on: what the sparkline draws."""
    kept = main.select("customer_id", (nw.col("direction") == "sale").alias("sale"), "counterparty_id")
    shown = trade.filter(nw.col("month") >= first_month).join(kept, on=list(LINE_TIE), how="semi")
    return worded(group(shown, (*LINE_TIE, "month"), {"amount": summed("amount")}))
