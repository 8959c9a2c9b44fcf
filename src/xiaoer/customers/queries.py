"""Firms for whoever may see them."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Length

from xiaoer.customers.models import Answer, Firm
from xiaoer.kit.scope import Scope

LAST = "\U0010ffff"  # no character comes after it, so a beginning is a range
SEARCHED = ("name", "pinyin", "initials", "credit_code", "customer_id")
FOUND_AT_MOST = 20
LETTERS_OF_INITIALS = 2
BEGINS = ("name", "customer_id")
HOLDS = (
    Length("name"),
    *BEGINS,
)  # the shortest is the nearest; no index has this order, so that all are read once


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
    """Firms whose name, pinyin, initials, credit code or number begins so, then those that hold it further in.

    Beginnings are ranges, not LIKE: under row-level security only they reach an index. Names begin with their town, so
    the middle is looked through as well; of a whole bank only where no beginning fits.
    """
    found: dict[str, Firm] = {}
    for order, several in zip((BEGINS, HOLDS), _asked_of(scope, text), strict=True):
        for condition in several:
            if len(found) < at_most:
                rows = firms(scope).filter(condition).exclude(customer_id__in=list(found)).order_by(*order)
                found |= {one.customer_id: one for one in rows[: at_most - len(found)]}
    return list(found.values())


def matching(scope: Scope, text: str) -> Q:
    """The same search as one condition, for narrowing a list."""
    joined = Q(pk__in=[]) if text.strip() else Q()
    begins, holds = _asked_of(scope, text)
    for condition in (*begins, *holds):
        joined |= condition
    return joined


def _asked_of(scope: Scope, text: str) -> tuple[list[Q], list[Q]]:
    """What is asked in turn: beginnings, then middles; of a whole bank's firms these only where nothing begins so."""
    typed = "".join(text.split())
    if not typed or not typed.isprintable():
        return [], []  # PostgreSQL takes neither NUL nor half a surrogate
    begins = _beginnings(typed)
    if scope.everything and any(firms(scope).filter(one).exists() for one in begins):
        return begins, []
    return begins, _middles(typed)


def _middles(typed: str) -> list[Q]:
    """The distinctive part of a name; two letters of initials, three of pinyin say enough."""
    if not typed.isascii():
        return [Q(name__contains=typed)]
    columns = ("initials", "pinyin") if len(typed) > LETTERS_OF_INITIALS else ("initials",)
    held = [Q(**{f"{column}__contains": typed.lower()}) for column in columns]
    return [*held, Q(name__icontains=typed)] if len(typed) >= LETTERS_OF_INITIALS else []


def _beginnings(typed: str) -> list[Q]:
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
