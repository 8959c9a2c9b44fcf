"""What models read beside trade: loans, holdings, meetings, voice, taxes, money; alike on DuckDB and Polars."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from xiaoer.features.night import (
    answers,
    beside,
    campaigns,
    debts,
    elsewhere,
    holdings,
    keepers,
    lateness,
    limits,
    meetings,
    note_facts,
    purposes,
    records,
    requests,
    swings,
    taxes,
)
from xiaoer.features.terms import catalogue
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import DuckEngine, Frame
from xiaoer.sources.contracts import contract

DAY = date(2026, 3, 31)
TODAY = day_number(DAY)
Load = Callable[[pl.DataFrame], Frame]


def table(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a contract's table, everything not named empty."""
    schema = pl.DataFrame(contract(name).schema.arrow.empty_table()).schema
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def ago(days: int) -> date:
    return DAY - timedelta(days)


def at(year: int, month: int, day: int, hour: int) -> datetime:
    """A time as the bank writes it: of its own clock, no zone told."""
    return datetime.combine(date(year, month, day), time(hour, 5))


@pytest.fixture(params=["duckdb", "polars"])
def load(request: pytest.FixtureRequest, tmp_path: Path) -> Load:
    if request.param == "polars":
        return lambda rows: nw.from_native(rows.lazy())
    engine = DuckEngine(tmp_path)
    return lambda rows: engine.table(rows.to_arrow())


def only(frame: Frame) -> dict[str, Any]:
    rows = pl.DataFrame(frame.collect("polars").to_native())
    assert rows.height == 1
    return rows.to_dicts()[0]


def note(**told: Any) -> dict[str, Any]:
    usual = {"note_id": "N", "customer_id": "A", "amount": 1000, "balance": 600, "rate": 0.05, "drawn_date": ago(200),
             "due_date": ago(-165), "days_past_due": 0}  # fmt: skip
    return usual | told


def test_debts(load: Load) -> None:
    notes = table(
        "drawdown_notes",
        note(),
        note(note_id="M", balance=200, rate=0.03, days_past_due=12, due_date=ago(-61), drawn_date=ago(30)),
        note(note_id="early", balance=0, settled_date=ago(100), due_date=ago(90)),
        note(note_id="in time", balance=0, settled_date=ago(100), due_date=ago(93)),
    )
    firm = only(debts(load(notes), TODAY))
    assert (firm["debt"], firm["debt_notes"], firm["late_days"]) == (800, 2, 12)
    assert (firm["paid_off_24m"], firm["paid_off_early_24m"]) == (
        2,
        1,
    )  # seven days before it is due is in time
    assert firm["debt_months_left"] == pytest.approx(61 / 30.4375)
    # Only the note of a month ago is new: the market is 3 %, and the older one is 2 points above it.
    assert firm["debt_rate_above_market"] == pytest.approx(0.02 * 600 / 800)


def test_a_note_that_is_paid_has_no_facts(load: Load) -> None:
    facts = only(note_facts(load(table("drawdown_notes", note(), note(note_id="M", balance=0))), TODAY))
    assert facts["note_id"] == "N"
    assert facts["note_paid_share"] == pytest.approx(0.4)
    assert (
        facts["note_rate_above_market"] is None
    )  # nothing was drawn in three months: no market to compare with


def test_lateness_is_of_snapshots_within_the_windows(load: Load) -> None:
    told = [(ago(0), 0), (ago(182), 4), (ago(183), 40), (ago(365), 90)]
    rows = [note(days_past_due=late) | {"business_date": day} for day, late in told]
    firm = only(lateness(load(table("drawdown_notes", *rows)), TODAY))
    assert (firm["late_most_6m"], firm["late_most_12m"], firm["late_snapshots_12m"]) == (4, 40, 2)


