"""Labels on tiny tables: the day exactly at the horizon, the day after, what is not told yet, firms that are gone."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame
from xiaoer.scores.labels import LABELS, Later
from xiaoer.sources.contracts import contract

DAY = date(2025, 6, 30)
TODAY = day_number(DAY)
HORIZON = 90
Rows = list[dict[str, Any]]


def after(days: int) -> date:
    return DAY + timedelta(days)


def later(tables: Mapping[str, Rows], *, told: int = 400, horizon: int = HORIZON, **options: Any) -> Later:
    """Tables by name, all told up to so many days after the row's day."""

    def opened(name: str) -> Frame:
        schema = dict(pl.DataFrame(contract(name).schema.arrow.empty_table()).schema)
        rows = [{column: row.get(column) for column in schema} for row in tables.get(name, [])]
        return nw.from_native(pl.DataFrame(rows, schema=schema).lazy())

    return Later(opened, opened, horizon, TODAY + told, options)


def asked(item: str = "", customer: str = "A", *, from_days: int = 0, **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "on_day": TODAY, "item": item, "from_day": TODAY + from_days} | more


def labels(name: str, rows: Rows, on: Later) -> dict[tuple[str, str], float | None]:
    """The label of each row by firm and item; a row without one is missing."""
    frame: Frame = nw.from_native(pl.DataFrame(rows).lazy())
    found = pl.DataFrame(LABELS[name](frame, on).collect("polars").to_native())
    assert found.height <= len(rows)
    assert found.schema["label"] == pl.Float64
    return {(row["customer_id"], row["item"]): row["label"] for row in found.to_dicts()}


def label(name: str, row: dict[str, Any], on: Later) -> float | None:
    return labels(name, [row], on).get((row["customer_id"], row["item"]))


def customer(**told: Any) -> dict[str, Any]:
    return {"customer_id": "A", "kind": "enterprise"} | told


def note(**told: Any) -> dict[str, Any]:
    usual = {"note_id": "N", "customer_id": "A", "contract_id": "H", "balance": 1000, "amount": 1000, "rate": 0.05,
             "drawn_date": after(-200), "due_date": after(165), "business_date": DAY, "days_past_due": 0}  # fmt: skip
    return usual | told


def book(*notes: dict[str, Any], **tables: Rows) -> dict[str, Rows]:
    return {"customers": [customer()], "drawdown_notes": list(notes)} | tables


@pytest.mark.parametrize(("days", "expected"), [(0, 0.0), (1, 1.0), (HORIZON, 1.0), (HORIZON + 1, 0.0)])
def test_default_counts_after_the_day_and_up_to_the_horizon(days: int, expected: float) -> None:
    failed = note(defaulted_date=after(days), business_date=after(200))
    assert label("defaulted", asked(), later(book(note(), failed))) == expected
    assert label("note_defaulted", asked("N"), later(book(note(), failed))) == expected


def test_what_is_not_told_to_the_end_is_unknown() -> None:
    failed = book(note(defaulted_date=after(5)))
    assert label("defaulted", asked(), later(failed, told=HORIZON)) == 1.0
    assert (
        label("defaulted", asked(), later(failed, told=HORIZON - 1)) is None
    )  # though the default is known already


def test_of_a_note_the_last_snapshot_speaks() -> None:
    early = note(business_date=after(100), defaulted_date=None)
    late = note(business_date=after(130), defaulted_date=after(80))
    assert label("defaulted", asked(), later(book(late, early))) == 1.0


def test_firms_gone_by_the_day_have_no_label_and_firms_that_leave_do() -> None:
    gone = {"customers": [customer(closed_date=DAY)]}
    leaves = {"customers": [customer(closed_date=after(1), closed_reason="price")]}
    for name in ("defaulted", "left", "stayed", "complained"):
        assert label(name, asked(), later(gone)) is None
    assert label("defaulted", asked(), later(leaves)) == 0.0
    assert label("left", asked(), later(leaves)) == 1.0
    assert label("stayed", asked(), later(leaves)) == 0.0


def test_a_business_that_ends_did_not_leave_us() -> None:
    ended = {"customers": [customer(closed_date=after(10), closed_reason="business_closed")]}
    assert label("left", asked(), later(ended)) is None
    assert label("stayed", asked(), later(ended)) == 0.0
    beyond = {"customers": [customer(closed_date=after(HORIZON + 1), closed_reason="business_closed")]}
    assert label("left", asked(), later(beyond)) == 0.0


@pytest.mark.parametrize(("late", "expected"), [(30, 0.0), (31, 1.0)])
def test_distress_is_more_than_thirty_days(late: int, expected: float) -> None:
    found = note(business_date=after(31), days_past_due=late)
    assert label("distressed", asked(), later(book(note(), found))) == expected


