"""Boundaries of every rule, and the examples of the rules page."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from xiaoer.loans.rules.arrears import Paid, standing
from xiaoer.loans.rules.classification import Claim, Elsewhere, cure, judged, observation
from xiaoer.loans.terms import Buckets, Due, FiveClass, RuleBook

TODAY = date(2026, 10, 31)
BOOK = RuleBook.in_force(TODAY)
WAN = 1_000_000
NORMAL, SPECIAL, SUB, DOUBTFUL, LOSS = FiveClass


def alone(asset_class: str = "retail", balance: int = 100 * WAN, **facts: int) -> tuple[str, str]:
    (one,) = judged([Claim(asset_class, balance, facts)], Elsewhere(), BOOK)
    return one.five_class, one.rule


@pytest.mark.parametrize("asset_class", ["retail", "non_retail"])
@pytest.mark.parametrize(
    ("days", "expected", "rule"),
    [
        (0, NORMAL, ""), (1, SPECIAL, "overdue"), (90, SPECIAL, "overdue"), (91, SUB, "overdue_90"),
        (270, SUB, "overdue_90"), (271, DOUBTFUL, "overdue_270"), (360, DOUBTFUL, "overdue_270"),
        (361, LOSS, "overdue_360"),
    ],
)  # fmt: skip
def test_days_past_due(asset_class: str, days: int, expected: FiveClass, rule: str) -> None:
    """Also on the day before each threshold; collateral worth a hundred times the claim changes nothing."""
    assert alone(asset_class, days_past_due=days) == (expected, rule)
    assert alone(asset_class, days_past_due=days, collateral_value=10_000 * WAN) == (expected, rule)


@pytest.mark.parametrize(
    ("facts", "retail", "non_retail"),
    [
        ({"bankrupt": 1}, LOSS, LOSS),
        ({"expected_loss": 90 * WAN}, LOSS, LOSS),
        ({"expected_loss": 90 * WAN - 1}, DOUBTFUL, DOUBTFUL),
        ({"evades": 1}, DOUBTFUL, DOUBTFUL),
        ({"expected_loss": 50 * WAN}, DOUBTFUL, DOUBTFUL),
        ({"expected_loss": 50 * WAN - 1}, NORMAL, NORMAL),
        ({"restructured_again": 1}, SUB, SUB),
        ({"uncured": 1}, NORMAL, SUB),
        ({"diverted": 1}, SPECIAL, SPECIAL),
        ({"old_for_new": 1}, SPECIAL, SPECIAL),
        ({"observed": 1}, SPECIAL, SPECIAL),
        ({"cured": 1}, NORMAL, SPECIAL),
    ],
)
def test_each_circumstance(facts: dict[str, int], retail: FiveClass, non_retail: FiveClass) -> None:
    assert alone("retail", **facts)[0] == retail
    assert alone("non_retail", **facts)[0] == non_retail


def test_the_worst_rule_decides_and_of_equals_the_first_named() -> None:
    assert alone(days_past_due=95, old_for_new=1) == (SUB, "overdue_90")
    assert alone(days_past_due=95, restructured_again=1) == (SUB, "overdue_90")
    assert alone(days_past_due=5, old_for_new=1) == (SPECIAL, "overdue")


@pytest.mark.parametrize(
    ("asset_class", "bad", "first"),
    [
        ("non_retail", 10 * WAN, (NORMAL, "")),
        ("non_retail", 10 * WAN + 100, (SUB, "debtor_non_performing")),
        ("retail", 10 * WAN + 100, (NORMAL, "")),
    ],
)
def test_ten_percent_of_the_debtor_here(asset_class: str, bad: int, first: tuple[str, str]) -> None:
    """The example of the rules page: exactly 10 % is not above; out again as soon as it is not above."""
    claims = [Claim(asset_class, 90 * WAN, {}), Claim(asset_class, bad, {"days_past_due": 95})]
    one, other = judged(claims, Elsewhere(), BOOK)
    assert (one.five_class, one.rule) == first
    assert (other.five_class, other.rule) == (SUB, "overdue_90")


@pytest.mark.parametrize(("late", "expected"), [(20 * WAN, NORMAL), (20 * WAN + 1, SUB)])
def test_twenty_percent_at_all_banks(late: int, expected: FiveClass) -> None:
    """A fifth of 100 万元 over 90 days past due elsewhere is not above; the debtor's retail note is left alone."""
    claims = [Claim("non_retail", 50 * WAN, {}), Claim("retail", 30 * WAN, {})]
    exact = judged(claims, Elsewhere(debts=20 * WAN, overdue_90=late), BOOK)
    assert exact[0].five_class is expected
    assert exact[1].five_class is NORMAL


