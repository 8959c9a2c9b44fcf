"""Delivered repayment plans against what the contracts say, all notes at once; one note's plan is `rules/schedules`.

What a contract does not say is not assumed: it is named, and what hangs on it is not compared. Rates are whole
ten-millionths, so that interest is worked out in whole numbers.
"""

from dataclasses import dataclass

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, month_no, total, whole
from xiaoer.loans.rules.lpr import TENORS
from xiaoer.loans.terms import DayRule, Method, Repricing

UNIT = 10_000_000
MONTHS, YEAR_OF_DAYS = 12, 360
NOUGHT = nw.lit(0)
#: What may be missing, as bits of `missing`.
NO_METHOD, NO_DATES, NO_REPRICING, NO_LPR, NO_RATE, NO_PAY_DAY, NO_DAY_RULE, CHANGED = (
    1 << at for at in range(8)
)
PLAN_UNKNOWN = (NO_METHOD, NO_DATES, CHANGED)
AMOUNTS_UNKNOWN = (*PLAN_UNKNOWN, NO_REPRICING, NO_LPR, NO_RATE)
LPR, FIXED = "lpr", "fixed"
TERMS = (
    "note_id", "customer_id", "product_id", "balance", "method", "amount", "drawn_day", "drawn_month", "end_day",
    "months", "rate_kind", "rate", "note_rate", "base_day", "next_day", "next_rate", "pay_day", "day_rule", "missing",
)  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """Days and months as frames, and tonight.

    `days`: day, working (1 or 0), following, modified_following, preceding (where a due day goes), lpr_12, lpr_60
    (null where nobody said). `months`: month (number), first_day, days. `tonight`: a row with lpr_12, lpr_60 as
    now_12, now_60. `today` and `next_new_year` are day numbers; `month` is tonight's.
    """

    days: Frame
    months: Frame
    tonight: Frame
    today: int
    next_new_year: int
    month: int


def stated(notes: Frame, contracts: Frame, calendar: Calendar) -> Frame:
    """One row per note: TERMS, from the contract where it speaks; `rate` as it should be since `base_day`.

    `base_day` is the last day the rate turned, or of drawing; `next_day` and `next_rate` (at tonight's LPR) are null
    for a rate that turns no more. `missing` adds up what is not known.
    """
    told = _told(notes, contracts)
    turned = _turns(told, calendar)
    tenor = nw.col("lpr_tenor_months")
    then = calendar.days.select(base_day=nw.col("day"), then_12=nw.col("lpr_12"), then_60=nw.col("lpr_60"))
    known = turned.join(then, on="base_day", how="left").join(calendar.tonight, how="cross")
    floats = nw.col("rate_kind") == LPR
    lpr = nw.when(tenor == MONTHS).then(nw.col("then_12")).otherwise(nw.col("then_60"))
    now = nw.when(tenor == MONTHS).then(nw.col("now_12")).otherwise(nw.col("now_60"))
    known = known.with_columns(
        lpr=lpr,
        rate=whole(nw.when(floats).then(lpr + nw.col("spread")).otherwise(nw.col("fixed_rate"))),
        next_rate=whole(nw.when(~nw.col("next_day").is_null()).then(now + nw.col("spread"))),
    )
    return known.with_columns(missing=_missing()).select(*TERMS)


def _told(notes: Frame, contracts: Frame) -> Frame:
    """The note beside its contract, days as numbers, rates in ten-millionths."""
    said = contracts.select(
        "contract_id", "rate_kind", "repricing", "lpr_tenor_months", "pay_day", "day_rule", "restructured_date",
        method=nw.col("repayment_method"), contract_rate=_units("rate"), spread=whole(nw.col("spread_bp") * 1000),
    )  # fmt: skip
    both = notes.join(said, on="contract_id", how="left")
    return both.with_columns(
        drawn_day=day_no("drawn_date"),
        drawn_month=month_no("drawn_date"),
        drawn_dom=nw.col("drawn_date").dt.day().cast(nw.Int64),
        drawn_year=nw.col("drawn_date").dt.year().cast(nw.Int64),
        end_day=day_no("due_date"),
        end_month=month_no("due_date"),
        months=whole(month_no("due_date") - month_no("drawn_date")),
        note_rate=_units("rate"),
        fixed_rate=nw.coalesce(nw.col("contract_rate"), _units("rate")),
        changed=~nw.col("restructured_date").is_null() | ~nw.col("extended_date").is_null(),
    )


