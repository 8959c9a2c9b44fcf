"""What was noticed."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from xiaoer.events.models import Event
from xiaoer.kit.published import in_scope
from xiaoer.kit.scope import Scope

URGENCY = {"act": 0, "watch": 1, "note": 2}
OVERLAP = timedelta(seconds=10)  # no record's transaction lives longer: actions.KEEP
ARRIVED_WITHIN = timedelta(hours=12)


def events(scope: Scope) -> QuerySet[Event]:
    """Everything noticed in scope, what to act on first (`urgency` 0), then by due date."""
    ranked = Case(
        *(When(severity=severity, then=Value(rank)) for severity, rank in URGENCY.items()),
        default=Value(len(URGENCY)),
        output_field=IntegerField(),
    )
    return Event.objects.seen_by(scope).annotate(urgency=ranked).order_by("urgency", "due_date", "event_id")


def due_by_day(scope: Scope, first: date, last: date) -> dict[date, int]:
    """How many events are to be acted on by each day."""
    rows = Event.objects.seen_by(scope).filter(due_date__range=(first, last), noticed_at__isnull=True)
    return dict(rows.order_by().values_list("due_date").annotate(Count("pk")))


def by_night(scope: Scope) -> QuerySet[Event]:
    """What the night noticed; it never changes within an edition."""
    return Event.objects.seen_by(scope).filter(noticed_at__isnull=True)


def by_day(scope: Scope) -> QuerySet[Event]:
    """What records told since the night."""
    return Event.objects.seen_by(scope).filter(noticed_at__isnull=False)


def events_of(scope: Scope, customer_id: str) -> QuerySet[Event]:
    """What was noticed about one firm, newest first."""
    return Event.objects.seen_by(scope).filter(customer_id=customer_id).order_by("-event_date", "event_id")


def arrived(scope: Scope, now: datetime, *, after: int = 0, at_most: int) -> list[Event]:
    """What records told lately, newest first: nothing a page that has seen row `after` could have missed is left out.

    Numbers are given when a transaction begins and rows are seen when it ends, so some from just before are told
    again; the page knows them by their numbers.
    """
    rows = Event.objects.filter(in_scope(scope), noticed_at__gte=now - ARRIVED_WITHIN)
    if after and (last := Event.objects.filter(in_scope(scope), pk=after, noticed_at__isnull=False).first()):
        rows = rows.filter(Q(pk__gt=after) | Q(noticed_at__gt=last.noticed_at - OVERLAP))
    return list(rows.order_by("-noticed_at", "-pk")[:at_most])


def arrivals(scope: Scope, numbers: Collection[int]) -> list[Event]:
    """Rows by number, in the order they came."""
    rows = Event.objects.filter(in_scope(scope), pk__in=numbers, noticed_at__isnull=False)
    return list(rows.order_by("noticed_at", "pk"))


def arrived_since(scope: Scope, since: datetime) -> list[int]:
    """Numbers of what records told from an instant on."""
    rows = Event.objects.filter(in_scope(scope), noticed_at__gte=since)
    return list(rows.order_by("noticed_at", "pk").values_list("pk", flat=True))
