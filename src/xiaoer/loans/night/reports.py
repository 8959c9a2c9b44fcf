"""Migration between month-ends, vintages, concentration, inclusive loans: sums by whom they belong to."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import month_no, total, whole
from xiaoer.loans.terms import NON_PERFORMING, Inclusive, RuleBook

NOUGHT = nw.lit(0)
WHOSE = ("branch_id", "manager_id")
OUTSIDE = -1  # the grade of a note that was not on the book on one of two month-ends
EXPIRED = "expired"


def migration(classes: Frame) -> Frame:
    """Notes by grade on one month-end and the next: month, from_grade, to_grade, notes, balance and whose.

    `classes` has month, note_id, grade, balance, branch_id, manager_id of months next to one another; `month` is
    the later one. Balance is the earlier one, or the later for notes that came (from_grade OUTSIDE).
    """
    columns = ["month", "from_grade", "to_grade", "balance", *WHOSE]
    now = classes.with_columns(to_grade=nw.col("grade"))
    before = classes.select(
        "note_id", *WHOSE, month=nw.col("month") + 1, from_grade=nw.col("grade"), balance=nw.col("balance")
    )
    key, nobody = ["note_id", "month"], nw.lit(OUTSIDE).cast(nw.Int64)
    span = classes.select(first=nw.col("month").min(), last=nw.col("month").max())
    stayed = before.join(now.select(*key, "to_grade"), on=key, how="inner")
    left = before.join(now.select(*key), on=key, how="anti").with_columns(to_grade=nobody)
    came = now.join(before.select(*key), on=key, how="anti").with_columns(from_grade=nobody)
    came = came.join(span, how="cross").filter(nw.col("month") > nw.col("first"))
    left = left.join(span, how="cross").filter(nw.col("month") <= nw.col("last"))
    moves = nw.concat([part.select(columns) for part in (stayed, left, came)])
    return moves.group_by("month", "from_grade", "to_grade", *WHOSE).agg(
        whole(nw.len()).alias("notes"), total("balance").alias("balance")
    )


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


def changes(classes: Frame) -> Frame:
    """Each change of a note's class between one day looked at and the next, and what made it.

    Columns: note_id, customer_id, day (day number: the day the deciding rule began to hold, as far as days past due
    tell it, else the day it was seen), from_grade, to_grade, rule (now), rule_before. `classes` as `classified`
    gives them, with month and began_day.
    """
    lag = {name: nw.col(source).shift(1).over("note_id", order_by="month") for name, source in
           (("from_grade", "grade"), ("rule_before", "rule"), ("_month", "month"))}  # fmt: skip
    lined = classes.with_columns(**lag).filter(
        nw.col("_month") == nw.col("month") - 1, nw.col("grade") != nw.col("from_grade")
    )
    return lined.select(
        "note_id",
        "customer_id",
        "from_grade",
        "rule",
        "rule_before",
        day=nw.col("began_day"),
        to_grade=nw.col("grade"),
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
