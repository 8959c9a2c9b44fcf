"""Who is away and who stands in: on those days, for those firms, and nobody else; by page, interface and raw SQL."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tests.world import BUSINESS_DATE, placements, publish_world, tables
from xiaoer.branches.actions import come_back, go_away
from xiaoer.branches.models import Absence
from xiaoer.branches.queries import standing_in
from xiaoer.branches.terms import Leave
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

TODAY = BUSINESS_DATE + timedelta(days=1)
THEIRS = {one.customer_id for one in placements() if one.manager_id == "M1"}
A_FIRM = min(THEIRS)
Found = Callable[[str], Scope]


def leave(first: int = 0, last: int = 3, who: str = "M1", deputy: str = "M2") -> Leave:
    return Leave(who, deputy, TODAY + timedelta(days=first), TODAY + timedelta(days=last))


def seen_by(scope: Scope, on: date = TODAY) -> set[str]:
    """Firms that PostgreSQL itself shows, whatever the query."""
    with acting_as(scope):
        wider = standing_in(scope, on)
    with acting_as(wider), connection.cursor() as cursor:
        cursor.execute("SELECT customer_id FROM customers_firm")
        return {number for (number,) in cursor.fetchall()}


@pytest.mark.django_db
def test_the_deputy_sees_the_firms_on_those_days_only(scope_of: Found) -> None:
    mine, head = seen_by(scope_of("M2")), scope_of("H1")
    with acting_as(head):
        go_away(head, leave(1, 3), TODAY)
    assert seen_by(scope_of("M2")) == mine
    for ahead in (1, 2, 3):
        assert seen_by(scope_of("M2"), TODAY + timedelta(days=ahead)) == mine | THEIRS
    assert seen_by(scope_of("M2"), TODAY + timedelta(days=4)) == mine
    assert seen_by(scope_of("M3"), TODAY + timedelta(days=2)).isdisjoint(THEIRS)


@pytest.mark.parametrize("gone", ["M1", "M2"])
def test_it_ends_with_the_post_of_either_at_that_branch(own_world: str, gone: str, scope_of: Found) -> None:
    from xiaoer.branches.models import Post

    mine, me = seen_by(scope_of("M2")), scope_of("M1")
    with acting_as(me):
        go_away(me, leave(), TODAY)
    assert seen_by(scope_of("M2")) > mine
    Post.objects.using("owner").filter(staff_id=gone).update(to_date=TODAY - timedelta(days=1))
    assert not seen_by(scope_of("M2")) - mine


@pytest.mark.django_db
def test_coming_back_sooner_hands_back(scope_of: Found) -> None:
    me, before = scope_of("M1"), seen_by(scope_of("M2"))
    with acting_as(me):
        held = go_away(me, leave(0, 3), TODAY)
    assert seen_by(scope_of("M2")) > before
    with acting_as(me):
        come_back(me, held.pk, TODAY)
        with pytest.raises(Refusal, match=r"已经结束|over already"):
            come_back(me, held.pk, TODAY)
    assert seen_by(scope_of("M2")) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("M2", leave(who="M1", deputy="M2")),  # a colleague is nobody's to send away
        ("H2", leave()),  # the head of another branch
        ("M1", leave(deputy="M3")),  # a deputy of another branch
        ("M1", leave(deputy="M1")),
        ("M1", leave(deputy="T1")),  # a teller meets no firms of a portfolio
        ("M1", leave(-1, 3)),
        ("M1", leave(3, 1)),
    ],
    ids=["colleague", "other head", "other branch", "oneself", "teller", "past", "wrong way round"],
)
def test_who_may_not_and_what_does_not_fit_is_refused(who: str, asked: Leave, scope_of: Found) -> None:
    scope = scope_of(who)
    with acting_as(scope), pytest.raises(Refusal):
        go_away(scope, asked, TODAY)


@pytest.mark.django_db
def test_nobody_stands_in_who_is_away_and_nobody_leaves_who_stands_in(scope_of: Found) -> None:
    head = scope_of("H1")
    with acting_as(head):
        go_away(head, leave(1, 3), TODAY)
        for asked in (leave(2, 5, "M2", "M1"), leave(3, 3, "M2", "H1"), leave(0, 1)):
            with pytest.raises(Refusal):
                go_away(head, asked, TODAY)
        go_away(head, leave(4, 5, "M2", "M1"), TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "row"),
    [
        (Scope("M2", managers=("M2",)), ("M1", "B1", "M2", "M2")),
        (Scope("M2", managers=("M2",)), ("M1", "B1", "M2", "M1")),
        (Scope("M2", managers=("M2",), branches=("B1",)), ("M1", "B1", "M2", "M2")),
        (Scope("A1", everything=True), ("M1", "B1", "M2", "A1")),
        (Scope("H1", branches=("B1",)), ("M3", "B1", "M2", "H1")),
        (Scope("H1", branches=("B1",)), ("M1", "B1", "M3", "H1")),
        (Scope("M1", managers=("M1",)), ("M1", "B2", "M3", "M1")),
    ],
    ids=["wall", "other name", "no post", "analyst", "other branch", "far deputy", "branch made up"],
)
def test_raw_sql_is_refused_too(scope: Scope, row: tuple[str, ...]) -> None:
    with acting_as(scope), pytest.raises(DatabaseError, match=r"refused|row-level"), transaction.atomic():
        _insert(row)


def _insert(row: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO branches_absence (staff_id, branch_id, deputy_id, entered_by, from_date, to_date, day, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, now())",
            [*row, TODAY, TODAY + timedelta(days=2), TODAY],
        )


@pytest.mark.django_db
def test_of_an_absence_only_the_end_is_written(scope_of: Found) -> None:
    me = scope_of("M1")
    with acting_as(me):
        held = go_away(me, leave(1, 3), TODAY)
        for change in ({"deputy_id": "H1"}, {"to_date": TODAY + timedelta(days=40)}):
            with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
                Absence.objects.filter(pk=held.pk).update(**change)
    with acting_as(scope_of("M2")):
        assert not Absence.objects.filter(pk=held.pk).update(back_date=TODAY)


@pytest.mark.django_db
def test_page_and_interface_follow_in_the_same_minute(client_of: Callable[[str], Client]) -> None:
    deputy, head = client_of("M2"), client_of("H1")
    address = f"/firms/{A_FIRM}/"
    assert deputy.get(address).status_code == 404
    given = {
        "staff_id": "M1",
        "deputy_id": "M2",
        "from_date": str(TODAY),
        "to_date": str(TODAY + timedelta(days=2)),
    }
    made = head.post("/api/absences", json.dumps(given), content_type="application/json")
    assert made.status_code == 201
    assert head.post("/api/absences", json.dumps(given), content_type="application/json").status_code == 422
    page = deputy.get(address)
    assert page.status_code == 200
    assert "由周敏代理至11月21日" in page.content.decode()
    assert "陈立" in deputy.get("/calendar/").content.decode()
    assert [one["deputy_id"] for one in deputy.get("/api/absences").json()] == ["M2"]
    assert client_of("M3").get("/api/absences").json() == []
    assert deputy.post(f"/api/absences/{made.json()['number']}/back").status_code == 422
    assert client_of("M1").post(f"/api/absences/{made.json()['number']}/back").status_code == 200
    assert deputy.get(address).status_code == 404


@pytest.mark.django_db
def test_entered_on_the_page(client_of: Callable[[str], Client]) -> None:
    me = client_of("M1")
    assert "周敏" in me.get("/absences/new/").content.decode()
    form: dict[str, Any] = {"staff": "M1", "deputy": "M2", "from": str(TODAY), "to": str(TODAY)}
    assert me.post("/absences/new/", form | {"to": "2026-11-01"}).status_code == 422
    assert me.post("/absences/new/", form).status_code == 302
    assert "周敏" in me.get("/absences/").content.decode()
    assert client_of("T1").post("/absences/new/", form).status_code == 422


def test_a_night_published_meanwhile_changes_nothing(own_world: str, scope_of: Found) -> None:
    me = scope_of("M1")
    with acting_as(me):
        go_away(me, leave(0, 3), TODAY)
    publish_world(tables=tables(run_id="next"), run_id="next")
    assert seen_by(scope_of("M2")) > THEIRS
