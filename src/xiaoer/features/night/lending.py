"""What a firm owes, how it paid, and what its borrowing costs, from the bank's notes and lines."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, share, total, whole

MONTH_DAYS = 30.4375
HALF_YEAR, YEAR, TWO_YEARS, QUARTER = 183, 365, 730, 92
EARLY_DAYS = 7  # paid off so long before the due day counts as early
OPEN, NOUGHT = nw.col("balance") > 0, nw.lit(0)


def note_facts(notes: Frame, today: int) -> Frame:
    """One row per note that is still owed: what the bank knows of it on a day.

    Columns: note_id, customer_id, note_product, note_balance, note_amount (fen), note_rate, note_age_months,
    note_months_left, note_late_days, note_paid_share, note_rate_above_market (against what the bank's own notes of
    the last three months cost).
    """
    rows = notes.filter(OPEN).select(
        "note_id",
        "customer_id",
        note_product=nw.col("product_id"),
        note_balance=nw.col("balance"),
        note_amount=nw.col("amount"),
        note_rate=nw.col("rate"),
        note_age_months=(today - day_no("drawn_date")) / MONTH_DAYS,
        note_months_left=(day_no("due_date") - today) / MONTH_DAYS,
        note_late_days=nw.coalesce(nw.col("days_past_due"), NOUGHT),
        note_paid_share=1 - share("balance", "amount"),
    )
    market = market_rate(notes, today)
    above = nw.col("note_rate") - nw.col("market_rate")
    return rows.join(market, how="cross").with_columns(note_rate_above_market=above).drop("market_rate")


def market_rate(notes: Frame, today: int) -> Frame:
    """One row: market_rate, the mean rate of the notes drawn in the last three months; null where none was."""
    recent = notes.filter(day_no("drawn_date") > today - QUARTER)
    return recent.select(market_rate=nw.col("rate").mean())


def debts(notes: Frame, today: int) -> Frame:
    """One row per firm that ever owed, as far as the notes on the books go back.

    Columns: debt, debt_notes, debt_first_months (since the oldest note), debt_months_left (until the next
    maturity), debt_rate_above_market (weighed by what is owed), late_days, paid_off_24m, paid_off_early_24m,
    defaulted_before.
    """
    facts = note_facts(notes, today)
    weighed = (nw.col("note_rate_above_market") * nw.col("note_balance")).sum()
    owed = facts.group_by("customer_id").agg(
        total("note_balance").alias("debt"),
        whole(nw.len()).alias("debt_notes"),
        whole(nw.col("note_late_days").max()).alias("late_days"),
        nw.col("note_months_left").min().alias("debt_months_left"),
        (weighed / nw.col("note_balance").sum()).alias("debt_rate_above_market"),
    )
    return _past(notes, today).join(owed, on="customer_id", how="left")


def _past(notes: Frame, today: int) -> Frame:
    settled = day_no("settled_date")
    lately = settled > today - TWO_YEARS
    early = lately & (day_no("due_date") - settled > EARLY_DAYS)
    return notes.group_by("customer_id").agg(
        count(lately).alias("paid_off_24m"),
        count(early).alias("paid_off_early_24m"),
        count(~nw.col("defaulted_date").is_null()).alias("defaulted_before"),
        ((today - day_no("drawn_date").min()) / MONTH_DAYS).alias("debt_first_months"),
    )


def lateness(snapshots: Frame, today: int) -> Frame:
    """Per firm of every snapshot of the notes: late_most_6m, late_most_12m (days), late_snapshots_12m."""
    late = nw.coalesce(nw.col("days_past_due"), NOUGHT)
    rows = snapshots.filter(OPEN).select("customer_id", day=day_no("business_date"), late=late)
    year = rows.filter(nw.col("day") > today - YEAR, nw.col("day") <= today)
    recent = nw.when(nw.col("day") > today - HALF_YEAR).then(nw.col("late")).otherwise(0)
    days = year.group_by("customer_id", "day").agg(nw.col("late").max(), recent.max().alias("recent"))
    return days.group_by("customer_id").agg(
        whole(nw.col("recent").max()).alias("late_most_6m"),
        whole(nw.col("late").max()).alias("late_most_12m"),
        count(nw.col("late") > 0).alias("late_snapshots_12m"),
    )


def limits(lines: Frame) -> Frame:
    """Per firm with a line in force: limit_amount (fen), limit_cut (a line is smaller than it was)."""
    active = lines.filter(~nw.coalesce(nw.col("status"), nw.lit("active")).is_in(["expired"]))
    cut = nw.col("limit") < nw.col("previous_limit")
    return active.group_by("customer_id").agg(
        total("limit").alias("limit_amount"), count(cut).alias("limit_cut")
    )


def elsewhere(reported: Frame, today: int) -> Frame:
    """Per firm with a report of the last year: elsewhere_debt (fen), elsewhere_late_days, of its latest report."""
    rows = reported.with_columns(day=day_no("report_date")).filter(nw.col("day") > today - YEAR)
    latest = rows.with_columns(newest=nw.col("day").max().over("customer_id"))
    return (
        latest.filter(nw.col("day") == nw.col("newest"))
        .group_by("customer_id")
        .agg(
            total(nw.coalesce(nw.col("balance"), NOUGHT)).alias("elsewhere_debt"),
            whole(nw.coalesce(nw.col("days_past_due"), NOUGHT).max()).alias("elsewhere_late_days"),
        )
    )
