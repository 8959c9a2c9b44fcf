"""Firms of which somebody said why they left or are leaving."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from xiaoer.events.board import closed_ids
from xiaoer.events.models import Departure
from xiaoer.kit.scope import Scope


def departures(scope: Scope, first: date, last: date) -> QuerySet[Departure]:
    """What was said in a span, both ends included: a firm once, by the last word on it.

    What was said of an event that somebody opened again does not count.
    """
    mine = Departure.objects.seen_by(scope).filter(event_id__in=closed_ids(scope))
    last_word = mine.filter(day__lte=last).order_by("customer_id", "-pk").distinct("customer_id").values("pk")
    return mine.filter(pk__in=last_word, day__gte=first).order_by("-day", "-pk")


def why_of(scope: Scope, event_ids: Collection[str]) -> dict[str, str]:
    """Why the firms of some events left, by the number of the event; the last word."""
    rows = Departure.objects.seen_by(scope).filter(event_id__in=event_ids).order_by("pk")
    return dict(rows.values_list("event_id", "why"))
