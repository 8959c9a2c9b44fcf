"""Openings and what is shown of them: the checklist by category and tier, ticks by their owner, the night that counts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from django.test import Client

from tests.world import BUSINESS_DATE
from xiaoer.events.night import opening, still_to_show
from xiaoer.features.rules import windows
from xiaoer.kit.dates import day_number
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.products.actions import finish
from xiaoer.products.night import lessons, opened_lately
from xiaoer.products.queries import checklists
from xiaoer.products.terms import Education

DAY = date(2026, 6, 30)
TODAY, ON, EDUCATION = day_number(DAY), windows(DAY), Education.in_force(DAY)
DESK_DAY = BUSINESS_DATE + timedelta(days=1)
VISITED, PLAIN = "C000018", "C000009"  # both M1's, as every third is


def lazy(rows: list[dict[str, Any]], schema: Any = None) -> Any:
    return nw.from_native(pl.DataFrame(rows, schema=schema, infer_schema_length=None).lazy())


def found(frame: Any) -> list[dict[str, Any]]:
    return list(frame.collect("polars").to_native().to_dicts())


def holding(firm: str, product: str, days: int, **changes: Any) -> dict[str, Any]:
    usual = {
        "customer_id": firm, "product_id": product, "status": "open", "opened_date": DAY - timedelta(days),
        "last_used_date": DAY - timedelta(days), "uses_12m": None,
    }  # fmt: skip
    return usual | changes


CATALOGUE = [
    {"product_id": "E01", "category": "electronic", "name": "企业网银"},
    {"product_id": "S01", "category": "payroll", "name": "代发工资"},
    {"product_id": "W01", "category": "wealth", "name": "理财"},
]


def steps(*rows: dict[str, Any], tier: str = "general") -> Any:
    fresh = opened_lately(lazy(list(rows)), lazy(CATALOGUE), TODAY, EDUCATION.within_days)
    return lessons(fresh, lazy([{"customer_id": "X", "tier": tier}]), EDUCATION)


def test_a_checklist_follows_from_the_category_and_the_tier() -> None:
    plain = {(row["step"], row["due_day"] - TODAY) for row in found(steps(holding("X", "E01", 10)))}
    assert plain == {("online_first_login", -7), ("online_roles", -3), ("online_first_transfer", 4)}
    visited = {row["step"] for row in found(steps(holding("X", "S01", 10), tier="premier"))}
    assert visited == {"visit", "payroll_list", "payroll_first_run"}
    assert not found(steps(holding("X", "W01", 10))), "not taught"
    assert not found(steps(holding("X", "E01", 45))), "no opening any more"
    assert not found(steps(holding("X", "E01", 10, status="closed")))


def test_uses_are_not_guessed() -> None:
    told = opened_lately(
        lazy([holding("X", "E01", 10), holding("X", "S01", 10, last_used_date=DAY)]),
        lazy(CATALOGUE),
        TODAY,
        45,
    )
    assert {row["product_id"]: row["uses"] for row in found(told)} == {"E01": 0, "S01": None}


def test_the_night_asks_for_what_is_past_its_day_and_not_ticked_off() -> None:
    held = [holding("X", "E01", 10), holding("X", "S01", 6)]
    done = {"customer_id": pl.String, "product_id": pl.String, "opened_day": pl.Int64, "step": pl.String}
    firms = lazy([{"customer_id": "X", "potential": 5}])

    def asked(*finished: tuple[str, int, str]) -> list[tuple[str, int, int]]:
        rows = [dict(zip(done, ("X", *one), strict=True)) for one in finished]
        seen = found(opening(still_to_show(steps(*held), lazy(rows, done), ON), firms, ON))
        return [(row["product"], row["count"], row["began"] - TODAY) for row in seen]

    first, second = ("E01", TODAY - 10, "online_first_login"), ("E01", TODAY - 10, "online_roles")
    assert asked() == [("企业网银", 2, -7)], "the longest due of a firm"
    assert asked(first) == [("企业网银", 1, -3)]
    assert asked(first, second) == [("代发工资", 1, -1)]
    assert asked(first, second, ("S01", TODAY - 6, "payroll_list")) == []
    assert asked(("E01", TODAY - 400, "online_first_login")) == [("企业网银", 2, -7)], (
        "another opening's tick"
    )


@pytest.mark.django_db
def test_a_step_is_finished_once_and_by_whoever_answers_for_the_firm(
    scope_of: Callable[[str], Scope],
) -> None:
    mine = scope_of("M1")
    with acting_as(mine):
        before = checklists(mine, VISITED)[0]
        assert before.open_steps[0].code == "visit"
        done = finish(mine, VISITED, "E01", "visit", "done", today=DESK_DAY)
        again = finish(mine, VISITED, "E01", "visit", "not_needed", today=DESK_DAY)
        assert (again.pk, again.end) == (done.pk, "done"), "the first word stands"
        assert "visit" not in [one.code for one in checklists(mine, VISITED)[0].open_steps]
        for wrong in ({"step": "payroll_list"}, {"end": "perhaps"}, {"product_id": "S01"}):
            asked = {"product_id": "E01", "step": "online_roles", "end": "done"} | wrong
            with pytest.raises(Refusal):
                finish(mine, VISITED, **asked, today=DESK_DAY)
    other = scope_of("M3")
    with acting_as(other), pytest.raises(Refusal):
        finish(other, VISITED, "E01", "online_roles", "done", today=DESK_DAY)


@pytest.mark.django_db
def test_the_firms_page_shows_the_list_and_takes_a_tick(client_of: Callable[[str], Client]) -> None:
    client = client_of("M1")
    page = client.get(f"/firms/{PLAIN}/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "新开通，待辅导" in page
    assert "激活并当面登录一次" in page
    assert "登门拜访" not in page
    said = client.post(
        f"/firms/{PLAIN}/lesson/",
        {"product": "E01", "step": "online_roles", "end": "done"},
        headers={"hx-request": "1"},
    )
    assert said.status_code == 204
    assert "1/3 项" in client.get(f"/firms/{PLAIN}/", headers={"accept-language": "zh-hans"}).content.decode()
