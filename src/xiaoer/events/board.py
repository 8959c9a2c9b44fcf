"""The board of events: what is open, what somebody took on, put off, closed, or muted for a firm."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from xiaoer.events.models import Event, EventStep
from xiaoer.events.queries import events
from xiaoer.kit.scope import Scope

OF_THE_RULE = ("muted", "unmuted")
STATES = ("open", "mine", "postponed", "closed", "muted")


def board(scope: Scope, today: date, state: str = "open") -> QuerySet[Event]:
    """Events in scope in a state; what is put off comes back on its day, and a mute ends after its last."""
    rows = events(scope)
    muted = muted_for(scope, today)
    if state == "muted":
        return rows.filter(muted)
    if state == "closed":
        return rows.filter(event_id__in=_latest(scope, step="closed"))
    if state == "postponed":
        return rows.filter(event_id__in=_latest(scope, step="postponed", until_date__gt=today))
    if state == "mine":
        return rows.filter(event_id__in=_latest(scope, step="accepted", owner_id=scope.staff_id))
    return rows.exclude(_settled(scope, today)).exclude(muted)


def put_away(scope: Scope, today: date) -> int:
    """How many events in scope are not open; asked for by every page, so it looks at what was handled alone."""
    rows, settled = Event.objects.seen_by(scope), _settled(scope, today)
    firms = EventStep.objects.seen_by(scope).filter(step="muted", until_date__gte=today).values("customer_id")
    muted = rows.filter(customer_id__in=firms).filter(muted_for(scope, today)).exclude(settled)
    return rows.filter(settled).count() + muted.count()


def closed_ids(scope: Scope) -> QuerySet[Any]:
    """Numbers of events that stand closed, whether they are still shown or not."""
    return _latest(scope, step="closed")


def _settled(scope: Scope, today: date) -> Q:
    away = Q(event_id__in=_latest(scope, step="closed"))
    return away | Q(event_id__in=_latest(scope, step="postponed", until_date__gt=today))


def taken_on_by(scope: Scope, owner_id: str) -> Q:
    """Events somebody took on; "" for those nobody did."""
    if owner_id:
        return Q(event_id__in=_latest(scope, step="accepted", owner_id=owner_id))
    return ~Q(event_id__in=_latest(scope, step="accepted"))


def owners(scope: Scope) -> list[str]:
    """Whoever took an event on that is still theirs."""
    latest = _latest_steps(EventStep.objects.seen_by(scope).exclude(step__in=OF_THE_RULE), "event_id")
    found = EventStep.objects.seen_by(scope).filter(pk__in=latest, step="accepted")
    return sorted(found.values_list("owner_id", flat=True).distinct())


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


def muted_for(scope: Scope, today: date) -> Q:
    """Events whose rule is muted for their firm."""
    of_rule = EventStep.objects.seen_by(scope).filter(step__in=OF_THE_RULE)
    latest = _latest_steps(of_rule, "customer_id", "rule")
    holds = of_rule.filter(pk__in=latest, step="muted", until_date__gte=today)
    return Q(Exists(holds.filter(customer_id=OuterRef("customer_id"), rule=OuterRef("rule"))))


def _latest(scope: Scope, **told: Any) -> QuerySet[Any]:
    """Numbers of the events whose latest step is such a one."""
    of_event = EventStep.objects.seen_by(scope).exclude(step__in=OF_THE_RULE)
    return of_event.filter(pk__in=_latest_steps(of_event, "event_id"), **told).values("event_id")


def _latest_steps(rows: QuerySet[Any], *by: str) -> QuerySet[Any]:
    return rows.order_by(*by, "-pk").distinct(*by).values("pk")
