"""What a contact is worth: the worked example of the rules page, and how patience is priced."""

from datetime import date

import numpy as np
import pytest

from xiaoer.offers.worth import Worth, loan_prize, net, over, patience_price, relief_prize, weariness

TERMS = Worth.in_force(date(2026, 11, 2))


def test_worked_example_of_the_rules_page() -> None:
    """docs/rules/worth-of-a-contact.md, step by step."""
    fails = 1 - (1 - np.array(0.02)) ** 1.4
    assert fails == pytest.approx(0.0279, abs=1e-4)
    prize = loan_prize(np.array(500_000.0), np.array(0.027), np.array(1.4), np.array(0.02), np.array(0.65))
    assert prize == pytest.approx(9_573, abs=1)
    wearied = weariness(np.array([24.0, 48.0]), np.array([1.0, 0.8]), TERMS).sum()
    assert wearied == pytest.approx(0.70)
    patience = patience_price(wearied, TERMS.wears["visit"], TERMS)
    assert patience == pytest.approx(228, abs=1)
    worth = net(np.array(0.93 * 0.12 * 0.85), prize, 180, patience)
    assert worth == pytest.approx(500, abs=1)


def test_a_weak_firm_is_not_worth_a_loan_at_the_same_price() -> None:
    strong, weak = loan_prize(
        np.full(2, 500_000.0), np.full(2, 0.027), np.ones(2), np.array([0.02, 0.06]), np.full(2, 0.65)
    )
    assert strong > 0 > weak


def test_relief_pays_only_where_failure_is_near() -> None:
    owed, at_risk = np.full(2, 1_000_000.0), np.full(2, 650_000.0)
    calm, near = relief_prize(owed, at_risk, np.array([0.02, 0.10]), TERMS)
    assert calm == pytest.approx(-4_800)
    assert near == pytest.approx(16_000)


def test_patience_is_cheap_while_fresh_and_prohibitive_beyond_what_is_borne() -> None:
    fresh, borne, beyond = patience_price(np.array([0.0, TERMS.bearable, 2 * TERMS.bearable]), 1.0, TERMS)
    assert fresh == pytest.approx(TERMS.patience_yuan * TERMS.fresh_share)
    assert borne == pytest.approx(TERMS.patience_yuan * (TERMS.fresh_share + 1))
    assert beyond > 100 * borne


@pytest.mark.parametrize("days", [1.0, 30.0, 182.0, 365.0])
def test_chances_of_other_spans_agree(days: float) -> None:
    half_year = np.array([0.0, 0.03, 0.5])
    assert over(over(half_year, days, 182), 182, days) == pytest.approx(half_year)
