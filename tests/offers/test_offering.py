"""Offers without an event: prizes, the worthiest products, a tie as the reason, factors that make up the place, quotas."""

from dataclasses import replace
from datetime import date

import pytest

from tests.offers.test_days import causes, met, planned
from tests.offers.test_rules import DAY, TERMS, YUAN, firm, occasion, open_door
from xiaoer.contact_policy.terms import Known, Touch
from xiaoer.kit.text import say
from xiaoer.offers.door import Standing, wearied
from xiaoer.offers.offering import Counter, Firm, Offering, Product, Tie
from xiaoer.offers.rules import candidates
from xiaoer.offers.terms import Candidate, FirmFacts, Likely, Occasion, Room

BY = Offering.in_force(DAY)
PRODUCTS = {
    "L01": Product("L01", "小微快贷", loan=True, yearly=0),
    "C01": Product("C01", "单位结算卡", loan=False, yearly=1_000 * YUAN),
    "E01": Product("E01", "企业网银", loan=False, yearly=100 * YUAN),
}
COUNTER = Counter(PRODUCTS, BY, TERMS)
SOUND = Firm(5_000_000 * YUAN, 0.02)


def weighed(one: Occasion, **changes: object) -> Candidate:
    return candidates(firm("C1", one, **changes), TERMS, open_door, DAY)[0]


def test_worked_example_of_the_rules_page() -> None:
    """docs/rules/worth-of-a-contact.md: a tenth of 5,000,000 yuan; 1.4 years at 2.5 %, less what may be lost."""
    assert COUNTER.prize(PRODUCTS["L01"], SOUND) == pytest.approx(6_963 * YUAN, rel=1e-3)
    assert COUNTER.prize(PRODUCTS["C01"], SOUND) == 1_400 * YUAN


def test_a_loan_to_a_firm_likely_to_fail_is_no_offer() -> None:
    chances = {"L01": Likely(0.5, "takes_working_capital")}
    assert COUNTER.likely(replace(SOUND, failure=0.2), chances) == []
    assert COUNTER.likely(replace(SOUND, turnover=100_000 * YUAN), chances) == []  # too small a loan
    assert [one.product_id for one in COUNTER.likely(SOUND, chances)] == ["L01"]


def test_the_worthiest_products_come_first_and_no_more_than_so_many() -> None:
    chances = {
        "L01": Likely(0.05, "a"),
        "C01": Likely(0.5, "b"),
        "E01": Likely(0.9, "c"),
        "X": Likely(0.9, "d"),
    }
    assert [one.product_id for one in COUNTER.likely(SOUND, chances)] == ["C01", "L01"]
    assert COUNTER.likely(SOUND, {"C01": Likely(BY.least / 2, "b")}) == []


def test_each_factor_is_kept_and_together_they_make_the_place() -> None:
    (one,) = COUNTER.likely(SOUND, {"L01": Likely(0.2, "asking_working_capital", added=True)})
    made = weighed(one, wearied=0.5)
    told = made.factors
    assert told is not None
    assert (told.propensity, told.told_by, told.prize) == (0.2, "asking_working_capital", one.prize)
    assert made.expected_return == round(told.propensity * told.context * told.prize)
    assert told.patience > weighed(one).factors.patience > 0  # type: ignore[union-attr]
    assert made.effort.chance == told.chance == told.propensity * told.context
    assert made.priority == pytest.approx(
        made.expected_return - made.cost - told.patience
    )  # a note has no lever
    assert say(one.because, "en") == "asking makes it likelier to take 小微快贷 by 20%"


def test_an_event_with_a_model_says_its_context_and_one_without_keeps_the_chance_of_its_rule() -> None:
    plain = occasion("season_ahead", "note", amount=1_000_000 * YUAN)
    told = replace(plain, likely=Likely(0.1, "takes_working_capital"))
    without, with_model = weighed(plain).factors, weighed(told).factors
    assert without is not None
    assert with_model is not None
    assert (without.propensity, without.context, without.told_by) == (
        TERMS.efforts["season_ahead"].chance,
        1,
        "",
    )
    assert without.patience == 0
    assert (with_model.propensity, with_model.context) == (0.1, TERMS.context["season_ahead"])


def test_a_chance_never_exceeds_certainty() -> None:
    sure = replace(occasion("season_ahead", "note", amount=1_000_000 * YUAN), likely=Likely(0.95, "m"))
    made = weighed(sure)
    assert made.expected_return == made.factors.prize  # type: ignore[union-attr]


def test_a_tie_is_the_reason_and_adds_nothing_to_the_chance_until_measured() -> None:
    tie = Tie("guarantee", "C9", "C01", date(2026, 10, 20))
    (plain,) = COUNTER.related(SOUND, [tie], {})
    assert (plain.rule, plain.likely) == ("related", Likely(BY.unmeasured, ""))
    assert plain.because["params"]["partner"] == "C9"
    assert say(plain.because, "en") == "C9, tied by a guarantee, said yes to 单位结算卡 on 20 Oct"
    (told,) = COUNTER.related(SOUND, [tie], {"C01": Likely(0.3, "takes_card")})
    assert told.likely == Likely(0.3, "takes_card")
    assert weighed(told).factors.context == 1  # type: ignore[union-attr]


def test_approaches_of_late_weigh_half_after_the_half_life() -> None:
    worth = TERMS.worth
    touches = (Touch(date(2026, 10, 9), "call", "offer"), Touch(date(2026, 9, 15), "visit", "care"))
    assert worth.half_life_days == 24
    assert wearied(Standing(Known("enterprise", touches=touches)), DAY, worth) == pytest.approx(
        worth.wears["call"] / 2 + worth.wears["visit"] / 4
    )
    assert wearied(Standing(Known("enterprise")), DAY, worth) == 0


def test_a_quota_of_a_product_for_the_whole_bank() -> None:
    def asked(number: str, turnover: int) -> FirmFacts:
        (one,) = COUNTER.likely(Firm(turnover * YUAN, 0.0), {"L01": Likely(0.4, "takes_working_capital")})
        return firm(number, one)

    firms = [asked("C1", 5_000_000), asked("C2", 6_000_000), asked("C3", 7_000_000)]
    found = planned(firms, Room({}, products={"L01": 2}))
    assert met(found) == ["C3", "C2"]
    assert causes(found) == {"C1": "dropped_quota"}
    (quota,) = [one for one in found.prices if one.kind == "product"]
    assert (quota.place, quota.capacity, quota.used) == ("L01", 2, 2)
    assert met(planned(firms, Room({}))) == ["C3", "C2", "C1"]
