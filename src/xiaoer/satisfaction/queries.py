"""Surveys asked and answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from xiaoer.kit.scope import Scope
from xiaoer.satisfaction.models import Survey

SUMS = {
    "n_asked": Count("pk"), "n_answered": Count("pk", filter=Q(score__isnull=False)), "mean_score": Avg("score"),
}  # fmt: skip


@dataclass(frozen=True)
class Rate:
    """How many were asked and answered, and the mean score; of one member of staff or product, or of all ("")."""

    of: str
    asked: int
    answered: int
    mean: float | None

    @property
    def share(self) -> float | None:
        return self.answered / self.asked if self.asked else None


def surveys(scope: Scope) -> QuerySet[Survey]:
    """Every survey in scope."""
    return Survey.objects.seen_by(scope)


def waiting(scope: Scope, today: date) -> QuerySet[Survey]:
    """Still open and unanswered, the first to close first."""
    return surveys(scope).filter(score__isnull=True, until_date__gte=today).order_by("until_date", "pk")


def answered(scope: Scope, since: date) -> QuerySet[Survey]:
    """Answered from a day on, the newest first."""
    return surveys(scope).filter(answered_date__gte=since).order_by("-answered_at", "-pk")


def of_firm(scope: Scope, customer_id: str, *, at_most: int) -> list[Survey]:
    """What a firm answered, the newest first."""
    rows = surveys(scope).filter(customer_id=customer_id, score__isnull=False)
    return list(rows.order_by("-answered_at", "-pk")[:at_most])


def asked_of_each(scope: Scope, customer_ids: Collection[str], since: date) -> list[tuple[str, date, str]]:
    """Firm, day and way of every survey sent from a day on: the red line counts them."""
    rows = surveys(scope).filter(customer_id__in=list(customer_ids), day__gte=since).order_by("day", "pk")
    return list(rows.values_list("customer_id", "day", "channel"))


def rates(scope: Scope, today: date, *, days: int) -> list[Rate]:
    """The response of so many days, all together first, then by member of staff, most asked first."""
    rows = surveys(scope).filter(day__gt=today - timedelta(days=days)).order_by()
    by_staff = _each(rows, "judged_id")
    whole = _rate(rows.aggregate(**SUMS), "")
    return [whole, *by_staff]


def by_product(scope: Scope, today: date, *, days: int) -> list[Rate]:
    """The response of so many days by product, most asked first; contacts that offered nothing are left out."""
    rows = surveys(scope).filter(day__gt=today - timedelta(days=days)).exclude(product_id="").order_by()
    return _each(rows, "product_id")


def _each(rows: QuerySet[Survey], column: str) -> list[Rate]:
    found = [_rate(one, one[column]) for one in rows.values(column).annotate(**SUMS).order_by(column)]
    return sorted(found, key=lambda one: -one.asked)


def _rate(row: Mapping[str, Any], of: str) -> Rate:
    return Rate(of, row["n_asked"], row["n_answered"], row["mean_score"])


def by_key(scope: Scope, key: str) -> Survey | None:
    """One survey by the key of its link."""
    return surveys(scope).filter(key=key).first()
