"""The worked table of docs/rules/appraisal.md, every check from both sides of its bound, replay."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.applications.desk import NOW, TODAY, begun, scope
from xiaoer.applications import actions
from xiaoer.applications.appraisal.rules import appraised, draft, limit, statement
from xiaoer.applications.appraisal.terms import LINES, Bounds, Check, Figure, Inputs
from xiaoer.applications.models import Appraisal
from xiaoer.kit.scope.acting import acting_as

BOUNDS = Bounds.in_force(date(2026, 11, 19))
YUAN = {
    "sales": 2_400_000, "purchases": 1_700_000, "opening_stock": 260_000, "stock": 300_000, "wages": 180_000,
    "rent": 60_000, "utilities": 12_000, "transport": 24_000, "taxes": 36_000, "other_costs": 18_000,
    "interest": 10_000, "household": 96_000, "other_income": 0, "cash": 20_000, "deposits": 80_000,
    "receivables": 220_000, "prepaid": 0, "equipment": 150_000, "property": 0, "payables": 140_000, "advances": 0,
    "debts_here": 100_000, "debts_elsewhere": 0, "private_debts": 50_000, "instalments": 9_000,
    "opening_equity": 180_000, "capital_in": 0, "stated_margin_bp": 30,
}  # fmt: skip
KNOWN = {"invoiced_sales": 230_000_000, "inflow": 150_000_000, "sector_margin_bp": 2_400}


def worksheet(**changes: int | None) -> Inputs:
    """The example in fen, with some lines (in fen) or known figures changed; None takes one away."""
    figures = {line: Figure(yuan * 100) for line, yuan in YUAN.items()}
    known: dict[str, int | None] = dict(KNOWN)
    for name, value in changes.items():
        if name in known:
            known[name] = value
        else:
            figures[name] = Figure(value)
    return Inputs(figures, known, 50_000_000, 12)


def outcome(inputs: Inputs, check: str) -> Any:
    return next(one for one in appraised(inputs, BOUNDS)["checks"] if one["check"] == check)


def test_the_example_fills_every_line() -> None:
    assert set(YUAN) == set(LINES)


def test_the_worked_table() -> None:
    told = appraised(worksheet(), BOUNDS)
    assert told["statement"] == {
        "cost_of_sales": 166_000_000, "gross_profit": 74_000_000, "gross_margin_bp": 3_083, "costs": 34_000_000,
        "operating_profit": 40_000_000, "free_cash": 30_400_000, "free_cash_month": 2_533_333,
        "assets": 77_000_000, "debts": 29_000_000, "equity": 48_000_000,
    }  # fmt: skip
    assert {one["outcome"] for one in told["checks"]} == {"ok"}
    found = told["limit"]
    assert found["caps"] == {
        "capacity": 10_147_196,
        "sales": 31_000_000,
        "debt": 43_000_000,
        "asked": 50_000_000,
    }
    assert (found["amount"], found["bound_by"], found["instalment"]) == (10_000_000, "capacity", 860_665)
    assert found["service_bp"] == 14_388


def test_capacity_is_the_published_annuity() -> None:
    """C × (1 − (1 + r/12)^−n) ÷ (r/12), once more in floating point, to the fen."""
    left = 2_533_333 * 7_000 // 10_000 - 900_000
    expected = left * (1 - (1 + 0.06 / 12) ** -12) / (0.06 / 12)
    assert abs(limit(worksheet(), statement(worksheet()), BOUNDS).caps["capacity"] - expected) < 1  # type: ignore[operator]


def test_no_interest_is_a_plain_sum() -> None:
    free_of_charge = replace(worksheet(), rate_bp=0)
    found = limit(free_of_charge, statement(free_of_charge), BOUNDS)
    assert found.caps["capacity"] == 873_333 * 12
    assert found.instalment == -(-(found.amount or 0) // 12)


@pytest.mark.parametrize(
    ("changes", "bound_by"),
    [
        ({"instalments": 0, "household": 0, "private_debts": 10_000_000, "property": 100_000_000}, "sales"),
        ({"instalments": 0, "household": 0, "property": -38_000_000}, "debt"),
        ({"instalments": 2_000_000}, "capacity"),
    ],
)
def test_what_binds_is_named(changes: dict[str, int], bound_by: str) -> None:
    found = limit(worksheet(**changes), statement(worksheet(**changes)), BOUNDS)
    assert found.bound_by == bound_by
    assert found.amount is not None
    assert found.amount >= 0


@pytest.mark.parametrize("line", ["sales", "household", "instalments", "property", "private_debts", "wages"])
def test_without_a_needed_line_no_limit_is_proposed(line: str) -> None:
    found = appraised(worksheet(**{line: None}), BOUNDS)["limit"]
    assert found["amount"] is None
    assert found["missing"] == [line]


@pytest.mark.parametrize(
    ("check", "ok", "off"),
    [
        ("stock_months", {"stock": 85_000_000}, {"stock": 85_000_001}),
        ("stock_rolled", {"opening_stock": 22_000_000}, {"opening_stock": 21_999_999}),
        ("stock_rolled", {"opening_stock": 34_000_000}, {"opening_stock": 34_000_001}),
        ("sales_settlement", {"inflow": 48_000_000}, {"inflow": 47_999_999}),
        ("sales_settlement", {"inflow": 264_000_000}, {"inflow": 264_000_001}),
        ("sales_invoices", {"sales": 264_500_000}, {"sales": 264_500_001}),
        ("sales_invoices", {"sales": 195_500_000}, {"sales": 195_499_999}),
        ("margin_sector", {"sector_margin_bp": 2_083}, {"sector_margin_bp": 2_082}),
        ("margin_sector", {"sector_margin_bp": 4_083}, {"sector_margin_bp": 4_084}),
        ("equity", {"opening_equity": 20_126_315}, {"opening_equity": 20_126_316}),
        ("equity", {"opening_equity": 15_200_000}, {"opening_equity": 15_199_999}),
    ],
)
def test_each_bound_from_both_sides(check: str, ok: dict[str, int], off: dict[str, int]) -> None:
    assert outcome(worksheet(**ok), check)["outcome"] == "ok"
    assert outcome(worksheet(**off), check)["outcome"] == "off"


@pytest.mark.parametrize(
    ("check", "line"),
    [
        ("stock_months", "stock"),
        ("stock_rolled", "opening_stock"),
        ("stock_rolled", "stated_margin_bp"),
        ("sales_settlement", "inflow"),
        ("sales_invoices", "invoiced_sales"),
        ("margin_sector", "sector_margin_bp"),
        ("equity", "opening_equity"),
        ("equity", "capital_in"),
        ("equity", "receivables"),
    ],
)
def test_each_check_names_what_it_lacks(check: str, line: str) -> None:
    found = outcome(worksheet(**{line: None}), check)
    assert found["outcome"] == "missing"
    assert line in found["missing"]


def test_unknown_is_never_nothing() -> None:
    told = statement(worksheet(rent=None))
    assert told["costs"] is told["operating_profit"] is told["free_cash"] is None
    assert told["gross_profit"] == 74_000_000
    assert statement(worksheet(rent=0))["operating_profit"] == 46_000_000


def test_uncounted_stock_is_said() -> None:
    told = appraised(worksheet(stock=None), BOUNDS)
    assert told["stock_unchanged"] is True
    assert told["statement"]["cost_of_sales"] == 170_000_000


def test_a_draft_takes_what_the_files_tell_and_asks_for_the_rest() -> None:
    known = {
        "sales_12m": 100,
        "purchases_12m": 60,
        "inflow_12m": None,
        "balance_90d": None,
        "loan_balance": None,
    }
    drafted = draft(known, 500, 6)
    assert {line: (one.value, one.origin) for line, one in drafted.figures.items()} == {
        "sales": (100, "invoices"), "purchases": (60, "invoices"),
    }  # fmt: skip
    told = appraised(drafted, BOUNDS)
    assert told["statement"]["gross_profit"] == 40
    assert {one["check"]: one["missing"] for one in told["checks"] if one["outcome"] == "missing"}.keys() == {
        Check.STOCK_MONTHS, Check.STOCK_ROLLED, Check.SALES_SETTLEMENT, Check.MARGIN_SECTOR, Check.EQUITY,
    }  # fmt: skip


@pytest.mark.django_db
def test_every_version_is_kept_and_computed_again_alike() -> None:
    app, me = begun(), scope("I1")
    with acting_as(me):
        first = actions.appraise(me, app.pk, worksheet(), TODAY, now=NOW)
        second = actions.appraise(me, app.pk, worksheet(rent=None), TODAY, now=NOW, words="rent is doubtful")
        assert (first.version, second.version) == (1, 2)
        for kept in Appraisal.objects.filter(application=app):
            assert actions.replayed(kept) == kept.result
            assert kept.rules_date == BOUNDS.from_date
        tampered = Appraisal.objects.get(pk=first.pk)
        tampered.inputs["figures"]["sales"]["value"] += 1
        assert actions.replayed(tampered) != tampered.result
