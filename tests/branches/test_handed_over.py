"""Firms go to another manager of their branch: everything about them goes along; nobody else may; undone the same day."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import BUSINESS_DATE, placements, publish_world, tables
from xiaoer.branches.actions import hand_over, take_back
from xiaoer.branches.models import Post
from xiaoer.branches.terms import Gift
from xiaoer.contacts.actions import About, FollowUp, record_outcome
from xiaoer.customers.queries import firm
from xiaoer.kit.published import FOREVER
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench import balancing
from xiaoer.workbench.desk import Desk

TODAY = BUSINESS_DATE + timedelta(days=1)
THEIRS = sorted(one.customer_id for one in placements() if one.manager_id == "M1")
FIRM, OTHER = THEIRS[0], THEIRS[1]
FAR = min(one.customer_id for one in placements() if one.manager_id == "M3")
Found = Callable[[str], Scope]
TABLES = (
    "customers_firm", "features_profile", "scores_score", "events_event", "contacts_task", "contacts_contact",
    "branches_assignment",
)  # fmt: skip


def gift(firm: str = FIRM, to: str = "M2", **more: Any) -> Gift:
    held = {"branch_id": "B1", "from_id": "M1"} | more
    return Gift(firm, to_id=to, name="某企业", **held)


def seen(scope: Scope, firm: str = FIRM) -> dict[str, int]:
    with acting_as(scope), connection.cursor() as cursor:
        counts = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE customer_id = %s", [firm])
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.django_db
def test_scope_and_history_follow_the_firm_and_come_back(scope_of: Found) -> None:
    giver, taker, head = scope_of("M1"), scope_of("M2"), scope_of("H1")
    with acting_as(giver):
        record_outcome(giver, About(FIRM), "interested", TODAY, follow_up=FollowUp(TODAY + timedelta(days=9)))
    before = seen(giver)
    assert min(before[name] for name in ("customers_firm", "contacts_task", "contacts_contact")) == 1
    with acting_as(head):
        joined = hand_over(head, [gift(), gift(OTHER)], TODAY)
    assert seen(taker) == before
    assert sum(seen(giver).values()) == 0
    with acting_as(head):
        assert take_back(head, joined, TODAY) == 2
        with pytest.raises(Refusal):
            take_back(head, joined, TODAY)
    assert seen(giver) == before
    assert sum(seen(taker).values()) == 0


@pytest.mark.django_db
def test_not_on_another_day_and_all_or_none(scope_of: Found) -> None:
    head = scope_of("H1")
    with acting_as(head):
        with pytest.raises(Refusal):
            hand_over(head, [gift(), gift(OTHER, from_id="M2")], TODAY)
        joined = hand_over(head, [gift()], TODAY)
        with pytest.raises(Refusal):
            take_back(head, joined, TODAY + timedelta(days=1))


@pytest.mark.django_db
def test_no_other_day_than_the_signed_one(scope_of: Found) -> None:
    """By raw SQL: a post held on another day, or none signed at all, opens nothing."""
    for scope in (
        scope_of("H1"),
        replace(scope_of("H1"), day=TODAY - timedelta(days=1)),
        replace(scope_of("H1"), day=None),
    ):
        day = TODAY + timedelta(days=1) if scope.day == TODAY else TODAY
        with acting_as(scope), pytest.raises(DatabaseError, match="own day"), transaction.atomic():
            _insert(scope, gift(), day)


def test_over_several_branches_it_is_taken_back_whole_or_not_at_all(own_world: str, scope_of: Found) -> None:
    Post.objects.using("owner").create(
        staff_id="G1", post="branch_head", branch_id="HQ", since=1, until=FOREVER
    )
    whole, head = scope_of("G1"), scope_of("H1")
    elsewhere = gift(FAR, to="pool:B2", branch_id="B2", from_id="M3")
    with acting_as(whole):
        joined = hand_over(whole, [gift(), elsewhere], TODAY)
    with acting_as(head):
        with pytest.raises(Refusal, match=r"网点|branches"):
            take_back(head, joined, TODAY)
        with (
            pytest.raises(DatabaseError, match="leads all"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE branches_handover SET undone_at = now(), undone_by = 'H1'")
    assert seen(scope_of("M2"))["customers_firm"] == 1
    with acting_as(whole):
        with (
            pytest.raises(DatabaseError, match="as a whole"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE branches_handover SET undone_at = now(), undone_by = 'G1' WHERE customer_id = %s",
                [FIRM],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert take_back(whole, joined, TODAY) == 2
    assert seen(scope_of("M1"))["customers_firm"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("M1", gift()),
        ("S1", gift()),
        ("A1", gift()),
        ("H2", gift()),
        ("H1", gift(to="M3")),
        ("H1", gift(to="T1")),
        ("H1", gift(to="pool:B2")),
        ("H1", gift("C000002", branch_id="B2", from_id="M3")),
        ("H1", gift("C000002", from_id="M3")),
        ("H1", gift("C999999")),
    ],
    ids=["manager", "after sales", "analyst", "other head", "other branch", "teller", "other pool",
         "firm of another branch", "branch made up", "no such firm"],
)  # fmt: skip
def test_who_may_not_and_where_it_cannot_go(who: str, asked: Gift, scope_of: Found) -> None:
    scope = scope_of(who)
    with acting_as(scope), pytest.raises(Refusal):
        hand_over(scope, [asked], TODAY)
    with acting_as(scope), pytest.raises(DatabaseError, match=r"refused|row-level"), transaction.atomic():
        _insert(scope, asked)


def _insert(scope: Scope, asked: Gift, day: date = TODAY) -> None:
    """Past every action, as raw SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO branches_handover (handover, customer_id, name, branch_id, manager_id, from_id, to_id, because,"
            " minutes, worth, staff_id, day, at, undone_by) VALUES (gen_random_uuid(), %s, '', %s, %s, %s, %s, '[]', 0, 0,"
            " %s, %s, now(), '')",
            [
                asked.customer_id,
                asked.branch_id,
                asked.to_id,
                asked.from_id,
                asked.to_id,
                scope.staff_id,
                day,
            ],
        )


