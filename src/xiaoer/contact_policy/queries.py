"""Who is not to be approached."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from xiaoer.contact_policy.models import Suppression
from xiaoer.kit.scope import Scope


def standing(scope: Scope, customer_ids: Collection[str], today: date) -> QuerySet[Suppression]:
    """Stops that hold for some firms today, newest first."""
    holds = Q(until_date__isnull=True) | Q(until_date__gte=today)
    rows = Suppression.objects.seen_by(scope).filter(holds, customer_id__in=customer_ids)
    return rows.order_by("-since_at", "-pk")


def stopped(scope: Scope, customer_ids: set[str], today: date) -> set[str]:
    """Those of these firms with a stop on every channel."""
    holds = Q(until_date__isnull=True) | Q(until_date__gte=today)
    rows = Suppression.objects.seen_by(scope).filter(holds, channel="", customer_id__in=customer_ids)
    return set(rows.values_list("customer_id", flat=True))
