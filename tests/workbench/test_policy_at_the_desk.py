"""The desk asks the contact policy before anything is planned, and says on the page when it may not be."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.world import BUSINESS_DATE, tables
from xiaoer.contact_policy.models import Suppression
from xiaoer.contact_policy.terms import Known
from xiaoer.contacts.models import Contact, Task
from xiaoer.contacts.terms import FollowUp
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench.approaching import _of_group, answer

pytestmark = pytest.mark.django_db

ClientOf = Callable[..., Client]
TODAY = BUSINESS_DATE + timedelta(days=1)
SEES_ALL = Scope("A1", everything=True, edition=1)
FIRMS = [row for row in tables()["firms"].to_pylist() if row["manager_id"] == "M1"]
FIRM = next(row["customer_id"] for row in FIRMS if row["kind"] == "enterprise")


def api(client: Client, **sent: Any) -> Any:
    return client.post("/api/outcomes", json.dumps({"customer_id": FIRM} | sent), "application/json")


def back(days: int, kind: str = "visit", **more: Any) -> dict[str, Any]:
    return {"due_date": str(TODAY + timedelta(days=days)), "kind": kind} | more


def stop(until: date | None = None, channel: str = "") -> None:
    with acting_as(Scope("M1", managers=("M1",), edition=1)):
        Suppression.objects.create(
            customer_id=FIRM, branch_id="B1", manager_id="M1", reason="asked_not_to", day=TODAY,
            until_date=until, channel=channel,
        )  # fmt: skip


def written() -> tuple[int, int]:
    with acting_as(SEES_ALL):
        return Contact.objects.filter(customer_id=FIRM).count(), Task.objects.filter(customer_id=FIRM).count()


@pytest.mark.parametrize("way", ["outcome", "promise", "put_off"])
def test_nothing_is_planned_for_a_stopped_firm(way: str, client_of: ClientOf) -> None:
    stop()
    client, day = client_of("M1"), str(TODAY + timedelta(days=3))
    if way == "outcome":
        response = api(client, outcome="interested", follow_up=back(3))
        told = response.json()["detail"]
    elif way == "promise":
        sent = {"text": "send the papers", "channel": "visit", "follow_up": day}
        response = client.post(f"/firms/{FIRM}/plan/", sent, headers={"HX-Request": "true"})
        told = response.content.decode()
    else:
        from xiaoer.contacts.actions import About, put_off
        from xiaoer.kit.refusal import Refusal
        from xiaoer.workbench.approaching import Door

        scope = Scope("M1", managers=("M1",), rights=frozenset({"contacts.write"}), edition=1)
        with acting_as(scope), pytest.raises(Refusal, match="11月"):
            put_off(scope, About(FIRM, "an offer"), TODAY + timedelta(days=3), TODAY, door=Door(scope, TODAY))
        assert written() == (0, 0)
        return
    assert response.status_code == 422
    assert "停联" in told
    assert written() == (0, 0)


def test_a_stop_that_ends_blocks_through_its_last_day(client_of: ClientOf) -> None:
    stop(until=TODAY + timedelta(days=3))
    client = client_of("M1")
    assert api(client, outcome="interested", follow_up=back(3)).status_code == 422
    assert api(client, outcome="interested", follow_up=back(4)).status_code == 201


def test_the_contact_itself_may_always_be_written(client_of: ClientOf) -> None:
    stop()
    assert api(client_of("M1"), outcome="not_reached").status_code == 201


def test_the_cap_counts_what_the_desk_recorded(client_of: ClientOf) -> None:
    client = client_of("M1")
    for outcome in ("not_reached", "interested"):
        assert api(client, outcome=outcome, channel="call").status_code == 201
    refused = api(client, outcome="follow_up", channel="call", follow_up=back(2, "call"))
    assert (refused.status_code, "最多" in refused.json()["detail"]) == (422, True)
    assert written() == (2, 0)


def test_the_usual_day_moves_to_the_first_one_allowed(client_of: ClientOf) -> None:
    client = client_of("M1")
    for _ in range(2):
        sent = {"outcome": "not_reached", "channel": "call", "follow_up": "usual"}
        assert client.post(f"/firms/{FIRM}/record/", sent).status_code == 302
    with acting_as(SEES_ALL):
        days = [task.due_date for task in Task.objects.filter(customer_id=FIRM).order_by("pk")]
    assert days[0] <= TODAY + timedelta(days=4)
    assert days[1] >= TODAY + timedelta(days=7)


def test_a_message_needs_a_yes_the_bank_told_of(client_of: ClientOf) -> None:
    refused = api(client_of("M1"), outcome="interested", follow_up=back(3, "message"))
    assert (refused.status_code, "同意" in refused.json()["detail"]) == (422, True)


def test_do_not_contact_drops_what_was_planned_and_takes_no_follow_up(client_of: ClientOf) -> None:
    client = client_of("M1")
    assert api(client, outcome="interested", follow_up=back(3)).status_code == 201
    assert api(client, outcome="do_not_contact", follow_up=back(5)).status_code == 422
    assert api(client, outcome="do_not_contact").status_code == 201
    with acting_as(SEES_ALL):
        assert [task.status for task in Task.objects.filter(customer_id=FIRM)] == ["dropped"]
        assert Suppression.objects.filter(customer_id=FIRM).count() == 1


def test_a_task_is_not_moved_into_a_stop(client_of: ClientOf) -> None:
    client = client_of("M1")
    made = api(client, outcome="interested", follow_up=back(3)).json()["follow_up_id"]
    stop()
    moved = client.post(f"/calendar/tasks/{made}/", {"day": str(TODAY + timedelta(days=4))})
    assert moved.status_code == 422
    with acting_as(SEES_ALL):
        assert Task.objects.get(pk=made).due_date == TODAY + timedelta(days=3)


@pytest.mark.parametrize("address", ["/firms/{}/", "/firms/{}/glance/"])
def test_the_page_says_that_a_firm_must_not_be_contacted(address: str, client_of: ClientOf) -> None:
    client = client_of("M1")
    assert "data-stop" not in client.get(address.format(FIRM)).content.decode()
    stop(until=TODAY + timedelta(days=10))
    page = client.get(address.format(FIRM)).content.decode()
    assert "不得联系：" in page
    assert "恢复" in page


def test_a_stop_on_one_way_names_it(client_of: ClientOf) -> None:
    stop(channel="call")
    assert "不得用电话联系：" in client_of("M1").get(f"/firms/{FIRM}/").content.decode()


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize("minutes", [0, -5, 601, 2**40])
def test_minutes_are_bounded(minutes: int, client_of: ClientOf) -> None:
    assert api(client_of("M1"), outcome="interested", follow_up=back(3, minutes=minutes)).status_code == 422


def test_an_unknown_way_is_refused(client_of: ClientOf) -> None:
    client = client_of("M1")
    assert api(client, outcome="interested", channel="pigeon").status_code == 422
    sent = {"text": "x", "channel": "pigeon", "follow_up": str(TODAY + timedelta(days=3))}
    assert client.post(f"/firms/{FIRM}/plan/", sent).status_code == 422
    assert written() == (0, 0)


def test_plans_count_like_contacts_and_none_crowds_out_a_later_one(client_of: ClientOf) -> None:
    client = client_of("M1")

    def planned(days: int) -> int:
        sent = {"text": "call back", "channel": "call", "follow_up": str(TODAY + timedelta(days=days))}
        return client.post(f"/firms/{FIRM}/plan/", sent, headers={"HX-Request": "true"}).status_code

    assert [planned(days) for days in (15, 17)] == [204, 204]
    assert planned(19) == 422  # a third call in seven days
    assert planned(13) == 422  # allowed by itself, but the 17th would be the third
    assert planned(8) == 204
    with acting_as(SEES_ALL):
        last = Task.objects.filter(customer_id=FIRM).latest("due_date")
    moved = client.post(
        f"/calendar/tasks/{last.pk}/",
        {"day": str(TODAY + timedelta(days=18))},
        headers={"HX-Request": "true"},
    )
    assert moved.status_code == 204  # it does not stand in its own way


def test_contacts_with_the_circle_count_once_and_collection_does_not() -> None:
    told = {
        "group": ["C2", "C3"], "as_of": str(BUSINESS_DATE),
        "group_contacts": [{"date": str(BUSINESS_DATE), "channel": "call", "purpose": "care"}] * 2
        + [{"date": str(BUSINESS_DATE), "channel": "call", "purpose": "collection"}],
    }  # fmt: skip
    known_to_the_night = Contact(day=BUSINESS_DATE, channel="call")
    since = Contact(day=TODAY, channel="call")
    circle = tuple(_of_group(told, {"C2": [known_to_the_night, since]}))
    assert len(circle) == 4
    plan = FollowUp(TODAY, "call")
    blocks = answer(Known("enterprise", {}, (), (), circle), plan).blocks
    assert [block.rule for block in blocks] == ["group_cap"]
    assert answer(Known("enterprise", {}, (), (), circle[:3]), plan).allowed
    assert answer(Known("enterprise", {}, (), (), None), plan).blocks[0].rule == "doubt"
