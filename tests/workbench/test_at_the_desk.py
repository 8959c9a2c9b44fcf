"""What somebody at the desk meets with: nothing that cannot be done, ways on from where one stands, ways back."""

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client

from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.trials.terms import TrialState
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.gathering import minutes_of
from xiaoer.workbench.shown import contact_report, effects, model_words, month, rules, week

Signed = Callable[[str], Client]
TODAY = date(2026, 11, 20)


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.django_db
def test_whoever_records_nothing_is_offered_no_button_for_it(client_of: Signed) -> None:
    assert "data-record" in page(client_of("M1"), "/")
    seen = page(client_of("A1"), "/")
    assert 'class="who"' in seen
    assert "data-record" not in seen
    assert "data-postpone" not in seen


@pytest.mark.django_db
def test_an_hour_leads_to_the_firms_that_ask_for_it(client_of: Signed) -> None:
    assert 'href="/firms/?manager=M1"' in page(client_of("H1"), "/capacity/")
    whole, one = (page(client_of("H1"), f"/firms/{asked}") for asked in ("", "?manager=M1"))
    assert "?manager=M2" in whole
    assert _firms(one) < _firms(whole)
    assert "?manager=" not in page(client_of("M1"), "/firms/")


def _firms(text: str) -> int:
    found = re.search(r"<h1>([\d,]+)", text)
    assert found
    return int(found[1].replace(",", ""))


@pytest.mark.django_db
def test_a_pool_has_the_minutes_it_was_planned_with(scope_of: Callable[[str], Scope]) -> None:
    scope = scope_of("H1")
    with acting_as(scope):
        assert minutes_of(Desk(scope, TODAY, TODAY), ["M1", "pool:B1"]) == {"M1": 360, "pool:B1": 390}


@pytest.mark.django_db
def test_what_belongs_to_another_place_says_where_one_is(client_of: Signed) -> None:
    assert re.search(r'href="/calendar/" aria-current="page"', page(client_of("M1"), "/absences/"))
    assert "<title>休假" in page(client_of("M1"), "/absences/new/")


@pytest.mark.django_db
def test_another_post_s_page_says_so(client_of: Signed) -> None:
    answer = client_of("M1").get("/models/")
    assert answer.status_code == 403
    assert "你的岗位不含这一项" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "address"), [("day", "?day=2026-11-20"), ("week", ""), ("month", "?month=2026-11")]
)
def test_the_way_back_to_now(kind: str, address: str) -> None:
    assert week.now(kind, TODAY).address == f"/calendar/{address}"


def test_a_day_of_the_calendar_has_its_date() -> None:
    one = week.Span((week.Day(date(2026, 11, 21), (), 0),), (), TODAY, is_day=True)
    assert "21" in one.title
    assert month.Month(TODAY.replace(day=1), (), TODAY).now.address == "/calendar/?month=2026-11"


def test_nothing_is_said_of_a_share_of_nobody() -> None:
    whole = contact_report.Sums(planned=3)
    report = contact_report.Report(SimpleNamespace(), "rule", (), whole, SimpleNamespace(), TODAY)  # type: ignore[arg-type]
    assert "—" not in "".join(one["note"] for one in report.tiles)


def test_what_can_be_told_apart_stands_first() -> None:
    states = (TrialState.COLLECTING, TrialState.INCONCLUSIVE, TrialState.SEPARATED)
    lines = [SimpleNamespace(found=SimpleNamespace(state=one)) for one in states]
    assert [one.found.state for one in effects.telling_first(lines)] == list(reversed(states))  # type: ignore[arg-type]


def test_a_column_that_says_nothing_is_left_out() -> None:
    ours = rules.Line("r", "R", "product", ("used",), "act", "", 3)
    plain = {one.key for one in rules.rules({}, [ours]).columns}
    assert {"who", "since", "origin"} & plain == set()
    own = rules.Line("b", "B", "bank", ("draft",), "act", "", 0, who="沈思远", since_date=TODAY)
    assert {"who", "since", "origin"} <= {one.key for one in rules.rules({}, [ours, own]).columns}


@pytest.mark.parametrize(
    ("split", "told"), [("20 × 5-fold, stratified, out of fold", "20"), ("out of time: trained", "")]
)
def test_parts_held_out_in_turn_are_said_in_words(split: str, told: str) -> None:
    words = model_words.folds(split)
    assert told in words
    assert "stratified" not in words
