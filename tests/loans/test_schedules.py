"""Plans against the rules page, the published formulas, and a library, over loans drawn at random."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import numpy as np
import numpy_financial as npf
import pytest

from xiaoer.kit.dates import add_months, is_working_day
from xiaoer.loans.rules.schedules import (
    floating_rate,
    half_up,
    level_payment,
    moved,
    next_repricing,
    owed_after,
    plan,
    repriced,
    used,
)
from xiaoer.loans.terms import DayRule, Due, Loan, Method, Repricing

RANDOM_LOANS = 10_000
EXAMPLE = Loan(
    120_000_00, Fraction("0.0435"), date(2026, 1, 15), date(2027, 1, 15), 12, Method.EQUAL_INSTALMENT
)
HALF = 0.5 + 1e-3  # fen; a library's float may fall on either side of a half


def of(method: Method, **other: object) -> Loan:
    return replace(EXAMPLE, method=method, **other)  # type: ignore[arg-type]


def parts(due: Due) -> tuple[int, int]:
    return due.principal, due.interest


@pytest.mark.parametrize(
    ("method", "first", "second", "last", "interest"),
    [
        (Method.EQUAL_INSTALMENT, (9802_19, 435_00), (9837_72, 399_47), (10200_21, 36_98), 2846_26),
        (Method.EQUAL_PRINCIPAL, (10000_00, 435_00), (10000_00, 398_75), (10000_00, 36_25), 2827_50),
        (Method.INTEREST_THEN_PRINCIPAL, (0, 435_00), (0, 435_00), (120000_00, 435_00), 5220_00),
    ],
)
def test_the_example_of_the_rules_page(
    method: Method, first: tuple[int, int], second: tuple[int, int], last: tuple[int, int], interest: int
) -> None:
    dues = plan(of(method))
    assert [parts(dues[at]) for at in (0, 1, -1)] == [first, second, last]
    assert sum(one.interest for one in dues) == interest
    assert [one.day for one in dues[:2]] + [dues[-1].day] == [
        date(2026, 2, 21),
        date(2026, 3, 21),
        date(2027, 1, 15),
    ]


def test_bullet_and_revolving_of_the_rules_page() -> None:
    assert level_payment(EXAMPLE) == 10237_19
    assert plan(of(Method.BULLET)) == (Due(1, date(2027, 1, 15), 120000_00, 5292_50),)
    dues = used(of(Method.REVOLVING), [(date(2026, 1, 15), 120000_00), (date(2026, 2, 1), 50000_00)])
    assert [parts(dues[at]) for at in (0, 1, -1)] == [(0, 367_33), (0, 169_17), (50000_00, 151_04)]


def test_a_floating_rate_turns_inside_a_period() -> None:
    loan = of(Method.INTEREST_THEN_PRINCIPAL)
    dues = repriced(loan, plan(loan), date(2026, 7, 1), Fraction("0.0405"))
    assert [one.interest for one in dues] == [435_00] * 5 + [415_00] + [405_00] * 6
    curve = [(date(2024, 10, 21), Fraction("0.031")), (date(2025, 5, 20), Fraction("0.03"))]
    assert floating_rate(curve, date(2025, 5, 19), Fraction(120)) == Fraction("0.043")
    assert floating_rate(curve, date(2025, 5, 20), Fraction(120)) == Fraction("0.042")
    with pytest.raises(ValueError, match="begins after"):
        floating_rate(curve, date(2024, 10, 20), Fraction(0))


@pytest.mark.parametrize("method", [Method.EQUAL_INSTALMENT, Method.EQUAL_PRINCIPAL])
def test_a_new_rate_keeps_what_fell_due_and_all_principal(method: Method) -> None:
    loan = of(method)
    before = plan(loan)
    after = repriced(loan, before, date(2026, 7, 1), Fraction("0.06"))
    assert after[:5] == before[:5]
    assert sum(one.principal for one in after) == loan.principal
    assert sum(one.interest for one in after) > sum(one.interest for one in before)
    assert repriced(loan, before, date(2027, 2, 1), Fraction("0.06")) == before


def test_repricing_days() -> None:
    drawn = date(2024, 2, 29)
    assert next_repricing(drawn, date(2025, 1, 1), Repricing.NEW_YEAR) == date(2026, 1, 1)
    assert next_repricing(drawn, date(2024, 2, 29), Repricing.ANNIVERSARY) == date(2025, 2, 28)
    assert next_repricing(drawn, date(2025, 2, 28), Repricing.ANNIVERSARY) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("rule", "festival", "sunday"),
    [
        (DayRule.AS_WRITTEN, date(2026, 2, 21), date(2026, 5, 31)),
        (DayRule.FOLLOWING, date(2026, 2, 24), date(2026, 6, 1)),
        (DayRule.MODIFIED_FOLLOWING, date(2026, 2, 24), date(2026, 5, 29)),
        (DayRule.PRECEDING, date(2026, 2, 14), date(2026, 5, 29)),
    ],
)
def test_days_without_work(rule: DayRule, festival: date, sunday: date) -> None:
    assert moved(date(2026, 2, 21), rule) == festival
    assert moved(date(2026, 5, 31), rule) == sunday
    dues = plan(of(Method.EQUAL_PRINCIPAL, day_rule=rule))
    assert dues[0].day == festival
    assert rule is DayRule.AS_WRITTEN or all(is_working_day(one.day) for one in dues)


def random_loans(method: Method) -> Iterator[Loan]:
    chance = random.Random(f"plans {method}")
    for _ in range(RANDOM_LOANS):
        drawn = date(2020, 1, 1) + timedelta(days=chance.randrange(2500))
        months = chance.choice((1, 3, 6, 12, 24, 36, 60, 120, 240, 360))
        yield Loan(
            chance.randrange(1_000_00, 10_000_000_00),
            Fraction(chance.randrange(200, 2400), 10_000),
            drawn,
            add_months(drawn, months),
            months,
            method,
        )


def test_annuities_agree_with_the_library_to_the_cent() -> None:
    """Balances, level payment and each period's parts, of ten thousand loans, every instalment."""
    for loan in random_loans(Method.EQUAL_INSTALMENT):
        rate, months = float(loan.rate) / 12, loan.months
        paid = np.arange(months + 1)
        owed = np.array([owed_after(loan, int(k)) for k in sampled(months)])
        level = npf.pmt(rate, months, -loan.principal)
        left = -npf.fv(rate, paid[sampled(months)], -level, loan.principal)
        assert abs(level_payment(loan) - level) <= HALF
        assert np.abs(owed - left).max() <= HALF


