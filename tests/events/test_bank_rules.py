"""Rules the bank writes: the worked example of docs/rules/event-rules.md, the language, two persons, words."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from django.db import DatabaseError, transaction

from tests.world import BUSINESS_DATE
from xiaoer.branches.terms import post_kinds
from xiaoer.events import adopting, rulebook
from xiaoer.events.conditions import Unread, condition
from xiaoer.events.expressions import spoken
from xiaoer.events.finding import named
from xiaoer.events.lives import words_code
from xiaoer.events.models import RuleStep
from xiaoer.events.readable import readables, themes
from xiaoer.events.written import Limits, faults, written
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.text import reason, say

TODAY = BUSINESS_DATE + timedelta(days=1)
WAN = 1_000_000
EXAMPLE: dict[str, Any] = {
    "title_zh": "存款减半", "title_en": "Deposits halve",
    "condition": "balance_90d < 50% * balance_prior_90d and balance_prior_90d >= 20万",
    "zh": "日均存款 {balance_90d}，此前 {balance_prior_90d}", "en": "average balance {balance_90d}, before {balance_prior_90d}",
    "goal_zh": "问问资金去向", "goal_en": "ask where the money went", "stake": "balance_prior_90d",
    "population": {"tiers": ["premier", "excellent"], "holds": ["D01"], "holds_not": ["W01"]},
}  # fmt: skip
FIRMS = [  # number, tier, balance now, before, products: the table of the page
    ("A", "premier", 8, 20, ("D01",)),
    ("B", "premier", 10, 20, ("D01",)),  # half is not below half
    ("C", "premier", 1, 19, ("D01",)),  # too small before
    ("D", "general", 8, 20, ("D01",)),  # another tier
    ("E", "excellent", 8, 20, ()),  # does not hold D01
    ("F", "excellent", 8, 20, ("D01", "W01")),  # holds W01
    ("G", "premier", None, 20, ("D01",)),  # not known: nothing is said
]


def lazy(rows: list[dict[str, Any]], **schema: Any) -> Any:
    return nw.from_native(pl.DataFrame(rows, schema=schema).lazy())


def example(**changes: Any) -> Any:
    return written(EXAMPLE | changes)


def names(rule: Any, before: Any = None) -> list[dict[str, Any]]:
    wan = [None if now is None else now * WAN for _, _, now, _, _ in FIRMS]
    firms = lazy(
        [
            {"customer_id": n, "tier": tier, "kind": "enterprise", "industry_code": "F51", "balance_90d": w, "balance_prior_90d": b * WAN}
            for (n, tier, _, b, _), w in zip(FIRMS, wan, strict=True)
        ],
        customer_id=pl.String, tier=pl.String, kind=pl.String, industry_code=pl.String, balance_90d=pl.Int64, balance_prior_90d=pl.Int64,
    )  # fmt: skip
    held = [{"customer_id": n, "product_id": one} for n, *_, products in FIRMS for one in products]
    found = named(firms, before, lazy(held, customer_id=pl.String, product_id=pl.String), rule)
    return found.collect("polars").to_native().sort("customer_id").to_dicts()


def test_the_worked_example() -> None:
    rule = example()
    assert names(rule) == [
        {"customer_id": "A", "tier": "premier", "amount": 20 * WAN, "balance_90d": 8 * WAN, "balance_prior_90d": 20 * WAN}
    ]  # fmt: skip
    told = reason("x", balance_90d_amount=8 * WAN, balance_prior_90d_amount=20 * WAN)["params"]
    patterns = rulebook.patterns(rule)
    assert set(told) == {"balance_90d_amount", "balance_prior_90d_amount"}
    assert patterns["zh"] == "日均存款 {balance_90d_amount}，此前 {balance_prior_90d_amount}"


def test_against_the_night_before() -> None:
    rule = example(condition="change(balance_90d) < 0元", population={})
    before = lazy([{"customer_id": "A", "balance_90d": 9 * WAN}, {"customer_id": "B", "balance_90d": 9 * WAN}],
                  customer_id=pl.String, balance_90d=pl.Int64)  # fmt: skip
    assert [row["customer_id"] for row in names(rule, before)] == ["A"]
    assert names(rule) == [], "on a first night nothing is known of the night before"


@pytest.mark.parametrize(
    ("text", "firms"),
    [
        ("not (balance_90d >= 8万)", "C"),
        ("balance_90d unknown", "G"),
        ("balance_90d = 8万 or balance_prior_90d < 20万", "ACDEF"),
        ("balance_90d = 8万 and (balance_prior_90d < 20万 or balance_prior_90d known)", "ADEF"),
        ("(balance_90d + balance_prior_90d) * 2 > 59 wan", "B"),
        ("balance_90d 未知 或 balance_90d ≤ 1万元", "CG"),
    ],
)
def test_what_a_condition_keeps(text: str, firms: str) -> None:
    found = names(example(condition=text, population={}))
    assert "".join(row["customer_id"] for row in found) == firms


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("balanc_90d < 3元", "condition_unknown_near", 0),
        ("zzz < 3", "condition_unknown", 0),
        ("balance_90d < 3", "condition_money", 12),
        ("(margin > 30%", "condition_bracket", 13),
        ("margin > 30% )", "condition_end", 13),
        ("3 > 2", "condition_constant", 2),
        ("margin > 1; drop", "condition_sign", 10),
        ("__import__('os')", "condition_sign", 11),
        ("margin", "condition_compare", 6),
        ("margin >", "condition_value", 8),
        ("balance_90d * balance_90d > 3元", "condition_money_twice", 12),
        ("not " * 40 + "margin > 1", "condition_deep", 84),
        ("(" * 400, "condition_deep", 21),
        ("(" * 400 + "margin" + ")" * 400 + " > 1", "condition_deep", 100),
        ("-" * 900 + "margin > 1", "condition_deep", 100),
        (" ", "condition_value", 1),
    ],
)
def test_bad_text_is_told_with_its_place(text: str, code: str, at: int) -> None:
    with pytest.raises(Unread) as told:
        condition(text)
    assert (told.value.why["code"], told.value.at) == (code, at)
    assert all(str(at + 1) in say(told.value.why, language) for language in ("zh", "en"))


def test_a_condition_is_read_back() -> None:
    tree = condition("growth_90d < -30% and balance_90d >= 20万")
    assert "低于 −30%" in spoken(tree, "zh")
    assert "is below −30%" in spoken(tree, "en")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": 500}, "minutes"),
        ({"severity": "loud"}, "severity"),
        ({"owner": "nobody"}, "owner"),
        ({"stake": "margin"}, "stake"),
        ({"zh": "没有证据"}, "zh"),
        ({"en": "{balance_90d.__class__}"}, "en"),
        ({"en": "{balance_90d"}, "en"),
        ({"en": "average {balance_90d}"}, "en"),
        ({"goal_zh": "{balance_90d}"}, "goal_zh"),
        ({"condition": "margin >"}, "condition"),
        ({"population": {"tiers": ["best"]}}, "tiers"),
        ({"population": {"holds": ["D 01"]}}, "holds"),
    ],
)
def test_a_text_that_cannot_be_taken(changes: dict[str, Any], field: str) -> None:
    assert not faults(example(), Limits.in_force(TODAY), tuple(post_kinds()))
    found = faults(example(**changes), Limits.in_force(TODAY), tuple(post_kinds()))
    assert list(found) == [field]
    assert all(say(found[field], language) for language in ("zh", "en"))


def test_every_readable_has_a_theme_and_words() -> None:
    assert all(one.theme in themes() and one.zh and one.en for one in readables().values())


def proposed(scope_of: Any) -> str:
    analyst = scope_of("A1")
    with acting_as(analyst):
        code = adopting.write(analyst, example(), TODAY).rule
        adopting.propose(analyst, code, TODAY)
    return str(code)


@pytest.mark.django_db(databases="__all__")
def test_two_persons_and_the_words_of_a_version(scope_of: Any) -> None:
    code, manager = proposed(scope_of), scope_of("P1")
    with acting_as(manager):
        adopting.adopt(manager, code, TODAY)
        life = rulebook.life_of(manager, code)
        assert life is not None
        assert life.adopted == 1
        told = reason(words_code(code, 1), balance_90d_amount=8 * WAN, balance_prior_90d_amount=20 * WAN)
        assert say(told, "zh") == "日均存款 8.0 万元，此前 20.0 万元"
        assert say(reason(f"goal_{words_code(code, 1)}"), "en") == "ask where the money went"
        with pytest.raises(Refusal, match="adopted"):
            adopting.adopt(manager, code, TODAY)
        adopting.end(manager, code, "no longer needed", TODAY)
        ended = rulebook.life_of(manager, code)
        assert ended is not None
        assert ended.adopted is None


@pytest.mark.usefixtures("in_english")
@pytest.mark.django_db(databases="__all__")
def test_one_alone_is_refused(scope_of: Any) -> None:
    manager, analyst = scope_of("P1"), scope_of("A1")
    with acting_as(manager):
        code = adopting.write(manager, example(), TODAY).rule
        adopting.propose(manager, code, TODAY)
        with pytest.raises(Refusal, match="another person"):
            adopting.adopt(manager, code, TODAY)
    with acting_as(analyst), pytest.raises(Refusal, match="post"):
        adopting.adopt(analyst, code, TODAY)


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize(
    ("who", "row", "why"),
    [
        ("A1", {"step": "adopted", "version": 1, "staff_id": "A1"}, "does not adopt it"),
        ("P1", {"step": "adopted", "version": 1, "staff_id": "G1"}, "another name"),
        (
            "P1",
            {"step": "adopted", "version": 1, "staff_id": "P1", "day": BUSINESS_DATE},
            "already|afterwards",
        ),
        ("P1", {"step": "written", "version": 5, "staff_id": "P1", "body": {}}, "next version"),
        ("P1", {"step": "ended", "version": 1, "staff_id": "P1"}, "only an adopted"),
        ("P1", {"step": "adopted", "version": 9, "staff_id": "P1"}, "newest text"),
        (
            "P1",
            {"step": "written", "version": 1, "staff_id": "P1", "body": {}, "rule": "overdue"},
            "only muted",
        ),
    ],
)
def test_postgresql_holds_it_by_itself(scope_of: Any, who: str, row: dict[str, Any], why: str) -> None:
    code = proposed(scope_of)
    with (
        acting_as(scope_of(who)),
        pytest.raises(DatabaseError, match=why),
        transaction.atomic(),
    ):
        RuleStep.objects.create(**{"rule": code, "day": TODAY} | row)


@pytest.mark.usefixtures("in_english")
@pytest.mark.django_db(databases="__all__")
def test_muting_for_a_time(scope_of: Any) -> None:
    manager, until = scope_of("P1"), TODAY + timedelta(days=10)
    with acting_as(manager):
        adopting.mute(manager, "silence", until, "harvest: all are quiet", TODAY)
        assert rulebook.all_lives(manager)["silence"].muted_on(until)
        assert not rulebook.all_lives(manager)["silence"].muted_on(until + timedelta(days=1))
        adopting.unmute(manager, "silence", TODAY)
        assert not rulebook.all_lives(manager)["silence"].muted_on(until)
        for code, day, match in (
            ("overdue", until, "never"), ("silence", date(2030, 1, 1), "at most"), ("bank_0", until, "no rule"),
        ):  # fmt: skip
            with pytest.raises(Refusal, match=match):
                adopting.mute(manager, code, day, "for a good reason", TODAY)
