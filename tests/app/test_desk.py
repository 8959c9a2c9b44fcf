"""The desk over HTTP: the door, the headers, and nobody else's portfolio by any way in."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

import xiaoer
from tests.world import BUSINESS_DATE, STAFF, placements
from xiaoer.app.middleware import OneTransaction
from xiaoer.branches.terms import post_kinds
from xiaoer.contacts.models import Contact, Task
from xiaoer.customers.models import Firm
from xiaoer.features.queries import profile
from xiaoer.kit.audit import Reading
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

pytestmark = pytest.mark.django_db

MINE = {one.customer_id for one in placements() if one.manager_id == "M1"}
EVERYBODY_ELSES = {one.customer_id for one in placements()} - MINE
THEIRS = min(EVERYBODY_ELSES)
TODAY = BUSINESS_DATE + timedelta(days=1)
AS_ANALYST = Scope("A1", everything=True, edition=1)

ClientOf = Callable[..., Client]


def firms_named() -> dict[str, Firm]:
    with acting_as(AS_ANALYST):
        return {one.customer_id: one for one in Firm.objects.at(1)}


def readings() -> list[Reading]:
    with acting_as(AS_ANALYST):
        return list(Reading.objects.order_by("pk"))


def cells(response: Any) -> Iterator[object]:
    for sheet in openpyxl.load_workbook(io.BytesIO(response.getvalue())):
        for row in sheet.iter_rows(values_only=True):
            yield from row


# ---------------------------------------------------------------- the door


@pytest.mark.parametrize(
    "address", ["/", "/firms/", f"/firms/{THEIRS}/", "/events/", "/calendar/", "/data/", "/search/?q=a"]
)
def test_the_door_is_shut(address: str) -> None:
    response = Client().get(address)
    assert (response.status_code, response["Location"].startswith("/sign-in/?next=")) == (302, True)
    assert Client(headers={"HX-Request": "true"}).get(address)["HX-Redirect"] == "/sign-in/"


@pytest.mark.parametrize("address", ["/api/morning", f"/api/firms/{THEIRS}", "/api/search?q=a"])
def test_the_interface_is_shut_too(address: str) -> None:
    assert Client().get(address).status_code == 401
    assert Client().post("/api/outcomes", {}, "application/json").status_code in {401, 403}


def test_signing_in_and_out() -> None:
    client = Client()
    assert client.post("/sign-in/", {"username": "M1", "password": "wrong"}).status_code == 401
    signed = client.post(
        "/sign-in/?next=/firms/", {"username": " M1 ", "password": "m1" * 5, "next": "/firms/"}
    )
    assert (signed.status_code, signed["Location"]) == (302, "/firms/")
    assert client.get("/").status_code == 200
    assert client.get("/sign-in/").status_code == 302
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "firms"]
)
def test_signing_in_leads_nowhere_else(onward: str) -> None:
    signed = Client().post("/sign-in/", {"username": "m1", "password": "m1" * 5, "next": onward})
    assert signed["Location"] == "/"


def test_guessing_is_braked_even_for_the_right_password() -> None:
    for _ in range(5):
        assert Client().post("/sign-in/", {"username": "m2", "password": "guess"}).status_code == 401
    assert Client().post("/sign-in/", {"username": "m2", "password": "m2" * 5}).status_code == 429
    assert Client().post("/sign-in/", {"username": "m1", "password": "m1" * 5}).status_code == 302


def test_signing_in_needs_the_form_of_this_desk() -> None:
    assert (
        Client(enforce_csrf_checks=True)
        .post("/sign-in/", {"username": "m1", "password": "m1" * 5})
        .status_code
        == 403
    )


def test_the_session_changes_its_key_at_the_door() -> None:
    client = Client()
    client.get("/sign-in/")
    before = client.session.session_key
    client.post("/sign-in/", {"username": "m1", "password": "m1" * 5})
    cookie = client.cookies["sessionid"]
    assert client.session.session_key != before
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_headers_allow_nothing_from_outside(client_of: ClientOf) -> None:
    response = client_of("M1").get("/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert response["X-Frame-Options" if "X-Frame-Options" in response else "X-Content-Type-Options"]
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/search/?q=%00", "/firms/?q=a%00b", "/firms/C%00/"])
def test_nul_is_not_text(address: str, client_of: ClientOf) -> None:
    assert client_of("M1").get(address).status_code == 400


# ---------------------------------------------------------------- somebody else's portfolio


def test_every_post_opens_every_place(client_of: ClientOf) -> None:
    for staff_id, *_ in STAFF:
        client = client_of(staff_id)
        for address in ("/", "/calendar/", "/firms/", "/events/", "/data/"):
            assert client.get(address, follow=True).status_code in {200, 403}, (staff_id, address)


@pytest.mark.parametrize("address", ["/", "/firms/", "/firms/?sort=-turnover", "/events/", "/calendar/"])
def test_lists_name_no_firm_of_another(address: str, client_of: ClientOf) -> None:
    page = client_of("M1").get(address).content.decode()
    assert not [one for one in EVERYBODY_ELSES if one in page]


@pytest.mark.parametrize(
    "address", ["/firms/{}/", "/firms/{}/glance/", "/firms/{}/record/", "/firms/{}/plan/"]
)
def test_pages_of_another_are_not_there(address: str, client_of: ClientOf) -> None:
    client = client_of("M1")
    assert client.get(address.format(min(MINE))).status_code == 200
    assert client.get(address.format(THEIRS)).status_code == 404


def test_a_firm_page_names_similar_firms_only_in_scope(
    client_of: ClientOf, scope_of: Callable[[str], Scope]
) -> None:
    scope = scope_of("M1")
    for customer_id in sorted(MINE)[:5]:
        page = client_of("M1").get(f"/firms/{customer_id}/").content.decode()
        assert not [one for one in EVERYBODY_ELSES if one in page]
        with acting_as(scope):
            firm = Firm.objects.seen_by(scope).get(customer_id=customer_id)
            found = profile(scope, firm)
        assert {one["customer_id"] for one in found.similar} == MINE & set(firm.similar)
        assert all(isinstance(one, str) for one in firm.similar)


def test_search_finds_only_ones_own(client_of: ClientOf) -> None:
    client, firm = client_of("M1"), firms_named()[THEIRS]
    for typed in (firm.name, firm.pinyin, firm.initials, firm.credit_code, firm.customer_id):
        for address in ("/search/", "/firms/"):
            assert f"/firms/{THEIRS}/" not in client.get(address, {"q": typed}).content.decode()
        found = client.get("/api/search", {"q": typed}).json()
        assert {one["customer_id"] for one in found} <= MINE


def test_exports_hold_only_ones_own_and_are_written_down(client_of: ClientOf) -> None:
    named = firms_named()
    response = client_of("M1").get("/firms/?excel=1")
    values = {str(value) for value in cells(response) if value is not None}
    assert values & {named[one].name for one in MINE}
    others = {named[one].name for one in EVERYBODY_ELSES} - {named[one].name for one in MINE}
    assert not values & others
    assert [(row.what, row.staff_id) for row in readings()] == [("export", "M1")]


def test_selected_rows_of_another_are_not_exported(client_of: ClientOf) -> None:
    response = client_of("M1").get("/firms/", {"excel": "1", "key": [THEIRS]})
    assert firms_named()[THEIRS].name not in {str(value) for value in cells(response)}


def test_a_post_without_the_right_takes_nothing_away(client_of: ClientOf) -> None:
    assert client_of("T1").get("/firms/?excel=1").status_code in {403, 422}
    assert not readings()


def test_the_interface_shows_only_ones_own(client_of: ClientOf) -> None:
    client = client_of("M1")
    told = client.get("/api/morning").json()
    assert {one["customer_id"] for one in [*told["proposals"], *told["left_out"]]} <= MINE
    assert told["today"] == str(TODAY)
    assert client.get(f"/api/firms/{THEIRS}").status_code == 404
    assert client.get(f"/api/firms/{min(MINE)}").json()["firm"]["customer_id"] == min(MINE)


def test_an_outcome_for_another_firm_is_refused(client_of: ClientOf) -> None:
    client = client_of("M1")
    sent = {"customer_id": THEIRS, "outcome": "interested"}
    refused = client.post("/api/outcomes", json.dumps(sent), "application/json")
    assert (refused.status_code, THEIRS in refused.json()["detail"]) == (422, True)
    assert client.post(f"/firms/{THEIRS}/record/", {"outcome": "interested"}).status_code in {403, 404, 422}
    with acting_as(AS_ANALYST):
        assert not Contact.objects.exists()


def test_a_task_of_another_is_not_moved(client_of: ClientOf) -> None:
    sent = {
        "customer_id": min(MINE),
        "outcome": "interested",
        "follow_up": {"due_date": str(TODAY + timedelta(days=3))},
    }
    made = client_of("M1").post("/api/outcomes", json.dumps(sent), "application/json").json()
    response = client_of("M3").post(f"/calendar/tasks/{made['follow_up_id']}/", {"done": "1"})
    assert response.status_code != 200
    with acting_as(AS_ANALYST):
        assert Task.objects.get(pk=made["follow_up_id"]).status == "open"


def test_the_administrator_sees_no_customer(client_of: ClientOf) -> None:
    page = client_of("X1").get("/firms/").content.decode()
    assert not [one.customer_id for one in placements() if one.customer_id in page]


@pytest.mark.parametrize(
    ("staff_id", "address"),
    [
        *(("X1", one) for one in ("/firms/", "/events/", "/calendar/", "/segments/", "/search/?q=a")),
        *(
            ("X1", one)
            for one in ("/api/morning", f"/api/firms/{THEIRS}", "/api/search?q=C", f"/firms/{THEIRS}/")
        ),
        ("T1", "/data/"),
        ("A1", f"/firms/{THEIRS}/record/"),
        ("A1", f"/firms/{THEIRS}/plan/"),
    ],
)
def test_a_post_without_the_right_is_told_so(staff_id: str, address: str, client_of: ClientOf) -> None:
    assert client_of(staff_id).get(address).status_code == 403


def test_every_right_is_asked_for_somewhere() -> None:
    sources = "".join(path.read_text() for path in (Path(xiaoer.__path__[0])).rglob("*.py"))
    rights = {right for kind in post_kinds().values() for right in kind.rights}
    assert not [right for right in rights if f'"{right}"' not in sources]


def test_a_search_by_program_is_written_down(client_of: ClientOf) -> None:
    found = client_of("M1").get("/api/search", {"q": min(MINE)}).json()
    (row,) = readings()
    assert (row.staff_id, row.what) == ("M1", "api_search")
    assert row.detail == {"customer_ids": [one["customer_id"] for one in found]}


@pytest.mark.parametrize("asked", ["day", "week"])
@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"])
def test_the_calendar_reaches_so_far(asked: str, day: str, client_of: ClientOf) -> None:
    assert client_of("M1").get("/calendar/", {asked: day}).status_code == 422


@pytest.mark.parametrize("day", ["1990-01-01", "2100-12-31", "nonsense"])
def test_and_no_less(day: str, client_of: ClientOf) -> None:
    for asked in ("day", "week"):
        assert client_of("M1").get("/calendar/", {asked: day}).status_code == 200


# ---------------------------------------------------------------- what is written


def test_opening_a_firm_is_written_down(client_of: ClientOf) -> None:
    client_of("M1").get(f"/firms/{min(MINE)}/")
    assert [(row.staff_id, row.what, row.customer_id, row.branch_id) for row in readings()] == [
        ("M1", "firm", min(MINE), "B1")
    ]


def test_a_refused_opening_reads_nothing(client_of: ClientOf) -> None:
    client_of("M1").get(f"/firms/{THEIRS}/")
    assert not readings()


def test_recording_over_the_interface_twice_is_one(client_of: ClientOf) -> None:
    client = client_of("M1")
    offer = client.get("/api/morning").json()["proposals"][0]
    sent = json.dumps(
        {"customer_id": offer["customer_id"], "offer_id": offer["offer_id"], "outcome": "refused"}
    )
    assert client.post("/api/outcomes", sent, "application/json").status_code == 201
    assert client.post("/api/outcomes", sent, "application/json").status_code == 200
    with acting_as(AS_ANALYST):
        assert Contact.objects.get().expected_return == offer["expected_return"]


def test_an_error_undoes_the_request(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("M1")
    client.raise_request_exception = False

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broke after writing")

    monkeypatch.setattr("xiaoer.workbench.pages.show", fail)
    before = len(readings())
    assert client.get(f"/firms/{min(MINE)}/").status_code == 500
    assert len(readings()) == before


def test_an_answer_of_500_undoes_too() -> None:
    from django.http import HttpResponse
    from django.test import RequestFactory

    def answer(_: object) -> HttpResponse:
        with acting_as(AS_ANALYST):
            Reading.objects.create(staff_id="A1", what="firm")
        return HttpResponse(status=503)

    OneTransaction(answer)(RequestFactory().get("/"))
    assert not readings()


def test_the_description_of_the_interface_is_complete(client_of: ClientOf) -> None:
    assert Client().get("/api/openapi.json").status_code == 401
    told = client_of("M1").get("/api/openapi.json").json()
    desk = {"morning", "firms/{customer_id}", "search", "outcomes"}
    changes = {
        "class-changes",
        *(f"class-changes/{{case}}/{deed}" for deed in ("review", "approve", "return")),
    }
    beside = ("steps", "papers", "verifications", "exceptions", "appraisals")
    lending = {
        "applications",
        "applications/{application_id}",
        "applications/exceptions/{exemption_id}",
        *(f"applications/{{application_id}}/{one}" for one in beside),
    }
    shelf = {
        "models",
        "models/{model}",
        "models/{model}/promotions",
        *(f"models/promotions/{{case}}/{deed}" for deed in ("approve", "return")),
    }
    hands = {"absences", "absences/{number}/back", "balance", "handovers", "handovers/{handover}/undo"}
    rules = {
        "rules",
        *(f"rules/{{rule}}/{deed}" for deed in ("propose", "adopt", "return", "end", "mute", "unmute")),
        "dry-runs",
        "dry-runs/{run}",
    }
    asked = {"v1/requests", "v1/requests/{request_id}/steps"}
    by_number = {"v1/records", "v1/events", "v1/events/handle", "v1/departures", *asked}
    figures = {
        "figures",
        "figures/{subject}/changes",
        *(f"figures/changes/{{case}}/{deed}" for deed in ("approve", "return")),
    }
    known = (
        desk | changes | lending | shelf | rules | hands | figures | by_number | {"firms/{customer_id}/notes"}
    )
    assert set(told["paths"]) == {f"/api/{one}" for one in known}


def test_after_a_request_the_connection_shows_nothing(client_of: ClientOf) -> None:
    client_of("A1").get("/firms/")
    assert Firm.objects.count() == 0
