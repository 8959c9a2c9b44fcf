"""Each note's life in one row: what it was drawn as, and month by month its balance and the grade of its class.

Months are numbers (year × 12 + month − 1); `balance_<month>` is fen, `grade_<month>` 0 for normal to 4 for loss. A note
is on the book of a month while its balance there is above nought.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import total, whole

NOUGHT = nw.lit(0)
WHOSE = ("branch_id", "manager_id")
DRAWN = ("customer_id", "product_id", "amount", "drawn_date")
OUTSIDE = -1  # the grade of a note that was not on the book on one of two month-ends


def lives(snapshots: Frame, tonight: Frame, ends: Mapping[int, date], months: Sequence[int]) -> Frame:
    """Every note a snapshot ever told of, those settled long ago included: note_id, DRAWN, balance_<month>.

    `ends` names the snapshot that is a month's book; the last of `months`, which follow one another, is tonight's.
    """
    *before, now = months
    book = nw.col("business_date")
    balances = [
        nw.when(book == nw.lit(ends.get(month, date.min)))
        .then(nw.col("balance"))
        .max()
        .alias(_balance(month))
        for month in before
    ]
    once = snapshots.group_by("note_id").agg(*(nw.col(name).max().alias(name) for name in DRAWN), *balances)
    here = tonight.select("note_id", nw.col("balance").alias(_balance(now)))
    none = {_balance(month): nw.coalesce(nw.col(_balance(month)), NOUGHT) for month in months}
    return once.join(here, on="note_id", how="left").with_columns(**none)


def graded(lived: Frame, classes: Frame, months: Sequence[int]) -> Frame:
    """The lives with `grade_<month>`, by `classes` of the notes something is known of: note_id, month, grade."""
    grades = [
        nw.when(nw.col("month") == month).then(nw.col("grade")).otherwise(0).max().alias(_grade(month))
        for month in months
    ]
    each = classes.filter(nw.col("grade") > 0).group_by("note_id").agg(*grades)
    told = [whole(nw.coalesce(nw.col(_grade(month)), NOUGHT)).alias(_grade(month)) for month in months]
    return lived.join(each, on="note_id", how="left").with_columns(*told)


def migration(grades: Frame, months: Sequence[int]) -> Frame:
    """Notes by grade on one month-end and the next: month, from_grade, to_grade, notes, balance and whose.

    `month` is the later one. Balance is the earlier one, or the later for notes that came (from_grade OUTSIDE).
    """
    pairs = list(pairwise(months)) or [(months[-1], months[-1])]
    moves = [_moved(grades, before, now) for before, now in pairs]
    return nw.concat(moves).filter(nw.col("month") > months[0])


def changes(grades: Frame, classes: Frame, days: Mapping[int, int]) -> Frame:
    """Each change of a note's class between one day looked at and the next, and what made it.

    Columns: note_id, customer_id, day (day number: the day the deciding rule began to hold, as far as days past due
    tell it, else the day it was seen), from_grade, to_grade, rule (now), rule_before. `classes` as `classified`
    gives them, with month and began_day; `days` is the day each month was looked at.
    """
    pairs = [(month - 1, month) for month in sorted(days) if month - 1 in days] or [(max(days), max(days))]
    moved = nw.concat([_changed(grades, before, now, days[now]) for before, now in pairs])
    key = ["note_id", "month"]
    now = classes.select(*key, "rule", "began_day")
    before = classes.select("note_id", month=nw.col("month") + 1, rule_before=nw.col("rule"))
    lined = moved.join(now, on=key, how="left").join(before, on=key, how="left")
    return lined.select(
        "note_id",
        "customer_id",
        "from_grade",
        rule=nw.coalesce(nw.col("rule"), nw.lit("")),
        rule_before=nw.coalesce(nw.col("rule_before"), nw.lit("")),
        day=nw.coalesce(nw.col("began_day"), nw.col("seen_day")),
        to_grade=nw.col("to_grade"),
    )


def _moved(grades: Frame, before: int, now: int) -> Frame:
    there, here = (nw.col(_balance(month)) > 0 for month in (before, now))
    held = nw.when(there).then(nw.col(_balance(before))).otherwise(nw.col(_balance(now)))
    seen = grades.filter(there | here).select(
        *WHOSE,
        month=_number(now),
        from_grade=whole(nw.when(there).then(nw.col(_grade(before))).otherwise(OUTSIDE)),
        to_grade=whole(nw.when(here).then(nw.col(_grade(now))).otherwise(OUTSIDE)),
        balance=held,
    )
    return seen.group_by("month", "from_grade", "to_grade", *WHOSE).agg(
        whole(nw.len()).alias("notes"), total("balance").alias("balance")
    )


def _changed(grades: Frame, before: int, now: int, seen: int) -> Frame:
    """Notes on both books whose grades differ."""
    was, is_now = nw.col(_grade(before)), nw.col(_grade(now))
    both = grades.filter(nw.col(_balance(before)) > 0, nw.col(_balance(now)) > 0, was != is_now)
    return both.select(
        "note_id", "customer_id", month=_number(now), seen_day=_number(seen), from_grade=was, to_grade=is_now
    )


def _balance(month: int) -> str:
    return f"balance_{month}"


def _grade(month: int) -> str:
    return f"grade_{month}"


def _number(value: int) -> nw.Expr:
    return nw.lit(value).cast(nw.Int64)
