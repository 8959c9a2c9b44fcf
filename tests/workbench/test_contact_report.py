"""The daily report: planned, made, reached, won, expected and brought; in scope; down to its contacts; as a workbook."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.world import BUSINESS_DATE, tables
from xiaoer.contacts.actions import record_outcome
from xiaoer.contacts.terms import About
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench import reporting
from xiaoer.workbench.belonging import families_of
from xiaoer.workbench.desk import Desk

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
Scopes = Callable[[str], Scope]
TODAY = BUSINESS_DATE + timedelta(days=1)
FIRMS = {manager: [row["customer_id"] for row in tables()["firms"].to_pylist() if row["manager_id"] == manager]
         for manager in ("M1", "M3")}  # fmt: skip


@pytest.fixture
def a_day(scope_of: Scopes) -> None:
    told = (("M1", "accepted", "silence", 500_000), ("M1", "accepted", "", None), ("M1", "not_reached", "silence", 1),
            ("M1", "interested", "turnover_grows", 9), ("M3", "refused", "silence", 700_000))  # fmt: skip
    for at, (staff, outcome, rule, worth) in enumerate(told):
        scope = scope_of(staff)
        about = About(
            FIRMS[staff][at], f"o{at}" if rule else "", "call", 100_000 if rule else 0, 20, rule, worth
        )
        with acting_as(scope):
            record_outcome(scope, about, outcome, TODAY)


def page(scope: Scope, cut: str = "", span: str = "day") -> Any:
    desk = Desk(scope, TODAY, BUSINESS_DATE)
    with acting_as(scope):
        return reporting.page(desk, reporting.Span.of(span, TODAY), cut)


def test_a_manager_sees_the_own_day_by_rule(a_day: None, scope_of: Scopes) -> None:
    found = page(scope_of("M1"))
    assert found.cut == "rule"
    one = found.whole
    assert (one.planned, one.made, one.reached, one.won, one.spent) == (5, 4, 3, 2, 80)
    assert (one.expected, one.brought, one.unsaid, one.planned_return) == (300_000, 500_000, 1, 500_000)
    by_rule = {line.code: line.sums for line in found.lines}
    assert by_rule["silence"].kept == pytest.approx(2.5)
    assert by_rule["turnover_grows"].planned == 2


def test_a_rule_without_a_name_in_a_family_goes_with_what_its_contacts_are_for(
    scope_of: Scopes, client_of: ClientOf
) -> None:
    """Cooling is for keeping a firm, an opening for new business: no family names either."""
    rules = {"cooling": "retention", "silence": "retention", "opening": "offers"}
    with acting_as(scope := scope_of("M1")):
        assert {rule: one.name for rule, one in families_of(scope, rules, TODAY).items() if one} == rules
        for firm, rule in zip(FIRMS["M1"], rules, strict=False):
            record_outcome(scope, About(firm, rule=rule), "interested", TODAY)
    lines = {line.code: line.sums for line in page(scope_of("M1"), "family").lines}
    assert lines["retention"].made == 2
    assert lines["offers"].made == 1
    assert not set(rules) & set(lines), "none stands apart"
    listed = client_of("M1").get(f"/report/contacts/?span=day&day={TODAY}&what=retention")
    assert "/ 2" in listed.content.decode()


def test_a_head_sees_the_branch_and_the_bank_sees_all(a_day: None, scope_of: Scopes) -> None:
    assert {line.code for line in page(scope_of("H1"), "branch_id").lines} == {"B1"}
    whole = page(scope_of("A1"), "branch_id")
    assert {line.code: line.sums.made for line in whole.lines} == {"B1": 4, "B2": 1}
    assert page(scope_of("A1"), "family").whole == whole.whole
    assert {line.code for line in page(scope_of("A1"), "family").lines} == {"retention", "offers", ""}


def test_week_and_month_add_the_days_up(a_day: None, scope_of: Scopes) -> None:
    scope = scope_of("M1")
    assert [page(scope, span=span).whole.planned for span in ("day", "week", "month")] == [5, 20, 30]
    month = reporting.Span.of("month", TODAY)
    assert (month.first.day, month.last.day, month.before.month, month.after.month) == (1, 30, 10, 12)


def test_from_the_page_to_its_contacts_and_into_excel(a_day: None, client_of: ClientOf) -> None:
    client = client_of("H1")
    shown = client.get(f"/report/?day={TODAY}&by=rule").content.decode()
    assert "联系 4 次" in shown
    assert "/report/contacts/?span=day" in shown
    listed = client.get(f"/report/contacts/?span=day&day={TODAY}&rule=silence").content.decode()
    assert "/ 2" in listed
    assert "/ 1" in client.get(f"/report/contacts/?span=day&day={TODAY}&what=offers").content.decode()
    assert "/ 1" in client.get(f"/report/contacts/?span=day&day={TODAY}&rule=-").content.decode()
    book = client.get(f"/report/?day={TODAY}&by=rule&excel=1")
    rows = {row[0]: row for row in load_workbook(BytesIO(book.content)).active.values}  # type: ignore[union-attr]
    assert rows["全部"][1:5] == (15, 4, 3, 2)
    assert rows["全部"][8] == 5000
    assert client_of("T1").get(f"/report/?day={TODAY}&excel=1").status_code == 422


def test_what_a_success_is_worth_comes_with_the_proposal(client_of: ClientOf, scope_of: Scopes) -> None:
    offer = next(
        row for row in tables()["proposals"].to_pylist() if row["manager_id"] == "M1" and row["fits"]
    )
    address = f"/firms/{offer['customer_id']}/record/?offer={offer['offer_id']}"
    assert client_of("M1").post(address, {"outcome": "accepted", "follow_up": ""}).status_code == 302
    found = page(scope_of("M1"))
    assert found.whole.brought == offer["expected_return"] * 10


def test_without_a_day_the_last_one_with_contacts_is_shown(client_of: ClientOf) -> None:
    assert client_of("M1").get("/report/?day=nonsense&span=month").status_code == 200
    assert client_of("X1").get("/report/").status_code == 403
