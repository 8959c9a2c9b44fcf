"""What was noticed."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from xiaoer.events.models import Event
from xiaoer.kit.scope import Scope

URGENCY = {"act": 0, "watch": 1, "note": 2}


def events(scope: Scope) -> QuerySet[Event]:
    """Everything noticed in scope, what to act on first (`urgency` 0), then by due date."""
    ranked = Case(
        *(When(severity=severity, then=Value(rank)) for severity, rank in URGENCY.items()),
        default=Value(len(URGENCY)),
        output_field=IntegerField(),
    )
    return Event.objects.seen_by(scope).annotate(urgency=ranked).order_by("urgency", "due_date", "event_id")


def events_of(scope: Scope, customer_id: str) -> QuerySet[Event]:
    """What was noticed about one firm, newest first."""
    return Event.objects.seen_by(scope).filter(customer_id=customer_id).order_by("-event_date", "event_id")
