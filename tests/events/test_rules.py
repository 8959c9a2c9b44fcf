"""What is noticed, on hand-made firms, at and beside every threshold."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.events.night import noticed, sale_side, with_book
from xiaoer.events.rules import WORDS, event
from xiaoer.events.telling import told
from xiaoer.events.terms import Rule, Rules
from xiaoer.features.rules import windows
from xiaoer.kit.dates import day_number
from xiaoer.kit.text import say

DAY = date(2026, 6, 30)
TODAY = day_number(DAY)
RULES = Rules.in_force(DAY)
WAN = 1_000_000

USUAL: dict[str, Any] = {
    "sales_90d": 100 * WAN, "sales_90d_last_year": 100 * WAN, "sales_year_before_90d": 400 * WAN, "sale_days": 100,
    "days_since_sale": 1, "quiet_sale_days": 1, "sale_gap_median": 3.0, "sale_gap_usual_longest": 6.0,
    "sales_a_month": 33 * WAN, "purchases_year_to_last_year": 365 * WAN, "purchases_coming_60d_last_year": 60 * WAN,
    "known_days": 1_000, "quiet_purchase_days": 2, "sale_reds_90d": 0, "sale_papers_90d": 100, "red_share": 0.01,
    "balance_prior_90d": 50 * WAN, "balance_90d": 50 * WAN, "days_past_due": 0, "loan_balance": 0, "matures_day": None,
}  # fmt: skip


def seen(changes: dict[str, Any], buyers: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """What is noticed about firm X among twenty usual ones."""
    firms = [USUAL | {"customer_id": f"U{n:02d}"} for n in range(20)] + [
        USUAL | changes | {"customer_id": "X"}
    ]
    frame = lazy(firms)
    on = windows(DAY)
    booked = with_book(frame, RULES)
    partners = buyers or []
    shaped = {
        "customer_id": pl.String, "direction": pl.String, "counterparty_id": pl.String, "first_day": pl.Int64,
        "last_day": pl.Int64, "days": pl.Int64, "amount_90d": pl.Int64, "year_before_90d": pl.Int64,
    }  # fmt: skip
    known = nw.from_native(pl.DataFrame(partners, schema=shaped).lazy())
    found = noticed(booked, sale_side(known, booked, on), on, RULES)
    rows = found.collect("polars").to_native().to_dicts()
    return [row for row in rows if row["customer_id"] == "X"]


def lazy(firms: list[dict[str, Any]]) -> Any:
    """Firms as the night hands them over, with their growth against last year."""
    rows = pl.DataFrame(firms, infer_schema_length=None).with_columns(
        pl.col("matures_day").cast(pl.Int64),
        (pl.col("sales_90d") / pl.col("sales_90d_last_year") - 1).alias("growth_90d"),
    )
    return nw.from_native(rows.lazy())


def rules_seen(changes: dict[str, Any], buyers: list[dict[str, Any]] | None = None) -> set[str]:
    return {row["rule"] for row in seen(changes, buyers)}


@pytest.mark.parametrize(
    ("changes", "rule", "expected"),
    [
        ({"sales_90d": 60 * WAN}, Rule.TURNOVER_FALLS, True),
        ({"sales_90d": 61 * WAN}, Rule.TURNOVER_FALLS, False),
        ({"sales_90d": 5 * WAN, "sales_90d_last_year": 9 * WAN}, Rule.TURNOVER_FALLS, False),
        ({"sales_90d": 0}, Rule.TURNOVER_FALLS, False),
        ({"sales_90d": 160 * WAN}, Rule.TURNOVER_GROWS, True),
        ({"sales_90d": 159 * WAN}, Rule.TURNOVER_GROWS, False),
        ({"quiet_sale_days": 14, "days_since_sale": 14}, Rule.SILENCE, True),
        ({"quiet_sale_days": 13, "days_since_sale": 13}, Rule.SILENCE, False),
        ({"quiet_sale_days": 20, "days_since_sale": 20, "sale_gap_usual_longest": 10.0}, Rule.SILENCE, False),
        ({"quiet_sale_days": 30, "days_since_sale": 30, "sale_days": 11}, Rule.SILENCE, False),
        ({"quiet_sale_days": 181, "days_since_sale": 181}, Rule.SILENCE, False),
        ({"purchases_coming_60d_last_year": 84 * WAN}, Rule.SEASON_AHEAD, True),
        ({"purchases_coming_60d_last_year": 83 * WAN}, Rule.SEASON_AHEAD, False),
        ({"purchases_coming_60d_last_year": 84 * WAN, "known_days": 700}, Rule.SEASON_AHEAD, False),
        ({"sale_reds_90d": 8}, Rule.RED_PAPERS, True),
        ({"sale_reds_90d": 7}, Rule.RED_PAPERS, False),
        ({"sale_reds_90d": 8, "red_share": 0.03}, Rule.RED_PAPERS, False),
        ({"balance_90d": 25 * WAN}, Rule.BALANCE_FALLS, True),
        ({"balance_90d": 26 * WAN}, Rule.BALANCE_FALLS, False),
        ({"days_past_due": 1, "loan_balance": WAN}, Rule.OVERDUE, True),
        ({"matures_day": TODAY + 45, "loan_balance": WAN}, Rule.LOAN_MATURES, True),
        ({"matures_day": TODAY + 46, "loan_balance": WAN}, Rule.LOAN_MATURES, False),
        ({"matures_day": TODAY, "loan_balance": WAN}, Rule.LOAN_MATURES, False),
    ],
)  # fmt: skip
def test_thresholds(changes: dict[str, Any], rule: Rule, *, expected: bool) -> None:
    assert (rule.value in rules_seen(changes)) is expected


def test_a_usual_firm_is_left_in_peace() -> None:
    assert rules_seen({}) == set()


def test_what_happens_to_all_is_not_held_against_one() -> None:
    """When the whole book halves, a firm that halves is no news; one that loses nearly all is."""
    halved = {"sales_90d": 50 * WAN}
    firms = [USUAL | halved | {"customer_id": f"U{n}"} for n in range(20)]
    frame = lazy(firms)
    kept = with_book(frame, RULES).collect("polars").to_native()
    assert kept["book_kept"].unique().to_list() == [0.5]


def buyer(**changes: Any) -> dict[str, Any]:
    usual = {
        "customer_id": "X", "direction": "sale", "counterparty_id": "P7", "first_day": TODAY - 400, "last_day": TODAY - 40,
        "days": 61, "amount_90d": 5 * WAN, "year_before_90d": 80 * WAN,
    }  # fmt: skip
    return usual | changes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"year_before_90d": 79 * WAN}, False),
        ({"last_day": TODAY - 29}, False),
        ({"days": 21, "first_day": TODAY - 440}, False),
        ({"last_day": TODAY - 206, "first_day": TODAY - 500}, False),  # 24 of them the feast's
        ({"days": 3}, False),
    ],
)
def test_main_buyer_lost(changes: dict[str, Any], *, expected: bool) -> None:
    assert (Rule.MAIN_BUYER_LOST.value in rules_seen({}, [buyer(**changes)])) is expected


def test_main_buyer_new() -> None:
    fresh = buyer(first_day=TODAY - 60, last_day=TODAY - 2, amount_90d=25 * WAN, year_before_90d=0)
    assert Rule.MAIN_BUYER_NEW.value in rules_seen({}, [fresh])
    assert Rule.MAIN_BUYER_NEW.value not in rules_seen({}, [fresh | {"first_day": TODAY - 90}])
    assert Rule.MAIN_BUYER_NEW.value not in rules_seen({}, [fresh | {"amount_90d": 24 * WAN}])


def test_every_rule_speaks_both_languages(tmp_path: Path) -> None:
    row = {
        "customer_id": "X", "partner": "大发超市", "days": 12, "habit": 3.4, "now": 5 * WAN, "before": 9 * WAN,
        "part": 0.45, "usual": -0.1, "mark_day": TODAY - 5, "amount": 7 * WAN, "product": "企业网银", "count": 2,
        "began": None, "about": "season_harvest", "told_day": None, "was": "P1", "became": "P2",
    }  # fmt: skip
    assert {rule for rule, _ in map(spelt, WORDS)} == {
        rule for rule in Rule if "record" not in RULES.of(rule) or "changed" in RULES.of(rule)
    }
    for code in WORDS:
        rule, variant = spelt(code)
        one = event(row | {"rule": rule, "variant": variant}, DAY, RULES)
        assert one.due_date > DAY
        for language in ("zh", "en"):
            assert say(json.loads(json.dumps(one.because)), language)
            assert say(one.goal, language)


def spelt(code: str) -> tuple[str, str]:
    """A sentence's code as its rule and variant."""
    rule = max((rule.value for rule in Rule if code == rule or code.startswith(f"{rule}_")), key=len)
    return rule, code.removeprefix(rule).removeprefix("_")