@pytest.mark.parametrize(
    ("settled", "default", "expected"),
    [
        (after(20), None, 1.0),
        (after(165 - 7), None, 0.0),  # beyond the horizon, and in time
        (after(HORIZON), None, 1.0),
        (after(HORIZON + 1), None, 0.0),
        (after(20), after(10), 0.0),  # defaulted first: the other end came
    ],
)  # fmt: skip
def test_early_repayment_competes_with_default(settled: date, default: date | None, expected: float) -> None:
    told = note(settled_date=settled, defaulted_date=default, business_date=after(200))
    assert label("paid_early", asked("N"), later(book(told))) == expected


def test_paid_a_week_before_due_is_in_time() -> None:
    told = note(due_date=after(40), settled_date=after(33))
    assert label("paid_early", asked("N"), later(book(told))) == 0.0
    sooner = note(due_date=after(40), settled_date=after(32))
    assert label("paid_early", asked("N"), later(book(sooner))) == 1.0


def test_cured_when_found_current_or_paid_unless_it_defaults() -> None:
    current = note(business_date=after(60), days_past_due=0)
    late = note(business_date=after(60), days_past_due=70)
    paid = note(business_date=after(60), balance=0, settled_date=after(50))
    failed = note(business_date=after(90), days_past_due=0, defaulted_date=after(80))
    before = note(business_date=DAY, days_past_due=0)  # the day itself is not later
    for rows, expected in (
        ([current], 1.0),
        ([late], 0.0),
        ([paid], 1.0),
        ([current, failed], 0.0),
        ([before], 0.0),
    ):
        assert label("cured", asked("N"), later(book(*rows))) == expected


def test_loss_is_what_does_not_come_back() -> None:
    owed = [note(business_date=after(1), balance=800), note(business_date=after(40), balance=500)]
    paid = [{"repayment_id": str(n), "note_id": "N", "repaid_date": after(day), "principal": money}
            for n, (day, money) in enumerate([(0, 100), (30, 200), (HORIZON + 1, 400)])]  # fmt: skip
    assert label("lost", asked("N"), later(book(*owed, repayments=paid))) == pytest.approx(0.75)
    assert label("lost", asked("N"), later(book(repayments=paid))) is None  # nobody told what was owed


def test_renewal_is_a_contract_that_follows_within_a_month() -> None:
    due = note(due_date=after(60), settled_date=after(60))
    following = [
        {"contract_id": "I", "customer_id": "A", "renewed_from": "H", "amount": 1, "start_date": after(91)}
    ]
    assert label("not_renewed", asked("N"), later(book(due, loan_contracts=following))) == 0.0
    following[0]["start_date"] = after(92)
    assert label("not_renewed", asked("N"), later(book(due, loan_contracts=following))) == 1.0
    assert label("not_renewed", asked("N"), later(book(due), told=90)) is None  # the month after is not over
    assert label("not_renewed", asked("N"), later(book(note(due_date=after(HORIZON + 1))))) is None
    assert (
        label("not_renewed", asked("N"), later(book(note(due_date=after(60), defaulted_date=after(50)))))
        is None
    )


def test_complaints_and_nothing_else() -> None:
    said = [{"request_id": "1", "customer_id": "A", "kind": "request", "requested_date": after(3)}]
    on = {"customers": [customer()], "service_requests": said}
    assert label("complained", asked(), later(on)) == 0.0
    said[0]["kind"] = "complaint"
    assert label("complained", asked(), later(on)) == 1.0


def contact(outcome: str | None, **told: Any) -> dict[str, Any]:
    return {"contact_id": "K", "customer_id": "A", "contact_date": after(3), "channel": "call", "purpose": "offer",
            "product_id": "E", "outcome": outcome} | told  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "accepted", "reached"),
    [("accepted", 1.0, 1.0), ("refused", 0.0, 1.0), ("not_reached", None, 0.0), (None, None, 0.0)],
)
def test_offers(outcome: str | None, accepted: float | None, reached: float) -> None:
    row, on = asked("K", from_days=3), later({"contacts": [contact(outcome)]})
    assert label("accepted", row, on) == accepted
    assert label("got_through", row, on) == reached


@pytest.mark.parametrize(
    ("outcome", "why", "expected"),
    [
        ("refused", "price", 1.0),
        ("refused", "no_need", 0.0),
        ("accepted", None, 0.0),
        ("interested", None, None),
    ],
)
def test_refused_for_the_price(outcome: str, why: str | None, expected: float | None) -> None:
    on = later({"contacts": [contact(outcome, refusal_reason=why)]})
    assert label("refused_for_price", asked("K", from_days=3), on) == expected


def test_a_campaign_counts_what_is_taken_by_whatever_way() -> None:
    row = asked("C1", product_id="E", treated=0)
    ways: list[dict[str, Rows]] = [
        {
            "holdings": [{"customer_id": "A", "product_id": "E", "opened_date": DAY}]
        },  # the day of the draw counts
        {
            "applications": [
                {"application_id": "1", "customer_id": "A", "product_id": "E", "received_date": after(9)}
            ]
        },
        {"contacts": [contact("accepted")]},
    ]
    for way in ways:
        assert label("taken", row, later(way)) == 1.0
    other = [{"customer_id": "A", "product_id": "F", "opened_date": after(1)},
             {"customer_id": "A", "product_id": "E", "opened_date": after(-1)},
             {"customer_id": "A", "product_id": "E", "opened_date": after(HORIZON + 1)}]  # fmt: skip
    assert label("taken", row, later({"holdings": other})) == 0.0


