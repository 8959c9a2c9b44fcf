"""Records over HTTP: whose key, kept once, fired once, refused in words."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from tests.conftest import copy_of_the_world, pointed_at
from tests.world import placements
from xiaoer.events.models import Event
from xiaoer.events.queries import arrived
from xiaoer.events.rules import numbered
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.sources.models import Record
from xiaoer.sources.systems import close_system, make_system

WAN = 1_000_000
NUMBERS = itertools.count(1)
MINE = Scope("M1", managers=("M1",), edition=1)
EVERYTHING = Scope("A1", everything=True, edition=1)
OF_M1 = next(one.customer_id for one in placements() if one.manager_id == "M1")


@pytest.fixture(scope="module")
def key(postgres_server: Any, django_db_blocker: Any) -> Iterator[str]:
    """A world of this module's own, where what is posted stays: every test posts under numbers of its own."""
    with django_db_blocker.unblock(), copy_of_the_world(postgres_server) as name, pointed_at(name):
        yield make_system("core", ["payment", "login", "public_record"])


pytestmark = pytest.mark.usefixtures("key")


@pytest.fixture
def number() -> str:
    return f"R-{next(NUMBERS)}"


def post(key: str, **record: Any) -> Any:
    told = {
        "kind": "public_record", "customer_id": OF_M1, "record": "litigation",
        "at": SystemClock().now().isoformat(),
    } | record  # fmt: skip
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    return Client(headers=bearer).post("/api/v1/records", json.dumps(told), content_type="application/json")


def noticed(number: str, scope: Scope = EVERYTHING) -> list[Event]:
    """Events that a record of this number told, as far as the scope sees."""
    mine = {numbered(one.customer_id, "bad_record", f"public_record:{number}") for one in placements()}
    with acting_as(scope):
        return [one for one in arrived(scope, SystemClock().now(), at_most=999) if one.event_id in mine]


def kept(number: str) -> int:
    with acting_as(EVERYTHING):
        return Record.objects.filter(number=number).count()


def test_a_record_is_kept_and_fires_once_however_often_it_is_posted(key: str, number: str) -> None:
    at = SystemClock().now().isoformat()
    first, again = post(key, number=number, at=at), post(key, number=number, at=at)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["again"], again.json()["again"]) == (False, True)
    assert first.json()["events"] == [one.event_id for one in noticed(number)]
    other = post(key, number=number, record="bankruptcy")
    assert other.status_code == 422
    assert "posted before with another content" in other.json()["what"]
    assert (kept(number), len(noticed(number))) == (1, 1)


def test_two_posting_the_same_at_once_fire_once(key: str, number: str) -> None:
    at = SystemClock().now().isoformat()

    def one(_turn: int) -> int:
        try:
            return int(post(key, number=number, at=at).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as crowd:
        answers = Counter(crowd.map(one, range(12)))
    assert answers == {201: 1, 200: 11}
    assert (kept(number), len(noticed(number))) == (1, 1)


def test_only_whoever_may_see_the_firm_sees_the_event(key: str, number: str) -> None:
    theirs = next(one.customer_id for one in placements() if one.manager_id == "M2")
    post(key, number=number, customer_id=theirs)
    assert len(noticed(number)) == 1
    assert noticed(number, MINE) == []


def test_a_firm_nobody_published_keeps_its_record(key: str, number: str) -> None:
    response = post(key, number=number, customer_id="C-NEW")
    assert response.status_code == 201
    assert response.json() == {"again": False, "firm_known": False, "events": []}
    assert kept(number) == 1


def test_a_key_that_is_none_is_closed_or_was_given_for_less_opens_nothing(number: str) -> None:
    narrow = make_system("portal", ["login"])
    assert post(narrow, number=number).status_code == 422
    close_system("portal")
    for wrong in (narrow, "", "no-such-key"):
        assert post(wrong, number=number).status_code == 401
    assert kept(number) == 0


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
def test_bad_input_is_told_what_is_wrong(key: str, number: str, wrong: dict[str, Any]) -> None:
    response = post(key, **{"number": number} | wrong)
    assert response.status_code == 422
    assert response.json()["detail"]
    assert kept(number) == 0


def test_the_interface_is_described(client_of: Any) -> None:
    described = client_of("M1").get("/api/openapi.json").json()
    operation = described["paths"]["/api/v1/records"]["post"]
    assert operation["security"] == [{"SystemKey": []}]
    variants = operation["requestBody"]["content"]["application/json"]["schema"]["discriminator"]["mapping"]
    assert set(variants) == {"payment", "login", "public_record"}


def test_the_event_stands_in_the_lists_at_once(key: str, number: str, client_of: Any) -> None:
    client, words = client_of("M1"), "被起诉，金额 47.3 万元"
    before = client.get("/").content.decode()
    post(key, number=number, amount=47_3000_00)
    pages = [client.get(place).content.decode() for place in ("/", "/events/", f"/firms/{OF_M1}/?tab=events")]
    assert [words in page for page in pages] == [True] * 3
    assert words not in before + client_of("M3").get("/").content.decode()