def _turns(told: Frame, calendar: Calendar) -> Frame:
    """base_day and next_day: when the rate turned last (or the note was drawn) and turns next; none from the end on."""
    ended = nw.col("end_day") <= calendar.today
    until = told.with_columns(
        _until=whole(nw.when(ended).then(nw.col("end_day") - 1).otherwise(calendar.today)),
        _month_now=whole(nw.when(ended).then(nw.col("end_month")).otherwise(calendar.month)),
    )
    at = nw.col("drawn_month") + (nw.col("_month_now") - nw.col("drawn_month")) // MONTHS * MONTHS
    dated = until.with_columns(_at=whole(at))
    for name, more in (("_before", -MONTHS), ("_this", 0), ("_after", MONTHS)):
        dated = _day_of_month(dated, calendar.months, nw.col("_at") + more, nw.col("drawn_dom"), name)
    january = nw.col("_month_now") // MONTHS * MONTHS
    dated = _day_of_month(dated, calendar.months, january, nw.lit(1), "_new_year")
    yearly = nw.col("repricing") == Repricing.ANNIVERSARY.value
    passed = nw.col("_this") <= nw.col("_until")
    turned = nw.when(passed).then(nw.col("_this")).otherwise(nw.col("_before"))
    coming = nw.when(passed).then(nw.col("_after")).otherwise(nw.col("_this"))
    last = nw.when(yearly).then(turned).otherwise(nw.col("_new_year"))
    floats = (nw.col("rate_kind") == LPR) & ~nw.col("repricing").is_null()
    ran = floats & (last > nw.col("drawn_day")) & (last < nw.col("end_day"))
    coming = nw.when(yearly).then(coming).otherwise(nw.lit(calendar.next_new_year))
    ahead = floats & (coming < nw.col("end_day")) & (coming > calendar.today)
    return dated.with_columns(
        base_day=whole(nw.when(ran).then(last).otherwise(nw.col("drawn_day"))),
        next_day=whole(nw.when(ahead).then(coming)),
    )


def _day_of_month(frame: Frame, months: Frame, month: nw.Expr, dom: nw.Expr, name: str) -> Frame:
    """A column with the day of a month, its last where it has no such day."""
    first = months.select(_month=nw.col("month"), _first=nw.col("first_day"), _days=nw.col("days"))
    joined = frame.with_columns(_month=whole(month)).join(first, on="_month", how="left")
    within = nw.when(dom > nw.col("_days")).then(nw.col("_days")).otherwise(dom)
    return joined.with_columns(whole(nw.col("_first") + within - 1).alias(name)).drop(
        "_month", "_first", "_days"
    )


def _missing() -> nw.Expr:
    """What is not known, added up."""
    method, kind = nw.coalesce(nw.col("method"), nw.lit("")), nw.coalesce(nw.col("rate_kind"), nw.lit(""))
    floats = kind == LPR
    known_tenor = nw.col("lpr_tenor_months").is_in([*TENORS]).fill_null(value=False)
    agreed = known_tenor & ~nw.col("repricing").is_null() & ~nw.col("spread").is_null()
    gaps = (
        (NO_METHOD, method.is_in(["", Method.REVOLVING.value])),
        (NO_DATES, nw.coalesce(nw.col("months"), NOUGHT) < 1),
        (NO_REPRICING, (kind == "") | (floats & ~agreed)),
        (NO_LPR, floats & agreed & nw.col("lpr").is_null()),
        (NO_RATE, (kind == FIXED) & nw.col("fixed_rate").is_null()),
        (NO_PAY_DAY, nw.col("pay_day").is_null() & (method != Method.BULLET.value)),
        (NO_DAY_RULE, nw.col("day_rule").is_null()),
        (CHANGED, nw.col("changed")),
    )
    bits = [nw.when(gap.fill_null(value=False)).then(bit).otherwise(0) for bit, gap in gaps]
    added = bits[0]
    for one in bits[1:]:
        added = added + one
    return whole(added)


