"""Who may be offered the easier plan, at each boundary, and the example of the rules page."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from xiaoer.loans.rules.flexible import Alternative, Payer, alternative, eligible
from xiaoer.loans.terms import Flexible, Loan, Method

TODAY = date(2026, 10, 31)
TERMS = Flexible.in_force(TODAY)
LEFT = Loan(60_000_00, Fraction("0.0435"), date(2026, 4, 30), date(2027, 4, 30), 12, Method.EQUAL_PRINCIPAL)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        (Payer(0, ago(180), None), True),
        (Payer(0, ago(179), None), False),
        (Payer(0, ago(400), ago(365)), True),
        (Payer(0, ago(400), ago(364)), False),
        (Payer(1, ago(400), None), False),
    ],
)
def test_who_may_be_offered_it(payer: Payer, expected: bool) -> None:
    assert eligible(payer, TERMS, TODAY) is expected


def test_the_example_of_the_rules_page() -> None:
    assert alternative(LEFT, TERMS, TODAY) == Alternative(10_217_50, 227_50, 761_25, 1_365_00, 0.0455)


@pytest.mark.parametrize(
    "left",
    [
        replace(LEFT, method=Method.INTEREST_THEN_PRINCIPAL),
        replace(LEFT, matures=date(2026, 12, 31)),
        replace(LEFT, principal=0),
    ],
)
def test_where_there_is_nothing_to_ease(left: Loan) -> None:
    assert alternative(left, TERMS, TODAY) is None
    assert alternative(replace(LEFT, matures=date(2027, 1, 1)), TERMS, TODAY) is not None
