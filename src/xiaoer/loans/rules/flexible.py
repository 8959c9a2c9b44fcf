"""An easier plan for good payers: interest now, principal at the end, at a price."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from xiaoer.kit.dates import months_between
from xiaoer.loans.rules.schedules import BASIS_POINTS, plan
from xiaoer.loans.terms import Flexible, Loan, Method

SLIDING = frozenset({Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL})


@dataclass(frozen=True)
class Payer:
    """How a note was paid so far: the grade of its class, its first day, the last day anything was past due."""

    grade: int
    drawn: date
    last_late: date | None


@dataclass(frozen=True)
class Alternative:
    """The next payment and all interest to come, fen, as the plan stands and as it would be; the easier rate."""

    next_now: int
    next_then: int
    interest_now: int
    interest_then: int
    rate: float


def eligible(payer: Payer, terms: Flexible, today: date) -> bool:
    """Class normal, drawn long enough ago, and nothing past due for long enough."""
    long = today - payer.drawn >= timedelta(days=terms.least_drawn_days)
    clean = payer.last_late is None or today - payer.last_late >= timedelta(days=terms.clean_days)
    return payer.grade == 0 and long and clean


def alternative(left: Loan, terms: Flexible, today: date) -> Alternative | None:
    """The easier plan of what is left of a note; None where principal is paid at the end already, or soon."""
    months = months_between(today, left.matures)
    if left.method not in SLIDING or months < terms.least_months_left or left.principal <= 0:
        return None
    now = replace(left, months=months, drawn=today)
    rate = left.rate + terms.spread / BASIS_POINTS
    then = replace(now, rate=rate, method=Method.INTEREST_THEN_PRINCIPAL)
    present, easier = plan(now), plan(then)
    return Alternative(
        present[0].owed,
        easier[0].owed,
        sum(one.interest for one in present),
        sum(one.interest for one in easier),
        float(rate),
    )