def lined(terms: Frame, schedules: Frame, calendar: Calendar) -> Frame:
    """Each instalment due since the rate turned last, with the day, principal and interest its terms ask for.

    Columns: note_id, due_day, asked_day (null where it is not known), principal_gap, interest_gap (fen, delivered less
    asked for; null where not known). The interest of the period in which the rate turned is not compared,
    nor what was paid ahead of its day, which costs less.
    """
    rows = schedules.select(
        "note_id",
        "instalment",
        due_day=day_no("due_date"),
        paid_day=day_no("paid_date"),
        principal=whole(nw.coalesce(nw.col("principal"), NOUGHT)),
        interest=whole(nw.coalesce(nw.col("interest"), NOUGHT)),
    ).join(terms, on="note_id", how="inner")
    behind = (nw.col("due_day") <= nw.col("base_day")) & (nw.col("base_day") > nw.col("drawn_day"))
    passed = rows.filter(behind).group_by("note_id").agg(
        whole(nw.len()).alias("_passed"), total("principal").alias("_paid")
    )  # fmt: skip
    ahead = rows.filter(~behind).join(passed, on="note_id", how="left")
    placed = ahead.with_columns(
        left=whole(nw.col("amount") - nw.coalesce(nw.col("_paid"), NOUGHT)),
        n=whole(nw.col("months") - nw.coalesce(nw.col("_passed"), NOUGHT)),
        k=whole(nw.col("instalment") - nw.coalesce(nw.col("_passed"), NOUGHT)),
    )
    bullet = nw.col("method") == Method.BULLET.value
    placed = placed.with_columns(n=whole(nw.when(bullet).then(1).otherwise(nw.col("n"))))
    within = placed.filter(nw.col("k") >= 1, nw.col("k") <= nw.col("n"))
    return _asked_amounts(_asked_days(within, calendar)).select(
        "note_id", "due_day", "asked_day", "principal_gap", "interest_gap"
    )


def _asked_days(rows: Frame, calendar: Calendar) -> Frame:
    """asked_day: the pay day of its month, the last the maturity, moved as agreed."""
    month = nw.col("drawn_month") + nw.col("instalment")
    dated = _day_of_month(rows, calendar.months, month, nw.col("pay_day"), "_pay")
    last = nw.col("k") == nw.col("n")
    written = dated.with_columns(
        _written=whole(nw.when(last).then(nw.col("end_day")).otherwise(nw.col("_pay")))
    )
    days = calendar.days.rename({"day": "_written"}).drop("lpr_12", "lpr_60")
    moved = written.join(days, on="_written", how="left")
    stays = (nw.col("day_rule") == DayRule.AS_WRITTEN.value) | (nw.col("working") == 1)
    rule = nw.col("day_rule")
    asked: nw.Expr = nw.when(rule == DayRule.PRECEDING.value).then(nw.col(DayRule.PRECEDING.value))
    for one in (DayRule.MODIFIED_FOLLOWING.value, DayRule.FOLLOWING.value):
        asked = nw.when(rule == one).then(nw.col(one)).otherwise(asked)
    asked = nw.when(stays.fill_null(value=False)).then(nw.col("_written")).otherwise(asked)
    known = nw.when(~_lacks(*PLAN_UNKNOWN)).then(nw.lit(1))
    return moved.with_columns(_asked=whole(asked), _known=known).with_columns(
        asked_day=nw.when(nw.col("_known") == 1).then(nw.col("_asked"))
    )


def _asked_amounts(rows: Frame) -> Frame:
    """principal_gap and interest_gap, by the formulas of `rules/schedules`."""
    growth = 1 + nw.col("rate").cast(nw.Float64) / (UNIT * MONTHS)
    grown = rows.with_columns(_growth=growth).with_columns(_last=nw.col("_growth") ** nw.col("n"))
    owed = grown.with_columns(before=_owed_after(nw.col("k") - 1), after=_owed_after(nw.col("k")))
    monthly = (2 * nw.col("before") * nw.col("rate") + MONTHS * UNIT) // (2 * MONTHS * UNIT)
    held = nw.col("before").cast(nw.Float64) * nw.col("rate") / UNIT
    by_days = (held * (nw.col("due_day") - nw.col("drawn_day")) / YEAR_OF_DAYS + 0.5).floor()
    bullet = nw.col("method") == Method.BULLET.value
    interest = nw.when(bullet).then(by_days.cast(nw.Int64)).otherwise(monthly)
    early = (nw.col("paid_day") < nw.col("due_day")).fill_null(value=False)
    known = ~_lacks(*AMOUNTS_UNKNOWN) & ~early
    turned = (nw.col("k") == 1) & (nw.col("base_day") > nw.col("drawn_day"))
    return owed.with_columns(
        principal_gap=whole(nw.when(known).then(nw.col("principal") - nw.col("before") + nw.col("after"))),
        interest_gap=whole(nw.when(known & ~turned).then(nw.col("interest") - interest)),
    )


