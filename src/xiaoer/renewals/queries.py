"""Maturing notes with evidence, and the three no's, always for somebody's scope."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Sum

from xiaoer.kit.scope import Scope
from xiaoer.renewals.models import Evidence, Promise, Renewal


def renewals(scope: Scope) -> QuerySet[Any]:
    """Work items, the first to end first."""
    return Renewal.objects.seen_by(scope).order_by("due_date", "-balance", "note_id")


def renewal(scope: Scope, note_id: str) -> Any:
    """One work item, or None."""
    return renewals(scope).filter(note_id=note_id).first()


def evidence(scope: Scope, note_ids: Iterable[str]) -> dict[str, list[Any]]:
    """By note what people brought, oldest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    for one in Evidence.objects.seen_by(scope).filter(note_id__in=list(note_ids)).order_by("at", "pk"):
        found[one.note_id].append(one)
    return found


def promises(scope: Scope) -> list[dict[str, Any]]:
    """By month and kind: loans, days, amount; the latest month first."""
    rows = Promise.objects.seen_by(scope).values("month", "kind")
    added = rows.annotate(loans_sum=Sum("loans"), days_sum=Sum("days"), amount_sum=Sum("amount"))
    return list(added.order_by("-month", "kind"))