def test_non_performing_elsewhere() -> None:
    claims = [Claim("non_retail", WAN, {}), Claim("retail", WAN, {})]
    decided = judged(claims, Elsewhere(debts=WAN // 100, bad=1), BOOK)
    assert [one.rule for one in decided] == ["non_performing_elsewhere", ""]


def test_a_technical_delay_only_where_the_bank_excepts_it() -> None:
    rules = tuple(replace(one, above=7) if one.code == "overdue" else one for one in BOOK.rules)
    excepted = replace(BOOK, rules=rules)
    for days, expected in ((7, NORMAL), (8, SPECIAL), (91, SUB)):
        (one,) = judged([Claim("retail", WAN, {"days_past_due": days})], Elsewhere(), excepted)
        assert one.five_class is expected


MONTHLY = [date(2025 + at // 12, at % 12 + 1, 21) for at in range(36)]


def test_observation_lasts_a_year_and_two_dues_and_starts_again() -> None:
    restructured, first = date(2025, 3, 1), date(2025, 3, 21)
    assert not observation(restructured, MONTHLY, None, first + timedelta(364), BOOK).served
    assert observation(restructured, MONTHLY, None, first + timedelta(365), BOOK).served
    late = date(2025, 9, 22)
    again = observation(restructured, MONTHLY, late, first + timedelta(365), BOOK)
    assert (again.since, again.served) == (late, False)
    assert observation(restructured, MONTHLY, late, late + timedelta(365), BOOK).served
    yearly = [first, date(2026, 3, 21), date(2027, 3, 21)]
    assert not observation(restructured, yearly, None, date(2027, 3, 20), BOOK).served
    assert observation(restructured, yearly, None, date(2027, 3, 21), BOOK).served


def test_a_cure_takes_half_a_year_or_two_dues_whichever_is_longer() -> None:
    late = date(2025, 1, 25)
    assert not cure(late, MONTHLY, late + timedelta(183), BOOK).served
    assert cure(late, MONTHLY, late + timedelta(184), BOOK).served
    yearly = [date(2026, 1, 21), date(2027, 1, 21)]
    assert not cure(late, yearly, date(2027, 1, 20), BOOK).served
    assert cure(late, yearly, date(2027, 1, 21), BOOK).served


DUES = [Due(at, date(2026, at, 21), 900_00, 100_00) for at in (1, 2, 3)]
MONEY = [
    Paid(date(2026, 1, 21), 1000_00), Paid(date(2026, 2, 25), 600_00), Paid(date(2026, 3, 30), 1400_00),
]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "days", "overdue"),
    [
        (date(2026, 2, 21), 0, 0), (date(2026, 2, 22), 1, 1000_00), (date(2026, 2, 25), 4, 400_00),
        (date(2026, 3, 29), 36, 1400_00), (date(2026, 3, 30), 0, 0),
    ],
)  # fmt: skip
def test_money_covers_the_oldest_due(on: date, days: int, overdue: int) -> None:
    found = standing(DUES, MONEY, on)
    assert (found.days_past_due, found.overdue_amount) == (days, overdue)


def test_buckets() -> None:
    buckets = Buckets.in_force(TODAY)
    days = (0, 1, 30, 31, 60, 61, 90, 91, 180, 181, 270, 271, 360, 361, 2000)
    assert [buckets.of(one) for one in days] == [
        0, 1, 1, 31, 31, 61, 61, 91, 91, 181, 181, 271, 271, 361, 361,
    ]  # fmt: skip


def test_a_rule_says_where_it_was_read_or_what_nobody_has_seen() -> None:
    """A rule counts as checked only with a source, and one that waits says for what."""
    sources = {"order", "press", "exam", "return", "2007"}
    assert [
        one.code
        for one in BOOK.rules
        if one.checked and (one.missing or one.source not in {"order", "press"})
    ] == []
    assert [one.code for one in BOOK.rules if not one.checked and not one.missing] == []
    assert {one.source for one in BOOK.rules if one.source} <= sources
    # Ten of a hundred stands in the article on non-retail claims.
    assert BOOK.article("debtor_non_performing") == "7"
