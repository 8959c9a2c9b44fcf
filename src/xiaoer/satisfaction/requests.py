"""Requests and complaints of firms as they stand now: the file's word, and what the desk did since."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, DateField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from xiaoer.kit.scope import Scope
from xiaoer.satisfaction.models import Request, RequestStep
from xiaoer.satisfaction.terms import TURNS, Deed, State

OWNED = (Deed.TAKEN, Deed.HANDED)
OPEN = Q(state__in=[State.OPEN, State.SOLVED])
TOLD_CLOSED = Q(status=State.CLOSED) & ~Q(
    turned=Deed.REOPENED,
    turned_day__isnull=False,
    turned_day__gte=Coalesce("closed_date", "requested_date"),
)


def requests(scope: Scope) -> QuerySet[Any]:
    """Every request in scope with `state`, `held_by`, `act_by` (its deadline) and `ended_date` as they stand now.

    A file that says closed outweighs the desk, unless somebody opened it again on that day or later.
    """
    return _whole(_standing(scope), scope)


def unclosed(scope: Scope) -> QuerySet[Any]:
    """Those that are not closed, with all that `requests` tells of them."""
    return _whole(_still_open(scope), scope)


def _whole(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """Standing ones, with who holds them, by when, and the day they ended."""
    return rows.annotate(
        held_by=Coalesce(_latest(scope, OWNED, "owner_id"), "owner_id"),
        act_by=Coalesce(_latest(scope, (Deed.DUE,), "due_date"), "due_date", output_field=DateField()),
        ended_date=Case(
            When(TOLD_CLOSED, then=F("closed_date")),
            When(turned=Deed.CONFIRMED, then=F("turned_day")),
            default=None,
            output_field=DateField(),
        ),
    )


def _standing(scope: Scope) -> QuerySet[Any]:
    """Every request with its state: what every page asks, so no more than that needs."""
    turned, turned_day = _latest(scope, TURNS, "step"), _latest(scope, TURNS, "day")
    return (
        Request.objects.seen_by(scope)
        .annotate(turned=turned, turned_day=turned_day)
        .annotate(
            state=Case(
                When(TOLD_CLOSED, then=Value(State.CLOSED.value)),
                When(turned=Deed.CONFIRMED, then=Value(State.CLOSED.value)),
                When(turned=Deed.SOLVED, then=Value(State.SOLVED.value)),
                default=Value(State.OPEN.value),
                output_field=CharField(),
            )
        )
    )


def _still_open(scope: Scope) -> QuerySet[Any]:
    """Those that are not closed; the many that the file closed and nobody touched are not even looked at."""
    again = RequestStep.objects.seen_by(scope).filter(step=Deed.REOPENED).values("request_id")
    return _standing(scope).filter(Q(status=State.OPEN) | Q(request_id__in=again)).filter(OPEN)


def _latest(scope: Scope, deeds: Iterable[Deed], field: str) -> Subquery:
    steps = RequestStep.objects.seen_by(scope).filter(request_id=OuterRef("request_id"), step__in=list(deeds))
    return Subquery(steps.order_by("-pk").values(field)[:1])


def request(scope: Scope, request_id: str) -> Request | None:
    """One request, None out of scope."""
    return requests(scope).filter(request_id=request_id).first()


def open_of(scope: Scope, customer_id: str) -> list[Request]:
    """What of a firm is not closed, complaints first, then by deadline."""
    rows = unclosed(scope).filter(customer_id=customer_id)
    return sorted(rows, key=lambda one: (one.kind != "complaint", one.act_by, one.request_id))  # type: ignore[attr-defined]


def open_count(scope: Scope) -> int:
    """How many in scope are not closed."""
    return _still_open(scope).count()


def open_complaints(scope: Scope, customer_ids: Collection[str]) -> list[tuple[str, date]]:
    """Firm and day of every complaint that is not closed: the red line asks, at every path and at the moment itself."""
    rows = _still_open(scope).filter(kind="complaint", customer_id__in=list(customer_ids))
    return list(rows.order_by("requested_date", "pk").values_list("customer_id", "requested_date"))


def steps(scope: Scope, request_ids: Collection[str]) -> list[RequestStep]:
    """What was done with some requests, in order."""
    return list(RequestStep.objects.seen_by(scope).filter(request_id__in=list(request_ids)).order_by("pk"))


def words(scope: Scope, request_ids: Collection[str]) -> dict[str, str]:
    """What the firm said, of those written down at the desk."""
    found = RequestStep.objects.seen_by(scope).filter(step=Deed.RECORDED, request_id__in=list(request_ids))
    return dict(found.values_list("request_id", "words"))


def owners(scope: Scope) -> set[str]:
    """Whoever answers for something open."""
    return set(unclosed(scope).values_list("held_by", flat=True).distinct()) - {""}


@dataclass(frozen=True)
class Cause:
    """One request received in a month: its cause and, once closed, whether in time and after how many days."""

    month: date
    kind: str
    topic: str
    ended: bool
    in_time: bool
    days: int | None


def causes(scope: Scope, first: date) -> list[Cause]:
    """Everything received from a day on, oldest first."""
    rows = requests(scope).filter(requested_date__gte=first).order_by("requested_date", "pk")
    return [_cause(one) for one in rows]


def _cause(one: Any) -> Cause:
    ended = one.ended_date
    return Cause(
        one.requested_date.replace(day=1),
        one.kind,
        one.topic or "other",
        one.state == State.CLOSED,
        ended is not None and ended <= one.act_by,
        (ended - one.requested_date).days if ended else None,
    )
