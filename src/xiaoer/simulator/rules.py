"""Pure decisions of the simulated bank: months, classes, check digits."""

from calendar import monthrange
from datetime import date

import numpy as np
from numpy.typing import NDArray

from xiaoer.simulator.terms import Month, Plan

CREDIT_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CREDIT_CODE_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
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


def credit_codes(heads: NDArray[np.str_], bodies: NDArray[np.int64]) -> NDArray[np.str_]:
    """Whole unified social credit codes, with both check signs (GB 11714 inside GB 32100).

    `heads` are eight signs each, registering office and kind (two) and region (six); `bodies` rows of eight
    positions in CREDIT_CODE_SIGNS, the organisation's own signs.
    """
    signs = np.array(list(CREDIT_CODE_SIGNS))
    total = np.array([ALPHABET.index(sign) for sign in CREDIT_CODE_SIGNS])[bodies] @ ORGANISATION_WEIGHTS
    organisation = np.array([CREDIT_CODE_SIGNS.index(sign) for sign in "0123456789X"])[(11 - total % 11) % 11]
    head = heads.astype("<U8").view("<U1").reshape(-1, 8).astype(np.int64)
    seventeen = np.column_stack([head, bodies, organisation])
    last = (31 - (seventeen @ CREDIT_CODE_WEIGHTS) % 31) % 31
    whole = signs[np.column_stack([seventeen, last])]
    return np.ascontiguousarray(whole).view("<U18").ravel()


def credit_code(office: str, region: str, body: str) -> str:
    """A whole credit code: registering office and kind (two signs), region (six), organisation (eight)."""
    bodies = np.array([[CREDIT_CODE_SIGNS.index(sign) for sign in body]])
    return str(credit_codes(np.array([office + region]), bodies)[0])


def base31(numbers: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Numbers as rows of `width` positions in CREDIT_CODE_SIGNS, the last the smallest."""
    powers: NDArray[np.int64] = 31 ** np.arange(width)[::-1]
    return (numbers[:, None] // powers) % 31
