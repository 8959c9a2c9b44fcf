"""The board of events: what is open, what somebody took on, put off, closed, or muted for a firm."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from xiaoer.events.left import WRONG
from xiaoer.events.models import Event, EventStep
from xiaoer.events.queries import events
from xiaoer.kit.scope import Scope

OF_THE_RULE = ("muted", "unmuted")
CLOSED = Q(step="closed")
STATES = ("open", "mine", "postponed", "closed", "muted")


def board(scope: Scope, today: date, state: str = "open") -> QuerySet[Event]:
    """Events in scope in a state; what is put off comes back on its day, and a mute ends after its last."""
    rows = events(scope)
    muted = muted_for(scope, today)
    if state == "muted":
        return rows.filter(muted)
    if state == "closed":
        return rows.filter(_stands(scope, CLOSED))
    if state == "postponed":
        return rows.filter(_stands(scope, _later(today)))
    if state == "mine":
        return rows.filter(_stands(scope, Q(step="accepted", owner_id=scope.staff_id)))
    return rows.filter(~_settled(scope, today), ~muted)


def put_away(scope: Scope, today: date) -> int:
    """How many events in scope are not open; asked for by every page."""
    rows, settled = Event.objects.seen_by(scope), _settled(scope, today)
    muted = rows.filter(muted_for(scope, today), ~settled)
    return rows.filter(settled).count() + muted.count()


def closed_ids(scope: Scope) -> QuerySet[Any]:
    """Numbers of events that stand closed as true, whether they are still shown or not."""
    return _latest(scope).filter(CLOSED).exclude(reason=WRONG).values("event_id")


def _later(today: date) -> Q:
    return Q(step="postponed", until_date__gt=today)


def _settled(scope: Scope, today: date) -> Exists:
    return _stands(scope, CLOSED | _later(today))


def taken_on_by(scope: Scope, owner_id: str) -> Q:
    """Events somebody took on; "" for those nobody did."""
    if owner_id:
        return Q(_stands(scope, Q(step="accepted", owner_id=owner_id)))
    return Q(~_stands(scope, Q(step="accepted")))


def owners(scope: Scope) -> list[str]:
    """Whoever took an event on that is still theirs."""
    return sorted(_latest(scope).filter(step="accepted").values_list("owner_id", flat=True).distinct())


def steps_of(scope: Scope, rows: Collection[Event]) -> dict[str, EventStep]:
    """The step that holds for each of some events, a mute of its firm before anything else."""
    numbers, firms = {one.event_id for one in rows}, {one.customer_id for one in rows}
    mine = EventStep.objects.seen_by(scope)
    held = {
        one.event_id: one
        for one in mine.filter(event_id__in=numbers).exclude(step__in=OF_THE_RULE).order_by("pk")
    }
    mutes: Mapping[tuple[str, str], Any] = {
        (one.customer_id, one.rule): one
        for one in mine.filter(customer_id__in=firms, step__in=OF_THE_RULE).order_by("pk")
    }
    muted = {
        one.event_id: mutes[one.customer_id, one.rule] for one in rows if (one.customer_id, one.rule) in mutes
    }
    return held | {number: step for number, step in muted.items() if step.step == "muted"}


def muted_for(scope: Scope, today: date) -> Exists:
    """Events whose rule is muted for their firm."""
    of_rule = EventStep.objects.seen_by(scope).filter(step__in=OF_THE_RULE)
    holds = _none_after(of_rule, "customer_id", "rule").filter(step="muted", until_date__gte=today)
    return Exists(holds.filter(customer_id=OuterRef("customer_id"), rule=OuterRef("rule")))


def _stands(scope: Scope, told: Q) -> Exists:
    """Events whose latest step is such a one: a join, where a list of numbers would be searched for every event."""
    return Exists(_latest(scope).filter(told, event_id=OuterRef("event_id")))


def _latest(scope: Scope) -> QuerySet[Any]:
    """The step that holds for each event."""
    return _none_after(EventStep.objects.seen_by(scope).exclude(step__in=OF_THE_RULE), "event_id")


def _none_after(rows: QuerySet[Any], *by: str) -> QuerySet[Any]:
    """Rows no later one follows; found by index for the few asked about, without sorting all."""
    same = {name: OuterRef(name) for name in by}
    return rows.filter(~Exists(rows.filter(pk__gt=OuterRef("pk"), **same)))
