"""Goals of an account plan: where one stands on the way, who may set and close one, what the pages say."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.world import BUSINESS_DATE, tables
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.segments import queries
from xiaoer.segments.actions import close_goal, set_goal
from xiaoer.segments.goals import Patience, State, Wanted, Way, state
from xiaoer.segments.models import Goal

TODAY = BUSINESS_DATE + timedelta(days=1)
YEAR = Way(100, 200, date(2026, 1, 1), date(2026, 12, 31))
PATIENCE = Patience(0.15, 30, 8, 1096)
MANAGER = Scope("M1", managers=("M1",), edition=1, rights=frozenset({"firms.read", "contacts.write"}))
FIRM = next(row for row in tables()["firms"].to_pylist() if row["manager_id"] == "M1" and row["balance"])


@pytest.mark.parametrize(
    ("value", "today", "expected"),
    [
        (200, date(2026, 2, 1), State.REACHED),
        (200, date(2027, 2, 1), State.REACHED),
        (199, date(2027, 1, 1), State.LATE),
        (100, date(2026, 1, 30), State.ON_WAY),  # 29 days: no pace yet
        (100, date(2026, 2, 24), State.ON_WAY),  # 54 of 364 days: 14.8 % behind
        (100, date(2026, 2, 25), State.BEHIND),  # 55: 15.1 %
        (150, date(2026, 7, 1), State.ON_WAY),
        (None, date(2026, 7, 1), State.ON_WAY),
        (None, date(2027, 1, 1), State.LATE),
    ],
)
def test_how_a_goal_stands(value: int | None, today: date, expected: State) -> None:
    assert state(YEAR, value, today, PATIENCE) is expected


def test_the_pace_so_far_leads_to_the_goal_s_day() -> None:
    assert YEAR.outlook(125, date(2026, 4, 2), 30) == 200  # a quarter of the way in 91 of 364 days
    assert YEAR.outlook(125, date(2026, 1, 30), 30) is None
    assert YEAR.outlook(125, date(2026, 12, 31), 30) is None


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_shares_stay_between_nothing_and_all(start: int, target: int, value: int) -> None:
    way = Way(start, target, date(2026, 1, 1), date(2026, 12, 31))
    assert 0 <= way.share(value) <= 1
    assert (way.share(value) == 1) is (value >= target)


@pytest.mark.django_db
def test_a_goal_starts_from_what_is_there_and_slips_in_the_morning(client_of: Callable[..., Client]) -> None:
    number, start = FIRM["customer_id"], FIRM["balance"]
    with acting_as(MANAGER):
        goal = set_goal(MANAGER, number, Wanted("deposits", start * 2, TODAY + timedelta(days=90)), TODAY)
        assert (goal.start, goal.manager_id) == (start, "M1")
        assert [one.state for one in queries.standings(MANAGER, TODAY)] == [State.ON_WAY]
        Goal.objects.filter(pk=goal.pk).update(begun_date=TODAY - timedelta(days=90))
        assert [one.state for one in queries.standings(MANAGER, TODAY)] == [State.BEHIND]
    client = client_of("M1")
    assert f"/firms/{number}/" in client.get("/").content.decode().split('id="slipping"')[1]
    assert "客户规划" in client.get(f"/firms/{number}/").content.decode()
    assert (
        client.post(
            f"/goals/{goal.pk}/close/", {"end": "reached"}, headers={"HX-Request": "true"}
        ).status_code
        == 204
    )
    with acting_as(MANAGER):
        assert queries.standings(MANAGER, TODAY) == []
        with pytest.raises(Refusal, match="目标已关闭"):
            close_goal(MANAGER, goal.pk, "dropped", TODAY)


@pytest.mark.usefixtures("in_english")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted("deposits", FIRM["balance"], TODAY + timedelta(days=9)), "not above"),
        (Wanted("deposits", 10**18, TODAY), "no day for a goal"),
        (Wanted("deposits", 10**18, TODAY + timedelta(days=2000)), "no day for a goal"),
        (Wanted("charm", 1, TODAY + timedelta(days=9)), "is not measured"),
        (Wanted("words", None, TODAY + timedelta(days=9), "  "), "says nothing"),
    ],
)
def test_what_is_no_goal_is_refused_in_words(wanted: Wanted, told: str) -> None:
    with acting_as(MANAGER), pytest.raises(Refusal, match=told):
        set_goal(MANAGER, FIRM["customer_id"], wanted, TODAY)


@pytest.mark.usefixtures("in_english")
@pytest.mark.django_db
def test_nobody_plans_for_another_s_firm_or_without_the_right() -> None:
    other = Scope("M2", managers=("M2",), edition=1, rights=MANAGER.rights)
    reader = Scope("M1", managers=("M1",), edition=1, rights=frozenset({"firms.read"}))
    for scope in (other, reader):
        with acting_as(scope), pytest.raises(Refusal, match="not yours to write"):
            set_goal(scope, FIRM["customer_id"], Wanted("words", None, TODAY + timedelta(days=9), "x"), TODAY)


@pytest.mark.django_db
def test_the_form_takes_ten_thousands_of_yuan(client_of: Callable[..., Client]) -> None:
    number = FIRM["customer_id"]
    client, due = client_of("M1"), str(TODAY + timedelta(days=60))
    assert client.get(f"/firms/{number}/goal/").status_code == 200
    sent = {"measure": "deposits", "target": "99,999.5", "due": due, "words": ""}
    assert client.post(f"/firms/{number}/goal/", sent, headers={"HX-Request": "true"}).status_code == 204
    with acting_as(MANAGER):
        assert Goal.objects.get(customer_id=number).target == 99_999_5 * 10_000 * 10
    for bad in ({"target": "many"}, {"due": "soon"}, {"target": "nan"}):
        answer = client.post(f"/firms/{number}/goal/", sent | bad, headers={"HX-Request": "true"})
        assert answer.status_code != 204
