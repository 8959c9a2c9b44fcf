"""Events handled: one or many alike, in scope alone, and as the board then shows them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import BUSINESS_DATE, tables
from xiaoer.events import board
from xiaoer.events.handling import Deed, Wanted, handle
from xiaoer.events.models import EventStep
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench import arriving
from xiaoer.workbench.desk import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
Scopes = Callable[[str], Scope]
ClientOf = Callable[..., Client]
TODAY = BUSINESS_DATE + timedelta(days=1)
LATER = TODAY + timedelta(days=7)
ROWS = tables()["events"].to_pylist()
MINE = [row for row in ROWS if row["manager_id"] == "M1"]
MILD = next(row for row in MINE if row["severity"] == "note")
GRAVE = next(row for row in MINE if row["severity"] == "act")
THEIRS = next(row for row in ROWS if row["manager_id"] == "M3")


def shown(scope: Scope, state: str = "open", on: date = TODAY) -> set[str]:
    with acting_as(scope):
        return {one.event_id for one in board.board(scope, on, state)}


def counted(scope: Scope) -> int:
    with acting_as(scope):
        return arriving.count(Desk(scope, TODAY, BUSINESS_DATE))


def done(scope: Scope, wanted: Wanted, *rows: dict[str, str]) -> int:
    with acting_as(scope):
        return handle(scope, [row["event_id"] for row in rows], wanted, TODAY)


@pytest.mark.parametrize(
    ("wanted", "state"),
    [
        (Wanted(Deed.CLOSED, reason="known"), "closed"),
        (Wanted(Deed.POSTPONED, until=LATER), "postponed"),
        (Wanted(Deed.MUTED, until=LATER, reason="the owner knows"), "muted"),
    ],
)
def test_what_is_put_away_leaves_the_board_and_comes_back(
    scope_of: Scopes, wanted: Wanted, state: str
) -> None:
    scope, number = scope_of("M1"), MILD["event_id"]
    assert counted(scope) == len(shown(scope))
    assert done(scope, wanted, MILD) == 1
    assert number not in shown(scope)
    assert counted(scope) == len(shown(scope)), "beside the place in the side bar"
    assert number in shown(scope, state)
    if wanted.until:
        assert number in shown(scope, on=wanted.until + timedelta(days=1)), "by itself, when its day has come"
    undo = Wanted(Deed.UNMUTED if state == "muted" else Deed.REOPENED)
    assert done(scope, undo, MILD) == 1
    assert number in shown(scope)
    assert done(scope, undo, MILD) == 0, "nothing is left to undo"


def test_many_are_taken_on_alike_and_all_or_none(scope_of: Scopes) -> None:
    scope = scope_of("M1")
    assert done(scope, Wanted(Deed.ACCEPTED), *MINE[:3]) == 3
    assert shown(scope, "mine") == {row["event_id"] for row in MINE[:3]}
    with pytest.raises(Refusal, match="1 of 2 events"):
        done(scope, Wanted(Deed.CLOSED, reason="known"), MINE[3], THEIRS)
    assert MINE[3]["event_id"] in shown(scope)


def test_a_head_gives_events_to_staff_of_the_branch(scope_of: Scopes) -> None:
    head = scope_of("H1")
    assert done(head, Wanted(Deed.ACCEPTED, owner_id="M1"), MILD) == 1
    assert MILD["event_id"] in shown(scope_of("M1"), "mine")
    with pytest.raises(Refusal, match="does not work where"):
        done(head, Wanted(Deed.ACCEPTED, owner_id="M3"), MILD)
    with pytest.raises(Refusal, match="only a head"):
        done(scope_of("M1"), Wanted(Deed.ACCEPTED, owner_id="M2"), MILD)


def test_many_cost_no_more_questions_than_one(scope_of: Scopes, django_assert_num_queries: Any) -> None:
    head, wanted = scope_of("H1"), Wanted(Deed.ACCEPTED, owner_id="M1")
    with CaptureQueriesContext(connection) as alone:
        done(head, wanted, MINE[0])
    with django_assert_num_queries(len(alone)):
        assert done(head, wanted, *MINE[1:6]) == 5


@pytest.mark.parametrize(
    ("row", "wanted", "why"),
    [
        (MILD, Wanted(Deed.POSTPONED, until=TODAY), "no such day"),
        (MILD, Wanted(Deed.POSTPONED), "no such day"),
        (MILD, Wanted(Deed.POSTPONED, until=TODAY + timedelta(days=91)), "no such day"),
        (MILD, Wanted(Deed.CLOSED, reason="bored"), "reason"),
        (MILD, Wanted(Deed.MUTED, until=LATER, reason=" "), "reason"),
        (MILD, Wanted(Deed.MUTED, reason="the owner knows"), "no such day"),
        (GRAVE, Wanted(Deed.MUTED, until=LATER, reason="the owner knows"), "somebody must act"),
    ],
)
def test_what_is_refused(scope_of: Scopes, row: dict[str, str], wanted: Wanted, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        done(scope_of("M1"), wanted, row)


def test_thousands_of_steps_are_joined_and_not_sorted_or_searched(scope_of: Scopes) -> None:
    scope, row = scope_of("M1"), MILD
    words, at = ["accepted", "closed", "reopened"], {name: row[name] for name in ("branch_id", "manager_id")}
    steps = [
        EventStep(event_id=row["event_id"] if one == 2_998 else f"old{one % 900}", customer_id=row["customer_id"],
                  rule=row["rule"], step=words[one % 3], reason="known", staff_id="M1", day=TODAY, **at)
        for one in range(3_000)
    ]  # fmt: skip
    with acting_as(scope), connection.cursor() as cursor:
        EventStep.objects.bulk_create(steps)
        with CaptureQueriesContext(connection) as asked:
            assert board.put_away(scope, TODAY) == 1
            assert [one.event_id for one in board.board(scope, TODAY, "closed")] == [row["event_id"]]
            assert row["event_id"] not in {one.event_id for one in board.board(scope, TODAY)}
            board.owners(scope)
        for one in [one["sql"] for one in asked]:
            cursor.execute(f"EXPLAIN {one}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Anti Join" in plan
            assert "SubPlan" not in plan, "searched once for every event"


def test_who_only_reads_handles_nothing_and_a_step_stays(scope_of: Scopes) -> None:
    with pytest.raises(Refusal, match="post"):
        done(scope_of("A1"), Wanted(Deed.CLOSED, reason="known"), MILD)
    scope = scope_of("M1")
    done(scope, Wanted(Deed.CLOSED, reason="known"), MILD)
    with acting_as(scope), pytest.raises(DatabaseError), transaction.atomic():
        EventStep.objects.update(step="reopened")
    with acting_as(scope), pytest.raises(DatabaseError), transaction.atomic():
        EventStep.objects.create(event_id="x", customer_id=THEIRS["customer_id"], rule="r", step="closed", reason="known",
                                 staff_id="M1", day=TODAY, branch_id="B2", manager_id="M3")  # fmt: skip
    assert shown(scope_of("M3"), "closed") == set()


# ---------------------------------------------------------------- on the page


def test_on_the_page_from_the_sheet_to_the_views(client_of: ClientOf) -> None:
    client, hx = client_of("M1"), {"HX-Request": "true"}
    keys = [row["event_id"] for row in MINE[:2]]
    page = client.get("/events/").content.decode()
    assert 'class="strip"' in page
    assert f"/events/handle/?key={keys[0]}" in page
    sheet = client.get("/events/handle/?many=1&" + "&".join(f"key={one}" for one in keys)).content.decode()
    assert sheet.count('name="key"') == 2
    assert client.post("/events/handle/", {"key": keys, "close_as": "known"}, headers=hx).status_code == 204
    assert keys[0] in client.get("/events/?state=closed").content.decode()
    assert f'data-row="{keys[0]}"' not in client.get("/events/").content.decode()
    wrong = client.post("/events/handle/", {"key": [THEIRS["event_id"]], "close_as": "known"}, headers=hx)
    assert wrong.status_code == 422
    assert client.get(f"/events/handle/?key={THEIRS['event_id']}").status_code == 422
    assert client.post("/events/handle/", {"key": keys, "deed": "eat"}, headers=hx).status_code == 422
    assert client_of("A1").post("/events/handle/", {"key": keys, "close_as": "known"}).status_code == 403


@pytest.mark.parametrize("asks", ["due=week", "family=offers.other", "owner=nobody", f"day={ROWS[0]['due_date']}",
                                  "state=muted", "state=nonsense", "due=week&excel=1"])  # fmt: skip
def test_every_filter_answers(client_of: ClientOf, asks: str) -> None:
    assert client_of("H1").get(f"/events/?{asks}").status_code == 200


def test_programs_do_what_the_board_does_with_the_same_guards(client_of: ClientOf, scope_of: Scopes) -> None:
    client, keys = client_of("M1"), [row["event_id"] for row in MINE]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def handled(**told: object) -> Any:
        return client.post("/api/v1/events/handle", json.dumps(told), content_type="application/json")

    listed = client.get("/api/v1/events").json()
    assert {one["event_id"] for one in listed} == {row["event_id"] for row in MINE}
    assert {one["step"] for one in listed} == {""}
    last = sorted(keys)[-2]
    assert [one["event_id"] for one in client.get(f"/api/v1/events?after={last}").json()] == [max(keys)]
    assert handled(event_ids=keys[:2], deed="closed", reason="known").json() == {"changed": 2}
    assert handled(event_ids=[keys[2]], deed="postponed", until=str(LATER)).json() == {"changed": 1}
    assert (
        handled(
            event_ids=[MILD["event_id"]], deed="muted", until=str(LATER), reason="the owner knows"
        ).status_code
        == 200
    )
    assert {one["event_id"] for one in client.get("/api/v1/events?state=closed").json()} >= {keys[0]} - {
        MILD["event_id"]
    }
    (put_off,) = [
        one for one in client.get("/api/v1/events?state=postponed").json() if one["event_id"] == keys[2]
    ]
    assert (put_off["step"], put_off["step_until"], put_off["step_by"]) == ("postponed", str(LATER), "M1")
    for told, why in (
        ({"event_ids": [keys[3], THEIRS["event_id"]], "deed": "closed", "reason": "known"}, "1 of 2 events"),
        ({"event_ids": [keys[3]], "deed": "closed", "reason": "bored"}, "reason"),
        (
            {"event_ids": [GRAVE["event_id"]], "deed": "muted", "until": str(LATER), "reason": "loud loud"},
            "not muted",
        ),
    ):
        refused = handled(**told)
        assert refused.status_code == 422
        assert why in refused.json()["detail"]
    assert keys[3] in shown(scope_of("M1")), "all of them or none"
    assert handled(event_ids=keys[:1], deed="eaten").status_code == 422
    assert client_of("X1").get("/api/v1/events").status_code == 403
    assert Client().get("/api/v1/events").status_code == 401


def test_a_refusal_speaks_the_readers_language(client_of: ClientOf) -> None:
    client = client_of("M1")
    told = {"event_ids": [THEIRS["event_id"]], "deed": "closed", "reason": "known"}
    said = {}
    for language in ("zh-hans", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        refused = client.post("/api/v1/events/handle", json.dumps(told), content_type="application/json")
        said[language] = refused.json()["detail"]
    assert "不在您名下" in said["zh-hans"]
    assert "要求：" in said["zh-hans"]
    assert "Expected: events of your firms" in said["en"]
