"""Checks by class, amount and product; drawings followed; the desk's own checks; the example of the rules page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.loans.test_night_classes import frame
from tests.renewals.test_night import polars, rows
from tests.world import BUSINESS_DATE
from xiaoer.kit.dates import day_number
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.loans import queries
from xiaoer.loans.checking import record_check
from xiaoer.loans.night.checks import last_checks, traced, uses
from xiaoer.loans.rules.checks import due, escalation, flagged, interval
from xiaoer.loans.terms import Checks, Escalation

pytestmark = pytest.mark.usefixtures("in_english")

TERMS = Checks.in_force(date(2026, 10, 31))
WAN = 1_000_000
DRAWN = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("grade", "balance", "days"),
    [(0, 100 * WAN, 90), (0, 500 * WAN - 1, 90), (0, 500 * WAN, 60), (1, WAN, 30), (4, 900 * WAN, 30)],
)
def test_by_class_and_amount(grade: int, balance: int, days: int) -> None:
    assert interval(grade, balance, "L01", TERMS) == days
    assert interval(grade, balance, "L09", replace(TERMS, product_days={"L09": 180})) == 180


def test_the_first_check_and_those_after() -> None:
    assert due(DRAWN, None, 90, TERMS) == date(2026, 3, 16)
    assert due(DRAWN, date(2026, 2, 20), 90, TERMS) == date(2026, 3, 16), (
        "before the drawing is no check of it"
    )
    assert due(DRAWN, date(2026, 3, 16), 90, TERMS) == date(2026, 6, 14)


def test_who_hears() -> None:
    told = {
        0: Escalation.MANAGER,
        7: Escalation.MANAGER,
        8: Escalation.HEAD,
        30: Escalation.HEAD,
        31: Escalation.RISK,
    }
    assert {days: escalation(days, TERMS) for days in told} == told
    assert (date(2026, 7, 15) - date(2026, 6, 14)).days == 31


@pytest.mark.parametrize(("forbidden", "expected"), [(5_000_00, False), (5_000_01, True)])
def test_five_percent_is_not_above(forbidden: int, expected: bool) -> None:
    assert flagged(100_000_00, forbidden, TERMS) is expected


def out(number: int, day: int, amount: int, purpose: str, **more: Any) -> dict[str, Any]:
    return {"transaction_id": f"T{number}", "customer_id": "C", "direction": "out", "amount": amount, "purpose": purpose,
            "booked_date": DRAWN + timedelta(day - 1), "counterparty_id": f"P{number}"} | more  # fmt: skip


def test_first_out_first_followed() -> None:
    book = polars([{"note_id": "N", "customer_id": "C", "amount": 100_000_00, "drawn_date": DRAWN},
                   {"note_id": "OLD", "customer_id": "C", "amount": 9, "drawn_date": date(2025, 3, 1)}])  # fmt: skip
    booked = frame("transactions", [
        out(1, 2, 30_000_00, "trade"), out(2, 3, 20_000_00, "owner"), out(3, 5, 60_000_00, "payroll"),
        out(4, 6, 5_000_00, "wealth"), out(5, 1, 7_000_00, "loan_repayment"), out(6, 1, 7_000_00, "fee"),
        out(7, 1, 7_000_00, "wealth", reversed=True), out(8, 0, 7_000_00, "wealth"), out(9, 1, 9_00, "trade", direction="in"),
    ])  # fmt: skip
    trace = traced(book, booked, TERMS, day_number(date(2026, 6, 1)))
    found = {(row["note_id"], row["purpose"]): row["amount"] for row in rows(trace)}
    assert found == {("N", "trade"): 30_000_00, ("N", "owner"): 20_000_00, ("N", "payroll"): 50_000_00}
    assert rows(uses(trace, TERMS)) == [
        {"note_id": "N", "traced_amount": 100_000_00, "forbidden_amount": 20_000_00, "unclear_amount": 0}
    ]
    assert rows(traced(book, booked, TERMS, day_number(DRAWN) + TERMS.traced_drawn_days + 1)) == []


def test_a_check_of_the_firm_is_one_of_all_its_notes() -> None:
    book = polars([{"note_id": f"N{at}", "customer_id": f"C{at // 2}"} for at in range(4)])
    contacts = polars([{"customer_id": "C0", "purpose": purpose, "day": day}
                       for purpose, day in (("check", 5), ("check", 9), ("care", 99))])  # fmt: skip
    desk = polars([{"note_id": "N1", "day": date(1970, 1, 21)}, {"note_id": "N2", "day": date(1970, 1, 3)}])
    found = {row["note_id"]: row["last_check_day"] for row in rows(last_checks(book, contacts, desk))}
    assert found == {"N0": 9, "N1": 20, "N2": 2, "N3": None}


@pytest.mark.django_db
def test_recording_a_check(client_of: Callable[..., Any], scope_of: Callable[[str], Scope]) -> None:
    scope, client = scope_of("M1"), client_of("M1")
    with acting_as(scope):
        row = queries.checks(scope).filter(flagged=True).order_by("note_id").first()
    address = f"/loans/notes/{row.note_id}/check/"
    sheet = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "金桂钢材有限公司" in sheet and "转老板" in sheet
    given = {"found": "trouble", "place": "城东区仓库", "words": "the owner bought a flat"}
    assert client.post(address, given, headers={"HX-Request": "true"}).status_code == 204
    assert "the owner bought a flat" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    diary = client.get("/loans/checks/?over=manager,branch_head,risk_officer").content.decode()
    assert row.note_id not in diary


@pytest.mark.django_db
def test_what_is_refused(scope_of: Callable[[str], Scope]) -> None:
    scope, stranger, reader = (scope_of(one) for one in ("M1", "M3", "A1"))
    with acting_as(scope):
        note_id = queries.checks(scope).first().note_id
    for words, who, how in (
        ("is not a finding", scope, ("fine", "all is well")),
        ("no words", scope, ("in_order", " ")),
        ("no note", stranger, ("in_order", "all is well")),
        ("records no checks", reader, ("in_order", "all is well")),
    ):
        with acting_as(who), pytest.raises(Refusal, match=words):
            record_check(who, note_id, *how, BUSINESS_DATE)
