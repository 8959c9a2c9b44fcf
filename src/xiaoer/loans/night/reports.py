"""Vintages, concentration, inclusive loans: sums by whom they belong to."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import month_no, total, whole
from xiaoer.loans.night.lives import WHOSE
from xiaoer.loans.terms import NON_PERFORMING, Inclusive, RuleBook

NOUGHT = nw.lit(0)
EXPIRED = "expired"


def cohorts(notes: Frame) -> Frame:
    """What was drawn in each month: cohort (month number), product_id and whose, notes, amount (fen)."""
    return _drawn(notes).group_by("cohort", "product_id", *WHOSE).agg(
        whole(nw.len()).alias("notes"), total("amount").alias("amount")
    )  # fmt: skip


def ripened(notes: Frame, arrears: Frame, calendar: Frame, floor: int, today: int) -> Frame:
    """What of each cohort was first so many days past due at which age: cohort …, age (months), amount.

    `calendar` tells the month number of a day: day, month.
    """
    reached = nw.when(nw.col("from_day") > nw.col("due_day") + floor).then(nw.col("from_day"))
    late = arrears.with_columns(day=whole(reached.otherwise(nw.col("due_day") + floor))).filter(
        nw.col("day") < nw.col("until_day"), nw.col("day") <= today
    )
    first = (
        late.group_by("note_id").agg(nw.col("day").min().alias("day")).join(calendar, on="day", how="inner")
    )
    aged = _drawn(notes).join(first, on="note_id", how="inner")
    return aged.with_columns(age=whole(nw.col("month") - nw.col("cohort"))).group_by(
        "cohort", "product_id", *WHOSE, "age"
    ).agg(total("amount").alias("amount"))  # fmt: skip


def concentration(notes: Frame, of: Frame, kind: str) -> Frame:
    """Balances by what firms have in common: kind, code, whose, firms, notes, balance, bad_balance (fen).

    `of` is customer_id, code; firms it does not name stand under an empty code.
    """
    named = notes.join(of, on="customer_id", how="left").with_columns(
        code=nw.coalesce(nw.col("code"), nw.lit("")), kind=nw.lit(kind)
    )
    firm = named.group_by("kind", "code", *WHOSE, "customer_id").agg(
        whole(nw.len()).alias("notes"),
        total("balance").alias("balance"),
        total("balance", nw.col("grade") >= NON_PERFORMING).alias("bad_balance"),
    )
    return firm.group_by("kind", "code", *WHOSE).agg(
        whole(nw.len()).alias("firms"),
        *(total(name).alias(name) for name in ("notes", "balance", "bad_balance")),
    )


def inclusive(notes: Frame, lines: Frame, firms: Frame, terms: Inclusive) -> Frame:
    """Each firm with open notes: customer_id, credit_limit (fen), and whether its loans count as inclusive.

    `firms` is customer_id, kind, size_class; without a credit line the amounts of open notes stand in.
    """
    open_lines = lines.filter(nw.coalesce(nw.col("status"), nw.lit("")) != EXPIRED)
    limits = open_lines.group_by("customer_id").agg(total("limit").alias("limits"))
    drawn = notes.group_by("customer_id").agg(total("amount").alias("drawn"))
    known = drawn.join(limits, on="customer_id", how="left").join(firms, on="customer_id", how="left")
    limit = (
        nw.when(nw.coalesce(nw.col("limits"), NOUGHT) > 0).then(nw.col("limits")).otherwise(nw.col("drawn"))
    )
    sized = nw.coalesce(nw.col("size_class"), nw.lit("")).is_in(sorted(terms.sizes))
    small = sized | nw.coalesce(nw.col("kind"), nw.lit("")).is_in(sorted(terms.kinds))
    return known.with_columns(credit_limit=whole(limit)).select(
        "customer_id", "credit_limit", counts=small & (nw.col("credit_limit") <= terms.most_limit)
    )


def _drawn(notes: Frame) -> Frame:
    return notes.filter(~nw.col("drawn_date").is_null()).select(
        "note_id",
        "amount",
        *WHOSE,
        cohort=month_no("drawn_date"),
        product_id=nw.coalesce(nw.col("product_id"), nw.lit("")),
    )


def began(book: RuleBook) -> nw.Expr:
    """The day number from which the deciding rule has held, for rules of days; `on_day` for others."""
    since: nw.Expr = nw.col("on_day")
    for one in book.rules:
        if one.measure == "days_past_due":
            reached = nw.col("oldest_due_day") + (one.above or 0) + 1
            since = nw.when(nw.col("rule") == one.code).then(reached).otherwise(since)
    cleared = (nw.col("rule") == "") & ~nw.col("last_late_day").is_null()
    return nw.when(cleared).then(nw.col("last_late_day") + 1).otherwise(since)
