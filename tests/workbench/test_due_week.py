"""What falls due this week: which notes, which sums, who may be called, the list, its file and the home page."""

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.world import BUSINESS_DATE, tables
from xiaoer.contact_policy.models import Suppression
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench.shown.due_week import due, week_of

TODAY = BUSINESS_DATE + timedelta(days=1)  # a Thursday; the 21st is the Saturday of its week
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 22)
ClientOf = Callable[..., Client]


@pytest.mark.parametrize("day", [FIRST, TODAY, date(2026, 11, 20)])
def test_a_week_is_monday_to_sunday(day: date) -> None:
    assert week_of(day) == (FIRST, LAST)
    assert week_of(LAST + timedelta(days=1))[0] == LAST + timedelta(days=1)


@pytest.mark.parametrize("day", [date(2026, 11, 21), LAST])
def test_at_the_weekend_the_week_ahead_counts(day: date) -> None:
    assert week_of(day) == (day, date(2026, 11, 29))


def note(**more: Any) -> Any:
    plan = [{"no": 1, "due": "2026-11-21", "principal": 0, "interest": 4_350, "paid": None}]
    told = {"falls_due": date(2026, 11, 21), "due_date": date(2027, 1, 1), "balance": 900, "plan": plan}
    return SimpleNamespace(**told | more)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (note(), ("interest", 0, 4_350)),
        (note(plan=[{"due": "2026-11-21", "principal": 7, "interest": 3}]), ("instalment", 7, 3)),
        (note(due_date=date(2026, 11, 21)), ("maturity", 0, 4_350)),
        (note(due_date=date(2026, 11, 21), plan=[]), ("maturity", 900, None)),
        (note(plan=[]), ("interest", None, None)),
    ],
)
def test_what_a_note_asks_for(one: Any, told: tuple[str, int | None, int | None]) -> None:
    found = due(one)
    assert (found.kind, found.principal, found.interest) == told
    assert found.amount == sum(part or 0 for part in told[1:])


def expected() -> list[dict[str, Any]]:
    """M1's notes of the week, from the world itself."""
    rows = [row for row in tables()["notes"].to_pylist() if row["manager_id"] == "M1"]
    return [row for row in rows if FIRST <= row["next_due_date"] <= LAST or FIRST <= row["due_date"] <= LAST]


def plan_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    told = row["plan"]
    return json.loads(told) if isinstance(told, str) else told


@pytest.mark.django_db
def test_the_list_its_sums_and_its_file(client_of: ClientOf) -> None:
    rows = expected()
    assert rows
    page = client_of("M1").get("/loans/due/").content.decode()
    assert f"本周应还 {len(rows)} 笔" in page
    assert "11月16日至11月22日" in page
    answer = client_of("M1").get("/loans/due/?excel=1")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    head, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = head.index("借据")
    assert {line[at] for line in lines if len(line) > at and line[at]} == {row["note_id"] for row in rows}
    interest = next(place for place, title in enumerate(head) if title.startswith("利息"))
    by_plan = sum(p["interest"] for row in rows for p in plan_of(row) if p["due"] == "2026-11-21")
    assert round(sum(line[interest] or 0 for line in lines if line[at]) * 100) == by_plan
    assert not any(str(cell).startswith("tel:") or "拨打" in str(cell) for line in lines for cell in line)


@pytest.mark.django_db
def test_calling_and_planning_where_the_policy_lets(client_of: ClientOf) -> None:
    client = client_of("M1")
    before = client.get("/loans/due/").content.decode()
    assert 'href="tel:' in before
    assert "/plan/" in before
    stopped = {row["customer_id"] for row in expected()}
    with acting_as(Scope("M1", managers=("M1",), rights=frozenset({"contacts.write"}), edition=1)):
        for number in sorted(stopped):
            Suppression.objects.create(
                customer_id=number, branch_id="B1", manager_id="M1", reason="asked_not_to", day=TODAY
            )
    after = client.get("/loans/due/").content.decode()
    assert 'href="tel:' not in after
    assert "/plan/" in after  # asks the policy itself when it is sent


@pytest.mark.django_db
def test_the_home_page_has_the_first_of_them_and_the_way_to_all(client_of: ClientOf) -> None:
    page = client_of("M1").get("/").content.decode()
    assert 'id="due"' in page
    assert 'href="/loans/due/"' in page
    rows = sorted(expected(), key=lambda row: (row["next_due_date"], -row["balance"], row["note_id"]))
    assert rows[0]["customer_id"] in page.split('id="due"')[1]


@pytest.mark.django_db
def test_a_reader_without_the_right_to_write_is_offered_nothing_and_nobody_sees_another_portfolio(
    client_of: ClientOf,
) -> None:
    told = client_of("A1").get("/loans/due/").content.decode()
    assert 'href="tel:' not in told
    mine = {row["note_id"] for row in expected()}
    other = client_of("M3").get("/loans/due/").content.decode()
    assert not any(f'data-row="{number}"' in other for number in mine)