@pytest.mark.django_db
def test_nothing_else_of_a_handover_is_changed(scope_of: Found) -> None:
    head = scope_of("H1")
    with acting_as(head):
        hand_over(head, [gift()], TODAY)
        for change in ("to_id = 'M3'", "worth = 1", "undone_at = now(), undone_by = 'M1'", "staff_id = 'M1'"):
            with (
                pytest.raises(DatabaseError, match="refused"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"UPDATE branches_handover SET {change}")
    with acting_as(scope_of("M2")), connection.cursor() as cursor:
        cursor.execute("UPDATE branches_handover SET worth = 1")
        assert cursor.rowcount == 0


@pytest.mark.django_db
def test_a_pooled_desk_of_the_branch_may_take_a_firm(scope_of: Found) -> None:
    head = scope_of("H1")
    with acting_as(head):
        hand_over(head, [gift(to="pool:B1")], TODAY)
    assert seen(scope_of("T1"))["customers_firm"] == 1


@pytest.mark.django_db
def test_page_and_interface(client_of: Callable[[str], Client]) -> None:
    head, giver, taker = client_of("H1"), client_of("M1"), client_of("M2")
    assert giver.get("/capacity/balance/").status_code == 403
    assert client_of("H2").get("/capacity/balance/?branch=B1").status_code == 404
    assert head.get("/capacity/balance/").status_code == 200
    assert giver.get(f"/firms/{FIRM}/").status_code == 200
    firms_before = giver.get("/firms/").content.decode().count("data-row=")
    sum_of = head.get(f"/capacity/balance/sum/?branch=B1&to-{FIRM}=M2").content.decode()
    assert "1 户" in sum_of
    assert head.post("/capacity/balance/", {"branch": "B1", f"to-{OTHER}": ""}).status_code == 422
    assert (
        head.post("/capacity/balance/", {"branch": "B1", f"to-{FIRM}": "M2", f"to-{OTHER}": ""}).status_code
        == 302
    )
    assert giver.get(f"/firms/{FIRM}/").status_code == 404
    assert taker.get(f"/firms/{FIRM}/").status_code == 200
    assert giver.get("/firms/").content.decode().count("data-row=") < firms_before
    (row,) = giver.get("/api/handovers").json()
    assert (row["customer_id"], row["to_id"], row["undone"]) == (FIRM, "M2", False)
    assert "周敏" in giver.get("/capacity/handovers/").content.decode()
    assert client_of("M3").get("/api/handovers").json() == []
    assert giver.post(f"/api/handovers/{row['handover']}/undo").status_code == 422
    assert head.post(f"/api/handovers/{row['handover']}/undo").json() == {"firms": 1}
    assert giver.get(f"/firms/{FIRM}/").status_code == 200
    given = {"moves": [{"customer_id": FIRM, "to_id": "M3"}]}
    assert head.post("/api/handovers", json.dumps(given), content_type="application/json").status_code == 422
    for unkeepable in ("M\x003", "M\ud800"):
        given = {"moves": [{"customer_id": FIRM, "to_id": unkeepable}]}
        refused = head.post("/api/handovers", json.dumps(given), content_type="application/json")
        assert (refused.status_code, "NUL" in refused.json()["detail"]) == (422, True)
    broken = head.post("/api/handovers", '{"moves": [', content_type="application/json")
    assert (broken.status_code, "not JSON" in broken.json()["detail"]) == (422, True)
    assert set(head.get("/api/balance").json()) == {"overloads", "moves"}


@pytest.mark.django_db
def test_the_books_of_many_branches_are_read_at_once_and_once(
    scope_of: Found, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = replace(scope_of("H1"), branches=(), managers=(), everything=True)
    desk = Desk(whole, TODAY, BUSINESS_DATE)
    asked: list[date] = []
    plan = balancing.contact_plan
    monkeypatch.setattr(balancing, "contact_plan", lambda on: asked.append(on) or plan(on))
    with acting_as(whole):
        with CaptureQueriesContext(connection) as alone:
            one = balancing.branch(desk, "B1")
        with django_assert_num_queries(len(alone)):
            both = balancing.within(desk, ["B1", "B2"])
    assert (both["B1"].books, both["B1"].held) == (one.books, one.held)
    assert {firm.branch_id for firm in both["B2"].firms.values()} == {"B2"}
    assert len(one.held) > 1
    assert len(asked) == 2, "once for each time, not for each firm"


def test_the_next_night_writes_the_rows_anew_and_keeps_what_the_desk_wrote_beside_them(
    own_world: str, scope_of: Found
) -> None:
    """The night that knows of the handover publishes it; one that does not gives the firm back whole."""
    head = scope_of("H1")
    with acting_as(head):
        hand_over(head, [gift()], TODAY)
    publish_world(tables=tables(run_id="next"), run_id="next")
    for who, there in (("M1", True), ("M2", False)):
        scope = scope_of(who)
        with acting_as(scope):
            assert (firm(scope, FIRM) is not None) is there