def _owed_after(paid: nw.Expr) -> nw.Expr:
    """Principal outstanding after so many instalments, fen."""
    left, n = nw.col("left"), nw.col("n")
    even = (2 * left * (n - paid) + n) // (2 * n)
    share = (nw.col("_last") - nw.col("_growth") ** paid) / (nw.col("_last") - 1)
    level = (left.cast(nw.Float64) * share + 0.5).floor().cast(nw.Int64)
    annuity = (nw.col("method") == Method.EQUAL_INSTALMENT.value) & (nw.col("rate") > 0)
    evenly = nw.col("method").is_in([Method.EQUAL_PRINCIPAL.value, Method.EQUAL_INSTALMENT.value])
    owed = nw.when(annuity).then(level).otherwise(nw.when(evenly).then(even).otherwise(left))
    return whole(nw.when(paid >= n).then(0).otherwise(owed))


def compared(terms: Frame, lines: Frame, schedules: Frame, tolerance: int) -> Frame:
    """One row per note: TERMS, and where its plan departs from them.

    Columns: compared (instalments looked at), day_rows, amount_rows (that depart), gap_amount (fen, both ways added),
    count_gap (instalments too many), rate_gap (the note's rate less the asked one), departs (1 or 0), since_day.
    """
    gap = _size("principal_gap") + _size("interest_gap")
    judged = lines.with_columns(
        _gap=whole(gap), _day=(nw.col("asked_day") != nw.col("due_day")).fill_null(value=False)
    ).with_columns(_amount=nw.col("_gap") > tolerance)
    late = nw.when(nw.col("_day") | nw.col("_amount")).then(nw.col("due_day"))
    known = ~nw.col("asked_day").is_null() | ~nw.col("principal_gap").is_null()
    found = judged.with_columns(_since=late, _known=known).group_by("note_id").agg(
        count(nw.col("_known")).alias("compared"),
        count(nw.col("_day")).alias("day_rows"),
        count(nw.col("_amount")).alias("amount_rows"),
        total("_gap", nw.col("_amount")).alias("gap_amount"),
        nw.col("_since").min().alias("since_day"),
    )  # fmt: skip
    rows = schedules.group_by("note_id").agg(whole(nw.len()).alias("_rows"))
    both = terms.join(found, on="note_id", how="left").join(rows, on="note_id", how="left")
    asked = nw.when(nw.col("method") == Method.BULLET.value).then(1).otherwise(nw.col("months"))
    counted = (
        nw.when(~_lacks(*PLAN_UNKNOWN) & ~nw.col("_rows").is_null())
        .then(nw.col("_rows") - asked)
        .otherwise(0)
    )
    rate = nw.when(~_lacks(*AMOUNTS_UNKNOWN)).then(nw.col("note_rate") - nw.col("rate"))
    told = both.with_columns(
        *(whole(nw.coalesce(nw.col(name), NOUGHT)).alias(name) for name in
          ("compared", "day_rows", "amount_rows", "gap_amount")),
        count_gap=whole(counted), rate_gap=whole(nw.coalesce(rate, NOUGHT)),
    ).drop("_rows")  # fmt: skip
    departs = nw.col("day_rows") + nw.col("amount_rows") > 0
    departs = departs | (nw.col("count_gap") != 0) | (nw.col("rate_gap") != 0)
    turned = nw.when(nw.col("rate_gap") != 0).then(nw.col("base_day")).otherwise(nw.col("since_day"))
    return told.with_columns(departs=whole(nw.when(departs).then(1).otherwise(0)), since_day=whole(turned))


def _size(name: str) -> nw.Expr:
    value = nw.coalesce(nw.col(name), NOUGHT)
    return nw.when(value < 0).then(-value).otherwise(value)


def _lacks(*bits: int) -> nw.Expr:
    """Whether any of these is missing: a bit is set when the quotient by it is odd."""
    first, *others = ((nw.col("missing") // bit) % 2 == 1 for bit in bits)
    lacking = first
    for one in others:
        lacking = lacking | one
    return lacking


def _units(column: str) -> nw.Expr:
    return whole((nw.col(column) * UNIT).round())
