"""Why firms leave: said by whoever closes the event, counted once a firm, in scope, down to the firms, as a workbook."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db.models.signals import post_init
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from tests.world import BUSINESS_DATE, tables
from xiaoer.events.handling import Deed, Wanted, handle
from xiaoer.events.left import Tally, asks_why, tallied, why_left
from xiaoer.events.models import Departure, Event, EventStep
from xiaoer.kit.audit import History
from xiaoer.kit.published import FOREVER
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown.event_board import told
from xiaoer.workbench.why_left import places, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
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


@contextmanager
def no_rows_as_objects() -> Iterator[None]:
    loaded: list[Any] = []

    def note(sender: Any, **_told: Any) -> None:
        loaded.append(sender)

    post_init.connect(note, sender=Departure)
    try:
        yield
    finally:
        post_init.disconnect(note, sender=Departure)
    assert not loaded, "counted by the database, not row by row"


def page(scope: Scope, cut: str = "") -> Any:
    with acting_as(scope):
        return report(Desk(scope, TODAY, BUSINESS_DATE), "12", cut)


def test_whoever_closes_that_a_firm_leaves_says_why(scope_of: Scopes) -> None:
    scope, firm = scope_of("M1"), FIRMS["M1"][0]
    event = leaves(scope, firm)
    for why in ("", "bored"):
        with pytest.raises(Refusal, match=r"why the firm left|企业流失的原因"):
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
    assert closed(scope, event, "", reason="wrong") == 1
    assert page(scope).silent, "closed as not true, it has not left either"


def test_the_board_says_why_only_of_what_was_true() -> None:
    with override("en"):
        for reason, words in (("handled", why_left()["price"]["en"]), ("wrong", "Not true")):
            step = EventStep(step="closed", reason=reason, staff_id="M1")
            assert told(step, {}, TODAY, "price") == words


def test_the_report_asks_the_database_as_often_whatever_there_is(
    scope_of: Scopes, django_assert_num_queries: Any
) -> None:
    whole = Desk(scope_of("A1"), TODAY, BUSINESS_DATE)
    for manager, why in (("M1", "price"), ("M3", "moved")):
        for firm in FIRMS[manager][:2]:
            closed(scope_of(manager), leaves(scope_of(manager), firm), why)
    with acting_as(whole.scope):
        codes = [FIRMS[manager][0]["branch_id"] for manager in ("M1", "M3")]
        with django_assert_num_queries(1):
            named = places(whole, [*codes, "B999"])
        with django_assert_num_queries(2), no_rows_as_objects():
            found = report(whole, "12", "branch_id")
    assert list(named) == [*codes, "B999"]
    assert named["B999"] == "B999"
    assert named[codes[0]] not in ("", codes[0])
    assert found.parts == {
        codes[0]: Tally(2, 6_000_000, {"price": 2}), codes[1]: Tally(2, 6_000_000, {"moved": 2})
    }  # fmt: skip
    assert found.by_month == {f"{TODAY:%Y-%m}": Tally(4, 12_000_000, {"price": 2, "moved": 2})}
    assert found.named == {code: named[code] for code in codes}


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
