"""Capacity: only one's own branch, the dearest hour first, and whom firms could go to."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.offers.queries import shadow_prices
from xiaoer.workbench.shown.capacity import moves, told


def hours(manager: str, price: int, **more: Any) -> Any:
    held = {"branch_id": "B1", "left_out": 3, "firms": 100, "capacity": 360, "used": 350, "gap": 0.004}
    return SimpleNamespace(kind="hours", manager_id=manager, price=price, **(held | more))


def names(one: Any) -> str:
    return str(one.manager_id)


@pytest.mark.django_db
def test_a_branch_head_sees_the_branch_and_no_other(
    client_of: Callable[[str], Client], scope_of: Callable[[str], Scope]
) -> None:
    scope = scope_of("H1")
    with acting_as(scope):
        found = list(shadow_prices(scope))
    assert {one.branch_id for one in found} == {"B1"}
    assert [one.price for one in found] == sorted((one.price for one in found), reverse=True)
    page = client_of("H1").get("/capacity/").content.decode()
    assert "陈立" in page
    assert "吴昊" not in page
    assert client_of("H1").get("/capacity/?state=many").status_code == 200
    assert client_of("H1").get("/capacity/?excel=1").status_code == 200


@pytest.mark.django_db
def test_a_manager_sees_the_own_hours_only(scope_of: Callable[[str], Scope]) -> None:
    scope = scope_of("M1")
    with acting_as(scope):
        assert {one.manager_id for one in shadow_prices(scope)} == {"M1"}


def test_without_scope_nothing_is_shown() -> None:
    assert list(shadow_prices(Scope(""))) == []


def test_firms_could_go_where_an_hour_is_cheap_in_the_same_branch() -> None:
    busy, idle, far = hours("M1", 90_000), hours("M2", 10_000, left_out=0), hours("M3", 0, branch_id="B2")
    (move,) = moves([busy, idle, far], 300)
    assert (move.dear, move.cheap) == (busy, idle)
    assert "M1" in told([busy, idle, far], [move], 300, names).lede


@pytest.mark.parametrize(
    "other",
    [
        hours("M2", 60_000),
        hours("M2", 10_000, firms=300),
        hours("pool:B1", 0),
        hours("M2", 0, branch_id="B2"),
    ],
    ids=["as dear", "full book", "pool", "other branch"],
)
def test_nothing_is_proposed_where_moving_would_not_help(other: Any) -> None:
    assert moves([hours("M1", 90_000), other], 300) == []


def test_how_good_the_days_are_is_told() -> None:
    assert "99.60" in told([hours("M1", 0)], [], 300, names).remark
    assert told([], [], 300, names).remark == ""


def test_whose_book_is_too_large_is_counted() -> None:
    assert "1" in told([hours("M1", 0, firms=301), hours("M2", 0)], [], 300, names).lede
