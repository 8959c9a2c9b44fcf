"""Pure decisions of the simulated bank: months, classes, check digits."""

from calendar import monthrange
from datetime import date

from xiaoer.simulator.terms import Month, Plan

CREDIT_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CLASSES = ("normal", "special_mention", "substandard", "doubtful", "loss")
CLASS_FLOORS = (1, 91, 271, 361)


def months_of(plan: Plan) -> list[Month]:
    """The plan's months, oldest first; the last one ends on the plan's end day."""
    first = plan.end.year * 12 + plan.end.month - plan.months
    return [_month(first + index, index, plan.end) for index in range(plan.months)]


def _month(number: int, index: int, end: date) -> Month:
    year, month = divmod(number, 12)
    last = date(year, month + 1, monthrange(year, month + 1)[1])
    return Month(index, last.replace(day=1), min(last, end))


def classify(days_past_due: int) -> str:
    """Five-class by days past due alone, as for retail notes (2023 measures)."""
    return CLASSES[sum(days_past_due >= floor for floor in CLASS_FLOORS)]


def organisation_check(body: str) -> str:
    """Check sign of the eight signs of an organisation code (GB 11714)."""
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(signs.index(sign) * weight for sign, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[(11 - total % 11) % 11 if total % 11 else 0]


def credit_check(code: str) -> str:
    """Check sign of the first seventeen signs of a unified social credit code (GB 32100)."""
    values = (CREDIT_CODE_SIGNS.index(sign) for sign in code)
    total = sum(value * weight for value, weight in zip(values, CREDIT_CODE_WEIGHTS, strict=True))
    return CREDIT_CODE_SIGNS[(31 - total % 31) % 31]


def credit_code(office: str, region: str, body: str) -> str:
    """A whole credit code: registering office and kind (two signs), region (six), organisation (eight)."""
    seventeen = office + region + body + organisation_check(body)
    return seventeen + credit_check(seventeen)
