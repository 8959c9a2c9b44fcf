"""Why firms leave: said by whoever closes the event, counted once a firm, in scope, down to the firms, as a workbook."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.world import BUSINESS_DATE, tables
from xiaoer.events.handling import Deed, Wanted, handle
from xiaoer.events.left import Tally, asks_why, tallied, why_left
from xiaoer.events.models import Departure, Event
from xiaoer.kit.audit import History
from xiaoer.kit.published import FOREVER
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.why_left import report

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
Scopes = Callable[[str], Scope]
TODAY = BUSINESS_DATE + timedelta(days=1)
FIRMS = {
    manager: [row for row in tables()["firms"].to_pylist() if row["manager_id"] == manager]
    for manager in ("M1", "M3")
}


def leaves(scope: Scope, row: dict[str, Any], rule: str = "leaving", number: str = "") -> str:
    """A firm that leaves, noticed by day: the desk may write such rows."""
    event = number or f"left-{row['customer_id']}-{rule}"
    with acting_as(scope):
        Event.objects.create(
            event_id=event, customer_id=row["customer_id"], rule=rule, event_date=TODAY, due_date=TODAY, severity="watch",
            amount=3_000_000, branch_id=row["branch_id"], manager_id=row["manager_id"], since=scope.edition, until=FOREVER,
        )  # fmt: skip
    return event


def closed(scope: Scope, event: str, why: str, reason: str = "handled", on: Any = TODAY) -> int:
    with acting_as(scope):
        return handle(scope, [event], Wanted(Deed.CLOSED, reason=reason, why_left=why), on)


def page(scope: Scope, cut: str = "") -> Any:
    with acting_as(scope):
        return report(Desk(scope, TODAY, BUSINESS_DATE), "12", cut)


def test_whoever_closes_that_a_firm_leaves_says_why(scope_of: Scopes) -> None:
    scope, firm = scope_of("M1"), FIRMS["M1"][0]
    event = leaves(scope, firm)
    for why in ("", "bored"):
        with pytest.raises(Refusal, match="why the firm left"):
            closed(scope, event, why)
    assert closed(scope, event, "", reason="wrong") == 1, "what is not true has no reason"
    assert page(scope).silent
    assert closed(scope, event, "price") == 1
    assert closed(scope, event, "service") == 1, "put right: the last word counts"
    found = page(scope)
    assert found.whole == Tally(1, 3_000_000, {"service": 1})
    assert found.whole.share("service") == 1
    assert found.rows[0]["title"] in (why_left()["service"]["zh"], why_left()["service"]["en"])
    with acting_as(scope):
        assert list(Departure.objects.order_by("pk").values_list("why", "tier")) == [
            ("price", firm["tier"]), ("service", firm["tier"])
        ]  # fmt: skip
        handle(scope, [event], Wanted(Deed.REOPENED), TODAY)
    assert page(scope).silent, "opened again, it has not left"


def test_what_was_said_leaves_its_history(scope_of: Scopes) -> None:
    scope = scope_of("M1")
    closed(scope, leaves(scope, FIRMS["M1"][0]), "moved")
    with acting_as(scope):
        (kept,) = History.objects.filter(
            table_name="events_departure", customer_id=FIRMS["M1"][0]["customer_id"]
        )
    assert (kept.deed, kept.staff_id, kept.after["why"]) == ("insert", "M1", "moved")


def test_by_month_tier_and_branch_in_scope_with_shares(scope_of: Scopes, client_of: ClientOf) -> None:
    mine, theirs = scope_of("M1"), scope_of("M3")
    said = ("price", "price", "other_bank", "stays")
    for firm, why in zip(FIRMS["M1"], said, strict=False):
        closed(mine, leaves(mine, firm), why)
    closed(theirs, leaves(theirs, FIRMS["M3"][0], "lapsed"), "moved", on=TODAY - timedelta(days=40))
    own = page(mine)
    assert (own.whole.firms, own.whole.left) == (4, 3), "who stays has not left"
    assert own.whole.share("price") == pytest.approx(2 / 3)
    assert own.whole.first == ["price", "other_bank"]
    whole = page(scope_of("A1"), "branch_id")
    assert whole.whole.firms == 5
    assert {code: one.firms for code, one in whole.parts.items()} == {
        FIRMS["M1"][0]["branch_id"]: 4, FIRMS["M3"][0]["branch_id"]: 1
    }  # fmt: skip
    assert sorted(page(scope_of("A1"), "month").parts) == sorted(
        {f"{TODAY:%Y-%m}", f"{TODAY - timedelta(days=40):%Y-%m}"}
    )
    assert sum(one.firms for one in page(mine, "tier").parts.values()) == 4
    client = client_of("M1")
    for cut in ("why", "month", "tier", "branch_id"):
        assert client.get(f"/report/left/?by={cut}").status_code == 200
    listed = client.get("/report/left/firms/?months=12&why=price").content.decode()
    assert FIRMS["M1"][0]["name"] in listed
    assert FIRMS["M1"][2]["name"] not in listed
    book = load_workbook(BytesIO(client.get("/report/left/?excel=1").content)).active
    rows = {row[0]: row for row in book.values}  # type: ignore[union-attr]
    assert rows[why_left()["price"]["zh"]][1:4] == (2, 2, pytest.approx(2 / 3))
    assert why_left()["price"]["zh"] in client.get("/surveys/").content.decode()
    assert client_of("T1").get("/report/left/?excel=1").status_code == 422


def test_the_sheet_asks_where_a_firm_leaves_and_one_tap_answers(
    scope_of: Scopes, client_of: ClientOf
) -> None:
    scope, client, hx = scope_of("M1"), client_of("M1"), {"HX-Request": "true"}
    event = leaves(scope, FIRMS["M1"][1])
    sheet = client.get(f"/events/handle/?key={event}").content.decode()
    assert 'name="left_because" value="credit_refused"' in sheet
    assert 'value="known"' not in sheet, "else nobody would say why"
    assert (
        client.post(
            "/events/handle/", {"key": event, "left_because": "credit_refused"}, headers=hx
        ).status_code
        == 204
    )
    assert page(scope).whole.by_reason == {"credit_refused": 1}
    assert why_left()["credit_refused"]["zh"] in client.get("/events/?state=closed").content.decode()


def test_only_that_a_firm_goes_asks_why() -> None:
    assert {rule for rule in ("leaving", "lapsed", "cooling", "silence", "bank_1") if asks_why(rule, TODAY)} == {
        "leaving", "lapsed"
    }  # fmt: skip
    assert tallied([]) == {}
    assert Tally(1, 0, {"stays": 1}).share("price") is None