def test_limits_and_debts_elsewhere(load: Load) -> None:
    lines = table("credit_lines", {"line_id": "E", "customer_id": "A", "limit": 500, "previous_limit": 700, "status": "cut"},
                  {"line_id": "F", "customer_id": "A", "limit": 900, "status": "expired"})  # fmt: skip
    assert only(limits(load(lines))) == {"customer_id": "A", "limit_amount": 500, "limit_cut": 1}
    debt = {"customer_id": "A", "authorisation_id": "Q"}
    reports = table(
        "other_bank_debts",
        debt | {"report_date": ago(200), "debt_no": "1", "balance": 900, "days_past_due": 50},
        debt | {"report_date": ago(20), "debt_no": "1", "balance": 300, "days_past_due": 0},
        debt | {"report_date": ago(20), "debt_no": "2", "balance": 100, "days_past_due": 3},
    )
    firm = only(elsewhere(load(reports), TODAY))
    assert (firm["elsewhere_debt"], firm["elsewhere_late_days"]) == (400, 3)


def test_holdings_by_category(load: Load) -> None:
    products = table(
        "products", {"product_id": "L", "category": "loan"}, {"product_id": "E", "category": "electronic"}
    )
    held = table(
        "holdings",
        {
            "customer_id": "A",
            "product_id": "L",
            "status": "closed",
            "opened_date": ago(900),
            "closed_date": ago(9),
        },
        {"customer_id": "A", "product_id": "E", "opened_date": ago(61), "uses_12m": 7},
        {"customer_id": "A", "product_id": "unlisted", "opened_date": ago(700)},
    )
    firm = only(holdings(load(held), load(products), TODAY))
    assert (firm["holds_loan"], firm["holds_electronic"], firm["products_held"]) == (0, 1, 2)
    assert (firm["products_closed_12m"], firm["products_opened_12m"], firm["products_unused"]) == (1, 1, 1)
    assert firm["product_last_opened_months"] == pytest.approx(61 / 30.4375)


def test_meetings(load: Load) -> None:
    told = {"customer_id": "A", "channel": "call", "purpose": "offer"}
    contacts = table(
        "contacts",
        told | {"contact_id": "1", "contact_date": ago(365), "outcome": "accepted"},  # a day too long ago
        told | {"contact_id": "2", "contact_date": ago(364), "outcome": "accepted",
                "contacted_at": at(2025, 4, 1, 9)},
        told | {"contact_id": "3", "contact_date": ago(40), "outcome": "not_reached"},
        told | {"contact_id": "4", "contact_date": ago(5), "outcome": "refused", "refusal_reason": "price",
                "contacted_at": at(2026, 3, 26, 16)},
        told | {"contact_id": "5", "contact_date": ago(2), "outcome": "reached", "direction": "inbound"},
    )  # fmt: skip
    firm = only(meetings(load(contacts), TODAY))
    assert (firm["touches_30d"], firm["touches_90d"], firm["touches_12m"]) == (1, 2, 3)
    assert (firm["accepted_12m"], firm["refused_12m"], firm["refused_price_12m"]) == (1, 1, 1)
    assert firm["reached_share"] == pytest.approx(2 / 3)
    assert firm["refused_share"] == pytest.approx(1 / 2)
    assert (firm["last_touch_refused"], firm["call_hour"]) == (1, 12.5)


def test_campaigns_managers_requests_and_answers(load: Load) -> None:
    listed = [{"campaign_id": str(n), "customer_id": "A", "listed_date": ago(n), "arm": arm}
              for n, arm in ((365, "treated"), (364, "treated"), (3, "held_out"))]  # fmt: skip
    assert only(campaigns(load(table("campaign_lists", *listed)), TODAY)) == {
        "customer_id": "A", "campaigns_12m": 2, "campaigns_treated_12m": 1,
    }  # fmt: skip
    kept = [{"customer_id": firm, "staff_id": "S", "role": "responsible", "from_date": ago(61), "to_date": until}
            for firm, until in (("A", None), ("B", ago(1)))]  # fmt: skip
    assert only(keepers(load(table("assignments", *kept)), TODAY))["manager_firms"] == 1
    asked = [{"request_id": str(n), "customer_id": "A", "kind": kind, "requested_date": ago(n)}
             for n, kind in ((400, "complaint"), (100, "complaint"), (9, "request"))]  # fmt: skip
    said = only(requests(load(table("service_requests", *asked)), TODAY))
    assert (said["complaints_12m"], said["complaints_before"], said["requests_12m"]) == (1, 2, 1)
    surveys = [{"survey_id": str(n), "customer_id": "A", "question": "overall", "asked_date": ago(n), "score": score}
               for n, score in ((3, 8.0), (50, None), (80, 4.0))]  # fmt: skip
    answered = only(answers(load(table("surveys", *surveys)), TODAY))
    assert (answered["surveys_asked"], answered["surveys_answered"]) == (3, 2)
    assert (answered["survey_score"], answered["survey_lowest"]) == (6.0, 4.0)