def test_the_same_happening_has_the_same_number() -> None:
    row = seen({"balance_90d": 10 * WAN})[0]
    assert event(row, DAY, RULES) == event(row, DAY, RULES)
    assert event(row, DAY, RULES).event_id != event(row | {"customer_id": "Y"}, DAY, RULES).event_id


SEEN = {
    "customer_id": pl.String, "rule": pl.String, "amount": pl.Int64, "partner": pl.String, "days": pl.Int64,
    "habit": pl.Float64, "now": pl.Int64, "before": pl.Int64, "part": pl.Float64, "usual": pl.Float64,
    "mark_day": pl.Int64, "variant": pl.String, "product": pl.String, "count": pl.Int64, "began": pl.Int64,
    "about": pl.String, "told_day": pl.Int64, "was": pl.String, "became": pl.String,
}  # fmt: skip
MONEY, SHARES = st.integers(-(10**15), 10**15), st.floats(-3, 3) | st.sampled_from([0.0, 1e-5, 0.25, 2.45])
ROW = st.fixed_dictionaries({
    "customer_id": st.sampled_from(["C1", "C2", "客 3"]), "code": st.sampled_from([spelt(code) for code in WORDS]),
    "product": st.none() | st.sampled_from(["", "企业网银"]), "count": st.integers(0, 99),
    "about": st.sampled_from(["season_harvest", 'a"b']), "began": st.none() | st.integers(19_000, 20_000), "told_day": st.none() | st.integers(19_000, 20_000),
    "was": st.sampled_from(["P1", '"客"']), "became": st.sampled_from(["P2", "江汉区"]),
    "amount": st.none() | MONEY, "partner": st.none() | st.sampled_from(["", 'P"1"', "大发\\超市\n"]),
    "days": st.integers(0, 400), "habit": st.floats(0, 90) | st.sampled_from([0.5, 1.5, 2.5]), "now": MONEY,
    "before": st.none() | MONEY, "part": SHARES, "usual": SHARES, "mark_day": st.integers(1, 30_000),
})  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(st.lists(ROW, max_size=8))
def test_words_by_columns_are_the_words_row_by_row(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        row["rule"], row["variant"] = row.pop("code", None) or (row["rule"], row["variant"])
    expected = [
        asdict(one)
        | {
            "rule": one.rule.value,
            "severity": one.severity.value,
            "because": json.dumps([one.because], ensure_ascii=False),
            "goal": json.dumps(one.goal, ensure_ascii=False),
        }
        for one in (event(row, DAY, RULES) for row in rows)
    ]
    assert told(pl.DataFrame(rows, schema=SEEN), DAY, RULES).to_dicts() == expected
