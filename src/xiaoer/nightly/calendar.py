"""Every day and month a book of loans touches: where due days go, and the LPR of each day as far as it is known."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.dates import add_months, day_number, is_working_day, month_end, month_start
from xiaoer.kit.tables import Frame
from xiaoer.loans.night.plans import UNIT, Calendar
from xiaoer.loans.rules.lpr import TENORS, Curve, Published, curve
from xiaoer.loans.rules.schedules import moved
from xiaoer.loans.terms import DayRule
from xiaoer.nightly.run import Night

MOST_YEARS = 40  # a date beyond is a slip of somebody's pen
DAYS = pa.schema(
    [
        (name, pa.int64())
        for name in ("day", "working", "following", "modified_following", "preceding", "lpr_12", "lpr_60")
    ]
)
MONTHS = pa.schema([(name, pa.int64()) for name in ("month", "first_day", "days")])
RULES = (DayRule.FOLLOWING, DayRule.MODIFIED_FOLLOWING, DayRule.PRECEDING)


def calendar(night: Night, notes: Frame) -> Calendar:
    """The days from a year before the first drawing of these notes to a year after the last day to pay."""
    today = night.business_date
    ends = night.engine.collect(
        notes.select(first=nw.col("drawn_date").min(), last=nw.col("due_date").max())
    ).to_pylist()[0]  # fmt: skip
    first = max(ends["first"] or today, add_months(today, -12 * MOST_YEARS))
    last = min(ends["last"] or today, add_months(today, 12 * MOST_YEARS))
    begun, ended = add_months(month_start(first), -12), month_end(add_months(max(last, today), 12))
    curves = lpr_curves(delivered_lpr(night), today)
    table = night.engine.table
    return Calendar(
        days=table(days(begun, ended, curves)),
        months=table(months(begun, ended)),
        tonight=table(pa.table({f"now_{tenor}": pa.array([units(one.on(today))], pa.int64())
                                for tenor, one in curves.items()})),
        today=night.on.today,
        next_new_year=day_number(date(today.year + 1, 1, 1)),
        month=today.year * 12 + today.month - 1,
    )  # fmt: skip


def delivered_lpr(night: Night) -> list[tuple[int, date, Fraction]]:
    """Tenor, day and rate of the bank's own LPR curve."""
    told = night.delivered("rate_curves").filter(
        nw.col("curve") == "lpr", nw.col("from_date") <= nw.lit(night.business_date)
    )
    rows = night.engine.collect(told.select("tenor_months", "from_date", "rate")).to_pylist()
    return [(row["tenor_months"], row["from_date"], Fraction(Decimal(str(row["rate"])))) for row in rows]


def lpr_curves(delivered: Iterable[tuple[int, date, Fraction]], on: date) -> dict[int, Curve]:
    """By tenor."""
    rows, published = list(delivered), Published.in_force(on)
    return {tenor: curve(rows, published, tenor) for tenor in TENORS}


def days(first: date, last: date, curves: dict[int, Curve]) -> pa.Table:
    """Each day: whether offices work, where a due day on it goes, and the LPR by tenor in ten-millionths."""
    rows = []
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        goes: dict[str, int | None] = {rule.value: day_number(moved(day, rule)) for rule in RULES}
        lpr = {f"lpr_{tenor}": units(one.on(day)) for tenor, one in curves.items()}
        rows.append({"day": day_number(day), "working": int(is_working_day(day))} | goes | lpr)
    return pa.Table.from_pylist(rows, DAYS)


def months(first: date, last: date) -> pa.Table:
    """Each month's number, first day and length."""
    rows, month = [], month_start(first)
    while month <= last:
        number = month.year * 12 + month.month - 1
        rows.append({"month": number, "first_day": day_number(month), "days": month_end(month).day})
        month = add_months(month, 1)
    return pa.Table.from_pylist(rows, MONTHS)


def units(rate: Fraction | None) -> int | None:
    """A rate in whole ten-millionths."""
    return None if rate is None else round(rate * UNIT)