def test_taxes_and_records(load: Load) -> None:
    filed = {"customer_id": "A", "tax_kind": "vat"}
    rows = table(
        "tax_records",
        filed | {"period_end": ago(120), "filed_date": ago(100), "declared_sales": 10, "late_days": 6, "tax_rating": "A"},
        filed | {"period_end": ago(30), "filed_date": ago(10), "declared_sales": 20, "late_days": 0, "tax_rating": "C"},
    )  # fmt: skip
    assert only(taxes(load(rows), TODAY)) == {
        "customer_id": "A", "declared_12m": 30, "tax_late_12m": 1, "tax_late_days": 6, "tax_rating": 2,
    }  # fmt: skip
    public = [{"record_id": str(n), "customer_id": "A", "kind": kind, "published_date": ago(n), "status": status}
              for n, kind, status in ((5, "litigation", "open"), (9, "penalty", "closed"), (9, "award", None))]  # fmt: skip
    found = only(records(load(table("public_records", *public)), TODAY))
    assert (found["records_bad_24m"], found["records_good_24m"], found["records_open"]) == (2, 1, 1)


def test_money(load: Load) -> None:
    told = [(ago(60), 400), (ago(31), 200), (ago(0), 100)]
    days = [{"account_id": "1", "customer_id": "A", "balance_date": day, "balance": held, "lowest_balance": held - 50}
            for day, held in told]  # fmt: skip
    level = only(swings(load(table("balances", *days)), TODAY))
    assert (level["balance_now"], level["balance_most_12m"], level["balance_lowest_90d"]) == (100, 400, 50)
    assert level["balance_drained"] == pytest.approx(0.75)
    paid = [{"transaction_id": str(n), "customer_id": "A", "booked_date": ago(n), "direction": way, "amount": amount,
             "purpose": purpose, "reversed": gone}
            for n, way, amount, purpose, gone in (
                (1, "in", 50, "trade", None), (91, "in", 30, "trade", False), (92, "in", 70, "trade", False),
                (2, "in", 900, "loan_drawdown", None), (2, "in", 11, "own_transfer", None), (3, "out", 20, "payroll", None),
                (4, "in", 5, "trade", True), (365, "in", 1000, "trade", None))]  # fmt: skip
    flow = only(purposes(load(table("transactions", *paid)), TODAY))
    assert (flow["earned_90d"], flow["earned_prior_90d"], flow["earned_12m"]) == (80, 70, 150)
    assert (flow["spent_90d"], flow["wages_90d"], flow["topped_up_12m"]) == (20, 20, 11)


def test_a_ratio_to_nothing_is_not_known(load: Load) -> None:
    names = ("debt", "sales_12m", "limit_amount", "earned_12m", "earned_90d", "earned_prior_90d", "sales_90d", "payments_90d",
             "payments_prior_90d", "spent_90d", "spent_12m", "balance_now", "topped_up_12m", "owner_out_12m", "wages_90d",
             "takings_90d", "declared_12m", "elsewhere_debt")  # fmt: skip
    row = dict.fromkeys(names, 10) | {"sales_12m": 0, "earned_90d": None}
    firm = only(beside(load(pl.DataFrame([row], schema=dict.fromkeys(names, pl.Int64)))))
    assert firm["debt_to_sales"] is None
    assert firm["settled_share_90d"] is None
    assert firm["limit_use"] == 1.0


def test_every_feature_has_words_in_both_languages() -> None:
    assert len(catalogue()) > 150
    page = (Path(__file__).parents[2] / "src/xiaoer/features/wording.toml").read_text(encoding="utf-8")
    missing = [name for name in catalogue() if f"[{name}]" not in page]
    assert not missing
