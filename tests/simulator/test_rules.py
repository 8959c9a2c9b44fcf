"""Check digits, classes, months."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from xiaoer.simulator.rules import CREDIT_CODE_SIGNS, classify, credit_code, months_of
from xiaoer.simulator.terms import Plan


@given(st.text(CREDIT_CODE_SIGNS, min_size=8, max_size=8))
def test_credit_codes_pass_an_independent_check(body: str) -> None:
    assert uscc.is_valid(credit_code("91", "420103", body))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "normal"),
        (1, "special_mention"),
        (90, "special_mention"),
        (91, "substandard"),
        (270, "substandard"),
        (271, "doubtful"),
        (360, "doubtful"),
        (361, "loss"),
    ],
)
def test_class_by_days_past_due(days: int, expected: str) -> None:
    assert classify(days) == expected


def test_months_run_up_to_the_end() -> None:
    months = months_of(Plan(10, 3, 1, date(2026, 2, 15)))
    assert [(month.first, month.last) for month in months] == [
        (date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 15)),
    ]