def test_next_product_row_by_row() -> None:
    opened = [{"customer_id": "A", "product_id": "E", "opened_date": after(HORIZON)}]
    on = later({"customers": [customer()], "holdings": opened})
    assert labels("opened_next", [asked("E"), asked("F")], on) == {("A", "E"): 1.0, ("A", "F"): 0.0}


def payment(days: int, amount: int, way: str = "in", purpose: str = "trade", **told: Any) -> dict[str, Any]:
    return {"transaction_id": str(days), "customer_id": "A", "booked_date": after(days), "direction": way,
            "amount": amount, "purpose": purpose} | told  # fmt: skip


def bank(*payments: dict[str, Any], **tables: Rows) -> dict[str, Rows]:
    return {"customers": [customer()], "transactions": list(payments)} | tables


def sale(days: int, gross: int, status: str = "valid") -> dict[str, Any]:
    return {
        "customer_id": "A",
        "direction": "sale",
        "invoice_date": after(days),
        "gross": gross,
        "status": status,
    }


def test_settlement_moves_when_its_share_of_sales_halves() -> None:
    sales = [sale(-10, 1000), sale(10, 2000)]
    kept = bank(
        payment(-5, 600), payment(5, 600), invoices=sales
    )  # 0.6 of sales before, 0.3 after: just half
    assert label("moved_away", asked(), later(kept)) == 0.0
    moved = bank(payment(-5, 600), payment(5, 599), invoices=sales)
    assert label("moved_away", asked(), later(moved)) == 1.0
    unseen = bank(payment(5, 600), invoices=sales)
    assert label("moved_away", asked(), later(unseen)) is None  # nothing was settled here before
    silent = bank(payment(-5, 600), invoices=sales[:1])
    assert label("moved_away", asked(), later(silent)) is None  # no sales, so no share
    left = silent | {"customers": [customer(closed_date=after(20))]}
    assert label("moved_away", asked(), later(left)) == 1.0


def test_a_gap_is_at_the_deepest_point_of_business_of_its_own() -> None:
    held = [{"account_id": "1", "customer_id": "A", "balance_date": DAY, "balance": 500}]
    rows = [payment(5, 600, "out"), payment(9, 900), payment(3, 5000, "in", "own_transfer")]
    assert label("gap_ahead", asked(), later(bank(*rows, balances=held))) == 1.0  # 100 short on the fifth day
    rows[0] = payment(5, 500, "out")
    assert label("gap_ahead", asked(), later(bank(*rows, balances=held))) == 0.0
    assert label("gap_ahead", asked(), later(bank(*rows))) is None  # nobody told what lay there


def test_turnover_and_cash_flow_are_a_years_worth() -> None:
    sold = bank(invoices=[sale(1, 100), sale(HORIZON, 20), sale(HORIZON + 1, 7), sale(2, 50, "void")])
    assert label("turnover", asked(), later(sold)) == pytest.approx(120 * 365 / HORIZON)
    assert label("turnover", asked(), later(bank())) is None
    flows = bank(
        payment(1, 900), payment(2, 400, "out", "payroll"), payment(3, 50_000, "in", "loan_drawdown")
    )
    assert label("carried", asked(), later(flows)) == pytest.approx(500 * 365 / HORIZON)
    leaves = flows | {"customers": [customer(closed_date=after(HORIZON))]}
    assert label("carried", asked(), later(leaves)) is None  # what it would have kept is not seen


def test_contribution_is_fees_and_margins_until_the_firm_leaves() -> None:
    balances = [{"account_id": "1", "customer_id": "A", "balance_date": after(30 * n), "balance": 0,
                 "average_balance": 120_000} for n in range(14)]  # fmt: skip
    notes = [note(business_date=after(30 * n), balance=240_000) for n in range(1, 3)]
    rows = bank(
        payment(9, 700, "out", "fee"), payment(10, 5, "in", fee=30), balances=balances, drawdown_notes=notes
    )
    on = later(rows, horizon=365, deposit_margin=0.012, loan_margin=0.025)
    # Twelve months of 120,000 at 1.2 % are 1,440; two months of 240,000 at 2.5 % are 1,000; fees 730.
    assert label("contribution", asked(), on) == pytest.approx(1_440 + 1_000 + 730)


def test_activity_in_the_last_days_before_the_horizon() -> None:
    options = {"days": 30, "payments": 2}
    seen = [payment(61, 1), payment(90, 1), payment(75, 9, "out", "fee")]
    assert label("active", asked(), later(bank(*seen), **options)) == 1.0
    assert label("active", asked(), later(bank(payment(60, 1), payment(91, 1)), **options)) == 0.0
    opened_before = asked(from_days=-61)  # its last days begin on the day before the frame
    assert label("active", opened_before, later(bank(*seen), **options)) is None


def test_every_label_is_tried_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert not [name for name in LABELS if f'"{name}"' not in text]
