"""Labels in money: what comes through the accounts, what is sold, what is missing, what the firm brings."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole
from xiaoer.scores.labels.happening import added, gone, sure, yes
from xiaoer.scores.labels.terms import KEY, Later

#: Moves of money that neither earn nor cost the firm anything.
OWN = ("own_transfer", "loan_drawdown", "loan_repayment", "wealth")
YEAR = 365


def booked(later: Later) -> Frame:
    """Payments that stand: customer_id, day, amount (fen), inward, purpose, fee."""
    kept = later.tables("transactions").filter(~nw.coalesce(nw.col("reversed"), nw.lit(value=False)))
    return kept.select(
        "customer_id",
        "amount",
        day=day_no("booked_date"),
        inward=nw.col("direction") == "in",
        purpose=nw.coalesce(nw.col("purpose"), nw.lit("other")),
        fee=nw.coalesce(nw.col("fee"), nw.lit(0)),
    )


def earned(later: Later) -> Frame:
    """Receipts of business per firm and day: customer_id, day, amount (fen)."""
    business = booked(later).filter(~nw.col("purpose").is_in(OWN), nw.col("inward"))
    return business.group_by("customer_id", "day").agg(total("amount").alias("amount"))


def netted(later: Later) -> Frame:
    """Receipts less payments of business per firm and day: customer_id, day, net (fen)."""
    business = booked(later).filter(~nw.col("purpose").is_in(OWN))
    signed = nw.when(nw.col("inward")).then(nw.col("amount")).otherwise(-nw.col("amount"))
    return business.group_by("customer_id", "day").agg(total(signed).alias("net"))


def sold(later: Later) -> Frame:
    """Valid sales invoices per firm and day: customer_id, day, sales (fen)."""
    valid = nw.coalesce(nw.col("status"), nw.lit("valid")) == "valid"
    papers = later.tables("invoices").filter(valid, nw.col("direction") == "sale")
    days = papers.select("customer_id", "gross", day=day_no("invoice_date"))
    return days.group_by("customer_id", "day").agg(total("gross").alias("sales"))


def turnover(rows: Frame, later: Later) -> Frame:
    """Sales by invoice over the horizon, fen a year; null for firms without any (what is not seen is not nothing)."""
    sums = added(still_there(rows, later), sold(later), ["sales"], later)
    yearly = nw.col("sales") * YEAR / later.horizon
    return sums.select(*KEY, nw.when(nw.col("sales") > 0).then(later.told(yearly)).alias("label"))


def carried(rows: Frame, later: Later) -> Frame:
    """Cash flow of business through our accounts over the horizon, fen a year: what could have served a debt.

    Null for firms that leave before it ends, or of which no payment is seen.
    """
    sums = added(still_there(rows, later), netted(later), ["net"], later)
    seen = added(sums, earned(later), ["amount"], later)
    yearly = nw.col("net") * YEAR / later.horizon
    return seen.select(*KEY, nw.when(nw.col("amount") > 0).then(later.told(yearly)).alias("label"))


def gap_ahead(rows: Frame, later: Later) -> Frame:
    """1: at its deepest within the horizon the firm's own business would have used up what lay on its accounts.

    Own money brought in and loans are left out of the flows: they are how a gap is closed. The balance is the last
    reported one; null where none was. A firm that leaves before the horizon ends is null.
    """
    opening = _balances(rows, later)
    days = still_there(rows, later).join(netted(later), on="customer_id", how="inner")
    inside = days.filter(later.inside(nw.col("day")))
    running = nw.col("net").cum_sum().over(*KEY, order_by="day")
    lowest = (
        inside.with_columns(running=whole(running))
        .group_by(*KEY)
        .agg(nw.col("running").min().alias("lowest"))
    )
    joined = opening.join(lowest, on=list(KEY), how="left")
    short = nw.col("balance") + nw.coalesce(nw.col("lowest"), nw.lit(0)) < 0
    return joined.select(*KEY, later.told(yes(short)).alias("label"))


def _balances(rows: Frame, later: Later) -> Frame:
    """Rows with the firm's balance (fen) on the last day reported up to the row's first."""
    told = later.tables("balances").select("customer_id", "balance", day=day_no("balance_date"))
    days = told.group_by("customer_id", "day").agg(total("balance").alias("balance"))
    wide = still_there(rows, later).join(days, on="customer_id", how="inner")
    before = wide.filter(nw.col("day") <= nw.col("from_day"))
    newest = nw.col("day") == nw.col("day").max().over(*KEY)
    return before.with_columns(newest=newest).filter(nw.col("newest")).drop("newest", "day")


def still_there(rows: Frame, later: Later) -> Frame:
    """Rows of firms that are customers until the horizon, as far as is told."""
    joined = gone(rows, later)
    leaves = sure(later.inside(nw.col("gone_day")))
    return joined.filter(~leaves)


def contribution(rows: Frame, later: Later) -> Frame:
    """What the firm brings over the horizon, fen: fees, and margins on balances and loans at month ends.

    `options`: deposit_margin and loan_margin, fractions a year. A firm that leaves brings nothing from then on: its
    label is what it brought, not null.
    """
    months = later.horizon * 12 / YEAR
    there = gone(rows, later)
    billed = nw.when((nw.col("purpose") == "fee") & ~nw.col("inward")).then(nw.col("amount")).otherwise(0)
    fees = booked(later).with_columns(fees=billed + nw.col("fee"))
    held = _months_held(later)
    sums = added(there, fees.select("customer_id", "day", "fees"), ["fees"], later)
    sums = added(sums, held, ["deposits", "loans"], later)
    per_month = months / (later.horizon // 30)
    margins = {name: float(later.options[f"{name[:-1]}_margin"]) for name in ("deposits", "loans")}
    earned_on = [nw.col(name) * (rate / 12 * per_month) for name, rate in margins.items()]
    return sums.select(*KEY, later.told(nw.col("fees") + earned_on[0] + earned_on[1]).alias("label"))


def _months_held(later: Later) -> Frame:
    """customer_id, day, deposits, loans (fen) on every day balances or notes are told of."""
    average = nw.coalesce(nw.col("average_balance"), nw.col("balance"))
    money = later.tables("balances").select(
        "customer_id", day=day_no("balance_date"), deposits=average, loans=nw.lit(0).cast(nw.Int64)
    )
    owed = later.snapshots("drawdown_notes").select(
        "customer_id", day=day_no("business_date"), deposits=nw.lit(0).cast(nw.Int64), loans=nw.col("balance")
    )
    both = nw.concat([money, owed])
    return both.group_by("customer_id", "day").agg(
        total("deposits").alias("deposits"), total("loans").alias("loans")
    )
