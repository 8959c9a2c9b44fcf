"""Firms for whoever may see them."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from xiaoer.customers.models import Answer, Firm
from xiaoer.kit.scope import Scope

LAST = "\U0010ffff"  # no character comes after it, so a beginning is a range
SEARCHED = ("name", "pinyin", "initials", "credit_code", "customer_id")
FOUND_AT_MOST = 20


def firms(scope: Scope) -> QuerySet[Firm]:
    """Every firm in scope; filters and order are the list's business."""
    return Firm.objects.seen_by(scope)


def firm(scope: Scope, customer_id: str) -> Firm | None:
    """One firm, or None when there is none or somebody else answers for it."""
    return firms(scope).filter(customer_id=customer_id).first() if customer_id.isprintable() else None


def firms_by_number(scope: Scope, customer_ids: set[str]) -> dict[str, Firm]:
    """Firms by number; those out of scope are left out."""
    return {one.customer_id: one for one in firms(scope).filter(customer_id__in=customer_ids)}


def turns_by_day(scope: Scope, first: date, last: date) -> dict[date, int]:
    """How many firms have their turn by the contact plan on each day."""
    rows = firms(scope).filter(next_due_date__range=(first, last)).order_by()
    return dict(rows.values_list("next_due_date").annotate(Count("pk")))


def cells(scope: Scope) -> list[dict[str, Any]]:
    """Firms of each cell of the grid: value_band, size_band, how many `firms`, their contribution in fen."""
    grouped = firms(scope).order_by().values("value_band", "size_band")
    return [dict(one) for one in grouped.annotate(firms=Count("pk"), contribution=Sum("contribution_12m"))]


def tier_moves(scope: Scope) -> dict[tuple[str, str], int]:
    """How many firms went from a tier ("" where not known the night before) to tonight's."""
    grouped = firms(scope).order_by().values("tier_before", "tier").annotate(firms=Count("pk"))
    return {(one["tier_before"], one["tier"]): one["firms"] for one in grouped}


def answers(scope: Scope, customer_id: str) -> dict[str, Answer]:
    """What was last answered of a firm, by fact."""
    rows = Answer.objects.seen_by(scope).filter(customer_id=customer_id).order_by("pk")
    return {one.fact: one for one in rows}


def search(scope: Scope, text: str, *, at_most: int = FOUND_AT_MOST) -> list[Firm]:
    """Firms whose name, pinyin, initials, credit code or number begins so, each column asked by its index.

    Ranges, not LIKE: under row-level security only they reach an index.
    """
    found: dict[str, Firm] = {}
    for condition in _beginnings(text):
        for one in firms(scope).filter(condition).order_by("name", "customer_id")[: at_most - len(found)]:
            found.setdefault(one.customer_id, one)
        if len(found) >= at_most:
            break
    return list(found.values())


def matching(scope: Scope, text: str) -> Q:  # noqa: ARG001  the list it narrows is in scope already
    """The same search as one condition, for narrowing a list."""
    joined = Q(pk__in=[]) if text.strip() else Q()
    for condition in _beginnings(text):
        joined |= condition
    return joined


def _beginnings(text: str) -> list[Q]:
    typed = "".join(text.split())
    if not typed or not typed.isprintable():
        return []  # PostgreSQL takes neither NUL nor half a surrogate
    if not typed.isascii():
        return [_between("name", typed)]
    upper, lower = typed.upper(), typed.lower()
    return [
        _between("initials", lower),
        _between("pinyin", lower),
        _between("credit_code", upper),
        _between("customer_id", upper),
        _between("name", typed),
    ]


def _between(column: str, start: str) -> Q:
    return Q(**{f"{column}__gte": start, f"{column}__lt": start + LAST})
