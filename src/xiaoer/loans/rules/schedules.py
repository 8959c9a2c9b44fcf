"""Repayment plans: when a note must pay how much. Rounding: halves away from zero, to one fen.

Annuity and equal principal follow the published formulas for what is still owed after each instalment; that is
rounded, and an instalment's principal is the difference of two such balances, so principal always adds up.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from xiaoer.kit.dates import add_months, is_working_day, month_end
from xiaoer.loans.terms import DayRule, Due, Loan, Method, Repricing

MONTHS, YEAR_OF_DAYS, BASIS_POINTS = 12, 360, 10_000
ONE_DAY = timedelta(days=1)


def plan(loan: Loan) -> tuple[Due, ...]:
    """Every instalment of a note but a revolving one, which pays for what it used (`used`)."""
    if loan.method is Method.BULLET:
        return (_bullet(loan),)
    left = [owed_after(loan, paid) for paid in range(loan.months + 1)]
    return tuple(
        Due(number, due_day(loan, number), before - after, half_up(before * loan.rate / MONTHS))
        for number, (before, after) in enumerate(itertools.pairwise(left), start=1)
    )


def owed_after(loan: Loan, paid: int) -> int:
    """Principal outstanding after `paid` instalments, fen.

    Annuity: P ((1+r)^n - (1+r)^k) / ((1+r)^n - 1); equal principal: P (1 - k/n); else all until the last.
    """
    if paid >= loan.months:
        return 0
    if loan.method is Method.EQUAL_PRINCIPAL or (loan.method is Method.EQUAL_INSTALMENT and not loan.rate):
        return half_up(loan.principal * Fraction(loan.months - paid, loan.months))
    if loan.method is Method.EQUAL_INSTALMENT:
        growth = 1 + loan.rate / MONTHS
        last = growth**loan.months
        return half_up(loan.principal * (last - growth**paid) / (last - 1))
    return loan.principal


def level_payment(loan: Loan) -> int:
    """The annuity's payment, P r / (1 - (1+r)^-n), as the contract names it; fen."""
    monthly = loan.rate / MONTHS
    if not monthly:
        return half_up(Fraction(loan.principal, loan.months))
    return half_up(loan.principal * monthly / (1 - (1 + monthly) ** -loan.months))


def due_day(loan: Loan, number: int) -> date:
    """The pay day of the month so many months on (its last where it has no such day), the last one the maturity."""
    if number >= loan.months:
        return moved(loan.matures, loan.day_rule)
    month = add_months(loan.drawn.replace(day=1), number)
    return moved(month.replace(day=min(loan.pay_day, month_end(month).day)), loan.day_rule)


def moved(day: date, rule: DayRule) -> date:
    """A due day under a business-day rule; modified following turns back where the month would end."""
    if rule is DayRule.AS_WRITTEN or is_working_day(day):
        return day
    if rule is DayRule.PRECEDING:
        return _working(day, -ONE_DAY)
    later = _working(day, ONE_DAY)
    turned = rule is DayRule.MODIFIED_FOLLOWING and later.month != day.month
    return _working(day, -ONE_DAY) if turned else later


def used(loan: Loan, balances: Sequence[tuple[date, int]]) -> tuple[Due, ...]:
    """A revolving note: interest each pay day on daily balances over 360, what is left at maturity.

    `balances` are (day, fen owed from that day on), in order, the first on the day drawn.
    """
    days = [loan.drawn, *(due_day(loan, number) for number in range(1, loan.months + 1))]
    last = balances[-1][1] if balances else 0
    return tuple(
        Due(number, until, last if number == loan.months else 0, _interest(loan.rate, balances, since, until))
        for number, (since, until) in enumerate(itertools.pairwise(days), start=1)
    )


def repriced(loan: Loan, dues: Sequence[Due], on: date, rate: Fraction) -> tuple[Due, ...]:
    """The plan with a new rate from a day on: what fell due stays, the rest is planned anew from what is owed.

    The running period bears the old rate for its days before `on` and the new one from then.
    """
    past = [one for one in dues if one.day <= on]
    left = loan.principal - sum(one.principal for one in past)
    if not left or len(past) == len(dues):
        return tuple(dues)
    since, until = (past[-1].day if past else loan.drawn), dues[len(past)].day
    share = Fraction((on - since).days, (until - since).days)
    mixed = loan.rate * share + rate * (1 - share)
    rest = plan(replace(loan, principal=left, rate=rate, months=loan.months - len(past)))
    days = [one.day for one in dues[len(past) :]]
    anew = [replace(one, number=one.number + len(past), day=day) for one, day in zip(rest, days, strict=True)]
    scale = (
        Fraction((until - since).days, YEAR_OF_DAYS) if loan.method is Method.BULLET else Fraction(1, MONTHS)
    )
    anew[0] = replace(anew[0], interest=half_up(left * mixed * scale))
    return (*past, *anew)


def floating_rate(curve: Sequence[tuple[date, Fraction]], on: date, spread_bp: Fraction) -> Fraction:
    """LPR in force on a day plus the spread; a day before the curve begins has no rate: ValueError."""
    known = [rate for day, rate in curve if day <= on]
    if not known:
        message = f"the curve begins after {on}"
        raise ValueError(message)
    return known[-1] + spread_bp / BASIS_POINTS


def next_repricing(drawn: date, after: date, rule: Repricing) -> date:
    """The first repricing day after a day: 1 January, or the day of the year the note was drawn on."""
    if rule is Repricing.NEW_YEAR:
        return date(after.year + 1, 1, 1)
    passed = max(after.year - drawn.year, 0)
    days = (add_months(drawn, MONTHS * (passed + more)) for more in (0, 1))
    return next(day for day in days if day > after)


def half_up(value: Fraction | int) -> int:
    """To whole fen, halves away from zero."""
    exact = Fraction(value)
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole


def _bullet(loan: Loan) -> Due:
    day = moved(loan.matures, loan.day_rule)
    days = (day - loan.drawn).days
    return Due(1, day, loan.principal, half_up(loan.principal * loan.rate * Fraction(days, YEAR_OF_DAYS)))


def _interest(rate: Fraction, balances: Sequence[tuple[date, int]], since: date, until: date) -> int:
    ends = [*(day for day, _ in balances[1:]), until]
    products = (
        owed * max((min(end, until) - max(day, since)).days, 0)
        for (day, owed), end in zip(balances, ends, strict=True)
    )
    return half_up(rate * sum(products) / YEAR_OF_DAYS)


def _working(day: date, step: timedelta) -> date:
    while not is_working_day(day):
        day += step
    return day
