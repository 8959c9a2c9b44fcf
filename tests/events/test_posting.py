"""Records over HTTP: whose key, kept once, fired once, refused in words."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from xiaoer.events.models import Event
from xiaoer.events.queries import arrived
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.sources.models import Record
from xiaoer.sources.systems import close_system, make_system

pytestmark = pytest.mark.usefixtures("own_world")
WAN = 1_000_000
MINE = Scope("M1", managers=("M1",), edition=1)
EVERYTHING = Scope("A1", everything=True, edition=1)
OF_M1, OF_M2 = "C000003", "C000001"


@pytest.fixture
def key() -> Iterator[str]:
    yield make_system("core", ["payment", "login", "public_record"])


def post(key: str, **record: Any) -> Any:
    told = {
        "kind": "public_record", "number": "R-1", "customer_id": OF_M1, "record": "litigation",
        "at": SystemClock().now().isoformat(),
    } | record  # fmt: skip
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    return Client(headers=bearer).post("/api/v1/records", json.dumps(told), content_type="application/json")


def noticed(scope: Scope = EVERYTHING) -> list[Event]:
    with acting_as(scope):
        return arrived(scope, SystemClock().now(), at_most=99)


def kept() -> int:
    with acting_as(EVERYTHING):
        return Record.objects.count()


def test_a_record_is_kept_and_fires_once_however_often_it_is_posted(key: str) -> None:
    at = SystemClock().now().isoformat()
    first, again = post(key, at=at), post(key, at=at)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["again"], again.json()["again"]) == (False, True)
    assert first.json()["events"] == [one.event_id for one in noticed()]
    assert (kept(), len(noticed())) == (1, 1)


def test_the_same_number_with_another_content_is_refused(key: str) -> None:
    post(key)
    response = post(key, record="bankruptcy")
    assert response.status_code == 422
    assert "posted before with another content" in response.json()["what"]
    assert (kept(), len(noticed())) == (1, 1)


def test_only_whoever_may_see_the_firm_sees_the_event(key: str) -> None:
    post(key)
    post(key, number="R-2", customer_id=owner_of("M2"))
    assert {one.manager_id for one in noticed(MINE)} == {"M1"}
    assert len(noticed()) == 2


def owner_of(manager: str) -> str:
    from tests.world import placements

    return next(one.customer_id for one in placements() if one.manager_id == manager)


def test_a_firm_nobody_published_keeps_its_record(key: str) -> None:
    response = post(key, customer_id="C-NEW")
    assert response.status_code == 201
    assert response.json() == {"again": False, "firm_known": False, "events": []}
    assert kept() == 1


@pytest.mark.parametrize("wrong", ["", "no-such-key"])
def test_without_a_key_nothing_is_taken(wrong: str) -> None:
    assert post(wrong).status_code == 401
    assert kept() == 0


def test_a_closed_key_and_a_kind_that_was_not_granted() -> None:
    narrow = make_system("portal", ["login"])
    assert post(narrow).status_code == 422
    close_system("portal")
    assert post(narrow).status_code == 401
    assert kept() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "telegram"},
        {"number": ""},
        {"number": "a b"},
        {"record": "gossip"},
        {"amount": -1},
        {"at": "yesterday"},
        {"at": "2026-11-20T10:00:00"},  # of which time zone?
        {"at": (SystemClock().now() + timedelta(days=2)).isoformat()},
    ],
)
def test_bad_input_is_told_what_is_wrong(key: str, wrong: dict[str, Any]) -> None:
    response = post(key, **wrong)
    assert response.status_code == 422
    assert response.json()["detail"]
    assert kept() == 0


def test_the_interface_is_described(client_of: Any) -> None:
    described = client_of("M1").get("/api/openapi.json").json()
    operation = described["paths"]["/api/v1/records"]["post"]
    assert operation["security"] == [{"SystemKey": []}]
    variants = operation["requestBody"]["content"]["application/json"]["schema"]["discriminator"]["mapping"]
    assert set(variants) == {"payment", "login", "public_record"}


def test_the_event_stands_in_the_lists_at_once(key: str, client_of: Any) -> None:
    client = client_of("M1")
    before = client.get("/").content.decode()
    post(key, amount=30 * WAN)
    page = client.get("/").content.decode()
    assert "被起诉" in page
    assert "被起诉" not in before
    assert "被起诉" in client.get("/events/").content.decode()
    assert "被起诉" in client.get(f"/firms/{OF_M1}/").content.decode()
    assert "被起诉" not in client_of("M3").get("/").content.decode()