def sampled(months: int) -> list[int]:
    """Every instalment of short loans; of long ones as many, spread out."""
    return sorted({round(at * months / 36) for at in range(37)}) if months > 36 else list(range(months + 1))


def test_plans_of_annuities_add_up_and_stay_level() -> None:
    """Principal adds up to the fen, and no payment is further than a fen and a half from the formula's."""
    for at, loan in enumerate(random_loans(Method.EQUAL_INSTALMENT)):
        if at % 20 or loan.months > 120:
            continue
        dues = plan(loan)
        rate, number = float(loan.rate) / 12, np.arange(1, loan.months + 1)
        principal = -npf.ppmt(rate, number, loan.months, loan.principal)
        interest = -npf.ipmt(rate, number, loan.months, loan.principal)
        assert sum(one.principal for one in dues) == loan.principal
        assert np.abs(np.array([one.principal for one in dues]) - principal).max() <= 1 + 1e-3
        assert np.abs(np.array([one.interest for one in dues]) - interest).max() <= HALF + 0.01


def test_equal_principal_agrees_with_its_formula_to_the_cent() -> None:
    """Against decimals of forty digits, rounded by the standard library."""
    with localcontext() as exact:
        exact.prec = 40
        for loan in random_loans(Method.EQUAL_PRINCIPAL):
            for k in sampled(loan.months):
                left = Decimal(loan.principal) * (loan.months - k) / loan.months
                assert owed_after(loan, k) == int(left.quantize(Decimal(1), ROUND_HALF_UP))


def test_a_loan_without_interest_and_rounding_of_halves() -> None:
    dues = plan(of(Method.EQUAL_INSTALMENT, rate=Fraction(0), principal=100))
    assert sum(one.principal for one in dues) == 100
    assert {one.interest for one in dues} == {0}
    assert level_payment(of(Method.EQUAL_INSTALMENT, rate=Fraction(0), principal=1200)) == 100
    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]
