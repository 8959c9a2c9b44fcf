"""Guarantees as published, always for somebody's scope."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from xiaoer.kit.scope import Scope
from xiaoer.network.models import Guarantee, Surety


def guarantees_of(scope: Scope, customer_id: str) -> list[Any]:
    """A firm's guarantees, taken and given."""
    return list(
        Guarantee.objects.seen_by(scope).filter(customer_id=customer_id).order_by("guarantee_id", "side")
    )


def sureties(scope: Scope) -> QuerySet[Any]:
    """Firms that are guaranteed or guarantee."""
    return Surety.objects.seen_by(scope)


def surety(scope: Scope, customer_id: str) -> Any:
    """A firm's place among guarantees, or None where it has none."""
    return sureties(scope).filter(customer_id=customer_id).first()


def in_rings(scope: Scope) -> list[Any]:
    """Firms that stand for one another, ring by ring."""
    return list(sureties(scope).exclude(ring="").order_by("ring", "customer_id"))


def largest(scope: Scope, at_most: int) -> list[Any]:
    """Firms that stand for most."""
    return list(sureties(scope).filter(debtors__gt=0).order_by("-stands_for_amount", "customer_id")[:at_most])


def weak(scope: Scope) -> QuerySet[Any]:
    """Guarantees of firms in scope whose guarantor is past due itself, or below class normal; the largest first."""
    troubled = Q(other_days_past_due__gt=0) | ~Q(other_class__in=("", "normal"))
    rows = Guarantee.objects.seen_by(scope).filter(troubled, side="debtor")
    return rows.order_by(F("counted_amount").desc(), "guarantee_id")


def totals(scope: Scope) -> dict[str, int]:
    """Guaranteed firms, what they owe, what of it is guaranteed, what firms here stand for; fen."""
    taken = Q(guarantors__gt=0)
    found = sureties(scope).aggregate(
        firms=Count("pk", filter=taken),
        balance=Sum("balance", filter=taken),
        covered=Sum("covered_amount", filter=taken),
        stands_for=Sum("stands_for_amount"),
    )
    return {name: value or 0 for name, value in found.items()}
