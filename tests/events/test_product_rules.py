"""The product's rules in words and as starts: every figure filled in, every start a text that may be kept."""

from datetime import date

import pytest

from xiaoer.branches.terms import post_kinds
from xiaoer.events.product import _page, described, start
from xiaoer.events.terms import Rule
from xiaoer.events.written import Limits, faults

DAY = date(2026, 11, 18)
TITLES = {"zh": "照着写的", "en": "A copy"}


def test_every_entry_belongs_to_a_rule() -> None:
    assert set(_page()) <= {rule.value for rule in Rule}


@pytest.mark.parametrize("rule", [Rule(name) for name in sorted(_page())])
def test_words_carry_the_figures_in_force_and_a_start_may_be_kept(rule: Rule) -> None:
    told = described(rule, DAY)
    assert told.title("zh") == told.zh != told.title("en") == told.en
    assert "{" not in told.zh + told.en
    text = start(rule, DAY, TITLES)
    if text:
        assert faults(text, Limits.in_force(DAY), tuple(post_kinds())) == {}
        assert text.severity == told.severity


def test_figures_have_their_units() -> None:
    assert (
        described(Rule.BALANCE_FALLS, DAY).zh == "近 90 天日均存款不高于此前 90 天的 50%，此前至少 5.0 万元"
    )
    copied = start(Rule.BALANCE_FALLS, DAY, TITLES)
    assert copied is not None
    assert copied.condition == "balance_90d <= 50% * balance_prior_90d and balance_prior_90d >= 5万"
    assert copied.zh == "近 90 天日均存款 {balance_90d}，此前 {balance_prior_90d}"
    assert start(Rule.MAIN_BUYER_LOST, DAY, TITLES) is None
