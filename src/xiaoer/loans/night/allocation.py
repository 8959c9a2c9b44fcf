"""Money against dues, oldest first, for every note at once: cumulative sums laid side by side.

A due is covered on the first day on which the money that came in reaches the sum of it and all dues before it.
Dues and payments of a note are put in one line by those sums; the smallest day among the payments from there on
is the due's day. Nothing is asked note by note, and notes that plainly paid in time are left out before.
"""

from collections.abc import Callable

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole

NEVER = 1_000_000  # a day number no bank reaches
NOUGHT = nw.lit(0)


def stretches(
    schedules: Frame,
    repayments: Frame,
    today: int,
    first_told: int,
    hold: Callable[[Frame], Frame] = lambda frame: frame,
) -> Frame:
    """One row per due and the days on which it was the oldest one not covered: how late a note was, and when.

    Columns: note_id, due_day, from_day, until_day (day numbers; the note is day - due_day days past due from
    `from_day` up to and without `until_day`; NEVER while it goes on). `first_told` as the function of that name
    gives it, for the whole bank. Needs schedules' note_id, instalment, due_date, principal, interest,
    paid_principal, paid_interest, paid_date and repayments' note_id, instalment, repaid_date, principal, interest,
    early; amounts in fen, dates as day numbers.
    """
    dues, money = hold(_dues(schedules)), hold(_money(repayments))
    fallen = dues.filter(nw.col("due_day") <= today, nw.col("owed") > 0)
    doubtful = hold(_doubtful(fallen, money, first_told))
    mine, brought = (hold(frame.join(doubtful, on="note_id", how="semi")) for frame in (dues, money))
    came = _came(mine, brought, today, first_told)
    covered = _covered(mine.filter(nw.col("due_day") <= today, nw.col("owed") > 0), came)
    before = nw.col("until_day").shift(1).over("note_id", order_by="level")
    lined = covered.with_columns(_before=nw.coalesce(before, NOUGHT))
    first_late = nw.col("due_day") + 1
    return (
        lined.with_columns(
            from_day=whole(
                nw.when(nw.col("_before") > first_late).then(nw.col("_before")).otherwise(first_late)
            )
        )
        .filter(nw.col("until_day") > nw.col("from_day"), nw.col("from_day") <= today)
        .select("note_id", "due_day", "from_day", "until_day")
    )


def first_told(repayments: Frame) -> Frame:
    """One row: the day of the first repayment ever delivered as `first_day`, null where none was."""
    return repayments.select(first_day=day_no("repaid_date").min())


def _dues(schedules: Frame) -> Frame:
    """note_id, instalment, due_day, owed, and what the plan itself says of payment: paid, paid_day."""
    amounts = {name: nw.coalesce(nw.col(name), NOUGHT) for name in
               ("principal", "interest", "paid_principal", "paid_interest")}  # fmt: skip
    return schedules.select(
        "note_id",
        "instalment",
        due_day=whole(nw.col("due_date")),
        owed=whole(amounts["principal"] + amounts["interest"]),
        paid=whole(amounts["paid_principal"] + amounts["paid_interest"]),
        paid_day=whole(nw.col("paid_date")),
    )


def _money(repayments: Frame) -> Frame:
    """note_id, instalment, day, money (fen), early, of the rows that brought or took back any."""
    brought = whole(nw.coalesce(nw.col("principal"), NOUGHT) + nw.coalesce(nw.col("interest"), NOUGHT))
    return repayments.select(
        "note_id",
        "instalment",
        day=whole(nw.col("repaid_date")),
        money=brought,
        early=nw.coalesce(nw.col("early"), nw.lit(value=False)),
    ).filter(nw.col("money") != 0)


def _doubtful(fallen: Frame, money: Frame, first_told: int) -> Frame:
    """note_id of the notes that may ever have been past due; of all others it is plain without a sum.

    Nothing was taken back from them, and for each due one payment that names it, or what the plan shows as paid
    before payments were told, brought all of it by the day after. Whatever covers what, that is money enough.
    """
    in_time = nw.col("due_day") + 1
    by_plan = (nw.col("paid") >= nw.col("owed")) & (nw.col("paid_day") < first_told)
    asked = fallen.filter(~(by_plan & (nw.col("paid_day") <= in_time)).fill_null(value=False))
    paid = asked.select("note_id", "instalment", "due_day", "owed").join(
        money.select("note_id", "instalment", "day", "money"), on=["note_id", "instalment"], how="left"
    )
    kept = (nw.col("money") >= nw.col("owed")) & (nw.col("day") <= in_time)
    short = paid.filter(~kept.fill_null(value=False)).select("note_id")
    return nw.concat([short, money.filter(nw.col("money") < 0).select("note_id")]).unique()


def _came(dues: Frame, money: Frame, today: int, first_told: int) -> Frame:
    """note_id, day, money: by day what came in and counts, with what was paid before repayments were told."""
    named = dues.select("note_id", "instalment", "due_day")
    ahead = money.filter(nw.col("early")).join(named, on=["note_id", "instalment"], how="left")
    due = nw.coalesce(nw.col("due_day"), nw.col("day"))
    waiting = ahead.with_columns(day=nw.when(due > nw.col("day")).then(due).otherwise(nw.col("day")))
    columns = ["note_id", "day", "money"]
    earlier = dues.filter(nw.col("paid") > 0, nw.col("paid_day") < first_told)
    forward = earlier.select("note_id", day=nw.col("paid_day"), money=nw.col("paid"))
    told = money.filter(~nw.col("early"))
    rows = nw.concat([frame.select(columns) for frame in (told, waiting, forward)])
    return rows.filter(nw.col("day") <= today).group_by("note_id", "day").agg(total("money").alias("money"))


def _covered(dues: Frame, came: Frame) -> Frame:
    """Each due with the day its level was reached; `level` is the sum of the dues up to it."""
    owed = whole(nw.col("owed").cum_sum().over("note_id", order_by=["due_day", "instalment"]))
    levels = dues.select("note_id", "due_day", at=owed * 2, until_day=nw.lit(NEVER).cast(nw.Int64))
    in_all = came.with_columns(sum=whole(nw.col("money").cum_sum().over("note_id", order_by="day")))
    stays = nw.col("sum").cum_min(reverse=True).over("note_id", order_by="day")
    reached = in_all.select(
        "note_id", due_day=nw.lit(NEVER).cast(nw.Int64), at=whole(stays) * 2 + 1, until_day=nw.col("day")
    )
    line = nw.concat([levels, reached])
    soonest = nw.col("until_day").cum_min(reverse=True).over("note_id", order_by="at")
    return line.with_columns(until_day=whole(soonest), level=nw.col("at")).filter(nw.col("due_day") < NEVER)
