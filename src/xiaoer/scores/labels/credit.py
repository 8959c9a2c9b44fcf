"""Labels of risk and payment: default, distress, cure, loss, early repayment, renewal.

A firm that leaves without owing anything did not default: its outcome is 0 as soon as the days are told.
"""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, share, total
from xiaoer.scores.labels.happening import gone, happened, notes, of_note, sure, yes
from xiaoer.scores.labels.terms import KEY, Later

EARLY_DAYS = 7
LATE_DAYS = 30


def defaulted(rows: Frame, later: Later) -> Frame:
    """1: a note of the firm reaches 90 days past due within the horizon."""
    told = notes(later).filter(~nw.col("default_day").is_null())
    events = told.select("customer_id", day=nw.col("default_day"))
    return happened(gone(rows, later), events, later).select(
        *KEY, later.told(yes(nw.col("times") > 0)).alias("label")
    )


def distressed(rows: Frame, later: Later) -> Frame:
    """1: some snapshot within the horizon finds a note of the firm more than 30 days past due, or it defaults."""
    late = nw.col("days_past_due") > later.options.get("late_days", LATE_DAYS)
    seen = later.snapshots("drawdown_notes").filter(late, nw.col("balance") > 0)
    found = seen.select("customer_id", day=day_no("business_date"))
    told = notes(later).filter(~nw.col("default_day").is_null())
    events = nw.concat([found, told.select("customer_id", day=nw.col("default_day"))])
    return happened(gone(rows, later), events, later).select(
        *KEY, later.told(yes(nw.col("times") > 0)).alias("label")
    )


def note_defaulted(rows: Frame, later: Later) -> Frame:
    """1: the note defaults within the horizon; paid off before, early or not: 0 (a competing end, not unknown)."""
    joined = of_note(rows, later)
    hit = later.inside(nw.col("default_day"))
    return joined.select(*KEY, later.told(yes(hit)).alias("label"))


def paid_early(rows: Frame, later: Later) -> Frame:
    """1: the note is paid off within the horizon and more than 7 days before it is due; defaulted first: 0."""
    joined = of_note(rows, later)
    settled, default = nw.col("settled_day"), nw.col("default_day")
    first = default.is_null() | (default > settled)
    ahead = nw.col("due_day") - settled > later.options.get("early_days", EARLY_DAYS)
    return joined.select(*KEY, later.told(yes(later.inside(settled) & ahead & first)).alias("label"))


def cured(rows: Frame, later: Later) -> Frame:
    """Of a note past due, 1: within the horizon a snapshot finds it current, or it is paid off; defaulted first: 0."""
    joined = of_note(rows, later)
    clean = later.snapshots("drawdown_notes").filter(
        nw.coalesce(nw.col("days_past_due"), nw.lit(0)) == 0,
        nw.col("balance") > 0,
    )
    seen = clean.select(item=nw.col("note_id"), day=day_no("business_date"))
    counted = happened(rows, seen, later, on="item").select(*KEY, "times")
    whole_row = joined.join(counted, on=list(KEY), how="left")
    failed = later.inside(nw.col("default_day"))
    well = (nw.col("times") > 0) | later.inside(nw.col("settled_day"))
    return whole_row.select(*KEY, later.told(yes(well & ~sure(failed))).alias("label"))


def lost(rows: Frame, later: Later) -> Frame:
    """Of a note that defaulted on `from_day`: the share of what was owed that did not come back within the horizon.

    Owed: the balance of the first snapshot from the default on; null where there is none.
    """
    seen = later.snapshots("drawdown_notes").select(
        item=nw.col("note_id"), day=day_no("business_date"), owed=nw.col("balance")
    )
    after = rows.join(seen, on="item", how="inner").filter(
        nw.col("day") >= nw.col("from_day"), nw.col("owed") > 0
    )
    first = nw.col("day") == nw.col("day").min().over(*KEY)
    owed = after.with_columns(first=first).filter(nw.col("first")).select(*KEY, "owed")
    money = nw.coalesce(nw.col("principal"), nw.lit(0))
    paid = later.tables("repayments").select(item=nw.col("note_id"), day=day_no("repaid_date"), money=money)
    came = (
        rows.join(paid, on="item", how="inner")
        .filter(later.inside(nw.col("day")))
        .group_by(*KEY)
        .agg(total("money").alias("came"))
    )
    joined = rows.join(owed, on=list(KEY), how="left").join(came, on=list(KEY), how="left")
    back = share(nw.coalesce(nw.col("came"), nw.lit(0)), "owed")
    left = nw.when(back > 1).then(0.0).otherwise(1 - back)
    return joined.select(*KEY, later.told(left).alias("label"))


def not_renewed(rows: Frame, later: Later) -> Frame:
    """Of a note that falls due within the horizon, 1: no contract follows it within 31 days after; defaulted: null.

    A note that falls due later is null, and so is one paid off early: nothing was there to renew.
    """
    joined = of_note(rows, later)
    follows = later.tables("loan_contracts").filter(~nw.col("renewed_from").is_null())
    next_one = follows.group_by("renewed_from").agg(day_no("start_date").min().alias("next_day"))
    wide = joined.join(next_one.rename({"renewed_from": "contract_id"}), on="contract_id", how="left")
    due, default, settled = nw.col("due_day"), nw.col("default_day"), nw.col("settled_day")
    fails = sure(default <= due + 92) | sure(due - settled > EARLY_DAYS)
    followed = yes(nw.col("next_day") <= due + 31)
    told = later.inside(due) & (due + 31 <= later.told_until) & ~fails
    return wide.select(*KEY, nw.when(told).then((1 - followed).cast(nw.Float64)).alias("label"))
