"""What two persons adopted on a day, rules and figures: the night before knows nothing of it, the next one goes by it.

And what somebody closed, put off or muted stays so in the nights after, for as long as the matter lasts.
"""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.events.test_bank_rules import EXAMPLE
from xiaoer.events import adopting
from xiaoer.events.board import board
from xiaoer.events.handling import Deed, handle
from xiaoer.events.handling import Wanted as Step
from xiaoer.events.written import written
from xiaoer.kit.adopted.actions import approve, ask
from xiaoer.kit.adopted.terms import Wanted
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.settings import Settings, settings
from xiaoer.kit.text import say
from xiaoer.trials.families import HOLD_OUTS
from xiaoer.workbench.policy_trial import POLICY

pytestmark = pytest.mark.xdist_group("house")

CHECKOUT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 30)  # after the world's, so that nothing goes backwards
NEXT = DAY + timedelta(days=1)
TEXT = EXAMPLE | {
    "condition": "sales_12m > 0", "stake": "sales_12m", "severity": "act", "population": {},
    "zh": "近 12 个月开票 {sales_12m}", "en": "{sales_12m} of sales in 12 months",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan
    from xiaoer.sources.intake import load_bank, receive

    simulate(Plan(40, 2, 11, DAY), tmp_path / "bank", lambda _: None)
    received = receive(CHECKOUT / "mappings" / "simulator.toml", tmp_path / "bank", tmp_path / "inbox")
    load_bank(received, Lake(tmp_path / "lake"), DuckEngine(tmp_path / "scratch"), DAY)
    return replace(settings(), home=tmp_path)


def scope_of(staff: str, *rights: str) -> Scope:
    from xiaoer.kit.published import pointer

    return Scope(staff, everything=True, rights=frozenset(rights), edition=pointer("owner").edition)


def adopted(**changes: Any) -> str:
    analyst, manager = scope_of("W1", "rules.write"), scope_of("W2", "rules.adopt")
    with acting_as(analyst):
        code = str(adopting.write(analyst, written(TEXT | changes), NEXT).rule)
        adopting.propose(analyst, code, NEXT)
    with acting_as(manager):
        adopting.adopt(manager, code, NEXT)
    return code


def muted() -> None:
    with acting_as(manager := scope_of("W2", "rules.adopt")):
        adopting.mute(manager, "main_buyer_new", NEXT, "tried in a test", NEXT)


def stops_for_a_night(home: Settings, firm: str) -> str:
    """A condition that holds for a firm on NEXT, not on the day after, and again on the third."""
    (path,) = (home.home / "nights" / DAY.isoformat()).glob("*/firms.parquet")
    known = {row["customer_id"]: row["days_since_sale"] for row in pq.read_table(path).to_pylist()}
    return f"days_since_sale < {known[firm] + 2}天 or days_since_sale > {known[firm] + 2}天"


def a_seller(home: Settings) -> str:
    (path,) = (home.home / "nights" / DAY.isoformat()).glob("*/firms.parquet")
    found = [row for row in pq.read_table(path).to_pylist() if not row["closed"] and row["sales_12m"]]
    return str(min(found, key=lambda row: (row["days_since_sale"], row["customer_id"]))["customer_id"])


def numbers(code: str) -> dict[str, str]:
    return {one.customer_id: one.event_id for one in shown(code)[0]}


def handled(events: list[str], deed: Deed, **told: Any) -> None:
    with acting_as(scope := scope_of("W3", "contacts.write")):
        assert handle(scope, events, Step(deed, **told), NEXT) == len(events)


def on_the_board(code: str, day: date) -> set[str]:
    with acting_as(scope := scope_of("W3", "firms.read")):
        return {one.customer_id for one in board(scope, day) if one.rule == code}


def lasts(home: Settings, code: str, watched: str, flickers: str, firm: str) -> None:
    """Handled on NEXT; published on the night after it; noticed on the third, and noticed again."""
    from xiaoer.nightly.night import run_night

    first, of_watch, of_flicker = numbers(code), numbers(watched), numbers(flickers)
    closed, later, open_one = sorted(first)[:3]
    handled([first[closed]], Deed.CLOSED, reason="known")
    handled([first[later]], Deed.POSTPONED, until=NEXT + timedelta(days=30))
    handled([of_watch[closed]], Deed.MUTED, until=NEXT + timedelta(days=30), reason="not for this firm")
    day = NEXT + timedelta(days=1)
    run_night(home, day)
    events, offers = shown(code)
    assert numbers(code) == first, "the same matters, the same numbers"
    assert {one.event_date for one in events} == {NEXT}
    asked, board_now = {one.customer_id for one in offers}, on_the_board(code, day)
    assert not asked & {closed, later}, "nobody is asked for what was closed or put off"
    assert open_one in board_now
    assert not board_now & {closed, later}
    assert numbers(watched) == {one: of_watch[one] for one in of_watch if one != closed}, "muted"
    due = {one.customer_id: one.due_date for one in events}
    assert due[later] > NEXT + timedelta(days=30), "counted from the day it was put off to"
    assert firm not in numbers(flickers), "it stopped"
    third = noticed(home, NEXT + timedelta(days=2))
    assert third[code] == first
    assert third[watched] == numbers(watched)
    assert third[flickers][firm] != of_flicker[firm], "it came again: another matter"


def noticed(home: Settings, day: date) -> dict[str, dict[str, str]]:
    """A night up to the step that notices, and that step once more: numbers of events by rule and firm."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.gathering import gather
    from xiaoer.nightly.plan import ORDER, PLAN
    from xiaoer.nightly.run import Night

    lake, folder = Lake(home.lake), home.home / "nights" / day.isoformat() / "run"
    gather(lake, day)
    night = Night(day, "run", lake, DuckEngine(home.home / "scratch"), folder, home.home / "models")
    steps = PLAN[: ORDER.index("offers")]
    for step in steps:
        step.work(night)
    events = night.rows_of("events")
    steps[-1].work(night)
    assert night.rows_of("events").equals(events), "the same night again"
    found: dict[str, dict[str, str]] = {}
    for row in events.to_pylist():
        found.setdefault(row["rule"], {})[row["customer_id"]] = row["event_id"]
    return found


def half_left_alone() -> None:
    """From the next day on half the firms of the contact plan are left alone, and those reached rest for a day."""
    rights = ("holdouts.ask", "holdouts.adopt", "policy.ask", "policy.adopt")
    asks, adopts = scope_of("W1", *rights), scope_of("W2", *rights)
    for subject, figures in ((HOLD_OUTS, {"holdout_contact_plan": 50}), (POLICY, {"rest_days": 1})):
        with acting_as(asks):
            case = ask(asks, subject, Wanted(figures, NEXT, "tried in a test"), DAY).case
        with acting_as(adopts):
            approve(adopts, subject, case, "agreed in a test", DAY)


def arms_of(home: Settings) -> list[dict[str, Any]]:
    (path,) = (home.home / "nights" / NEXT.isoformat()).glob("*/measured.parquet")
    return [row for row in pq.read_table(path).to_pylist() if row["family"] == "contact_plan"]


def shown(code: str) -> tuple[list[Any], list[Any]]:
    from xiaoer.events.models import Event
    from xiaoer.kit.published import pointer
    from xiaoer.offers.models import Proposal

    edition = pointer("owner").edition
    events = list(Event.objects.using("owner").at(edition).filter(rule=code))
    offers = Proposal.objects.using("owner").at(edition)
    return events, [one for one in offers if one.goal and code in json.dumps(one.goal)]


def test_the_next_night_fires_it_and_the_morning_list_has_it(own_world: str, home: Settings) -> None:
    from xiaoer.nightly.night import run_night

    half_left_alone()
    first = run_night(home, DAY)
    code, watched = adopted(), adopted(severity="watch")
    firm = a_seller(home)
    flickers = adopted(condition=stops_for_a_night(home, firm), stands_days=0, severity="watch")
    muted()
    assert run_night(home, DAY)["run_id"] == first["run_id"], "a night that is shown stays as it was"
    assert shown(code) == ([], [])
    run_night(home, NEXT)
    events, offers = shown(code)
    assert events
    assert offers, "on somebody's morning"
    assert all(one.severity == "act" and one.amount > 0 and one.event_date == NEXT for one in events)
    assert not shown("main_buyer_new")[0], "muted"
    later = [row for row in arms_of(home) if row["dealt_date"] == NEXT]
    assert {row["held_share"] for row in later} == {0.5}, "dealt anew from the day the share holds"
    assert {row["held_share"] for row in arms_of(home) if row["dealt_date"] != NEXT} <= {0.05}
    with acting_as(scope_of("W2", "firms.read")):
        assert "个月开票" in say(events[0].because[0], "zh")
        assert say(offers[0].goal, "en") == EXAMPLE["goal_en"]
    lasts(home, code, watched, flickers, firm)
