"""Contacts had and contacts planned."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from xiaoer.contacts.models import Contact, Task
from xiaoer.kit.scope import Scope

SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class Entry:
    """One line of a firm's story: a contact had, or a task planned."""

    day: date
    contact: Contact | None = None
    task: Task | None = None


def contacts_with(scope: Scope, customer_id: str) -> QuerySet[Contact]:
    """Every contact with a firm, newest first."""
    return Contact.objects.seen_by(scope).filter(customer_id=customer_id).order_by("-at", "-pk")


def contacts_with_each(
    scope: Scope, customer_ids: Collection[str], *, at_most: int
) -> dict[str, list[Contact]]:
    """The last contacts with some firms, newest first, at most so many of each."""
    rows = Contact.objects.seen_by(scope).filter(customer_id__in=customer_ids).order_by("-at", "-pk")
    found: dict[str, list[Contact]] = {}
    for row in rows:
        mine = found.setdefault(row.customer_id, [])
        if len(mine) < at_most:
            mine.append(row)
    return found


def planned_with(scope: Scope, customer_ids: Collection[str], after: date) -> list[Task]:
    """Open tasks of some firms that fall due after a day, the first first."""
    rows = Task.objects.seen_by(scope).filter(customer_id__in=customer_ids, status="open", due_date__gt=after)
    return list(rows.order_by("due_date", "pk"))


def tasks_for(scope: Scope, customer_id: str) -> QuerySet[Task]:
    """Everything planned for a firm, what comes first first."""
    return Task.objects.seen_by(scope).filter(customer_id=customer_id).order_by("due_date", "pk")


def timeline(scope: Scope, customer_id: str, *, at_most: int = SHOWN_AT_MOST) -> list[Entry]:
    """Contacts had and tasks still open, the furthest ahead first."""
    had = [Entry(one.day, contact=one) for one in contacts_with(scope, customer_id)[:at_most]]
    planned = tasks_for(scope, customer_id).filter(status="open")[:at_most]
    return sorted(
        [*(Entry(one.due_date, task=one) for one in planned), *had], key=lambda e: e.day, reverse=True
    )[:at_most]


def task(scope: Scope, task_id: int) -> Task | None:
    """One task."""
    return Task.objects.seen_by(scope).filter(pk=task_id).first()


def promises(scope: Scope, until_date: date, *, staff_ids: Collection[str] = ()) -> QuerySet[Task]:
    """Open tasks due up to a day, the oldest first; of these members of staff, or everybody in scope."""
    rows = Task.objects.seen_by(scope).filter(status="open", due_date__lte=until_date)
    return _of(rows, staff_ids).order_by("due_date", "pk")


def promised_at(scope: Scope, branch_ids: Collection[str]) -> set[str]:
    """Firms of some branches to which somebody promised something that is still open."""
    rows = Task.objects.seen_by(scope).filter(branch_id__in=branch_ids, status="open")
    return set(rows.values_list("customer_id", flat=True))


def planned_between(
    scope: Scope, first: date, last: date, *, staff_ids: Collection[str] = ()
) -> QuerySet[Task]:
    """Open and kept tasks of a span of days, both ends included."""
    rows = Task.objects.seen_by(scope).filter(due_date__range=(first, last)).exclude(status="dropped")
    return _of(rows, staff_ids).order_by("due_date", "pk")


def contacts_between(
    scope: Scope, first: date, last: date, *, staff_ids: Collection[str] = ()
) -> QuerySet[Contact]:
    """Contacts had in a span of days, both ends included."""
    rows = Contact.objects.seen_by(scope).filter(day__range=(first, last))
    return (rows.filter(staff_id__in=staff_ids) if staff_ids else rows).order_by("day", "at", "pk")


def week(scope: Scope, today: date, *, staff_ids: Collection[str] = ()) -> dict[date, list[Task]]:
    """Tasks by day for the week of `today`, Monday to Sunday; what is overdue stands on today."""
    monday = today - timedelta(days=today.weekday())
    days: dict[date, list[Task]] = {monday + timedelta(days=step): [] for step in range(7)}
    late = promises(scope, monday - timedelta(days=1), staff_ids=staff_ids)
    for one in [*late, *planned_between(scope, monday, monday + timedelta(days=6), staff_ids=staff_ids)]:
        overdue = one.status == "open" and one.due_date < today
        days[today if overdue else one.due_date].append(one)
    return days


def minutes_by_day(
    scope: Scope, first: date, last: date, *, staff_ids: Collection[str] = ()
) -> Mapping[date, int]:
    """Minutes planned per day."""
    rows = planned_between(scope, first, last, staff_ids=staff_ids).order_by()
    return dict(rows.values_list("due_date").annotate(Sum("minutes")))


def load_by_day(
    scope: Scope, first: date, last: date, *, today: date, staff_ids: Collection[str] = ()
) -> dict[date, tuple[int, int]]:
    """Open tasks and their minutes per day; what is overdue stands on today."""
    held: dict[date, tuple[int, int]] = {}
    open_rows = _of(Task.objects.seen_by(scope).filter(status="open", due_date__lte=last), staff_ids)
    for due, count, minutes in open_rows.values_list("due_date").annotate(Count("pk"), Sum("minutes")):
        day = max(due, today)
        if first <= day <= last:
            before = held.get(day, (0, 0))
            held[day] = (before[0] + count, before[1] + minutes)
    return held


def answered(scope: Scope, offer_ids: Collection[str]) -> Mapping[str, Contact]:
    """The latest contact recorded for each of these proposals."""
    rows = Contact.objects.seen_by(scope).filter(offer_id__in=list(offer_ids)).order_by("at", "pk")
    return {one.offer_id: one for one in rows}


def waiting(scope: Scope, offer_ids: Collection[str]) -> Mapping[str, Task]:
    """Those of these proposals that were put off, with the task they became."""
    rows = Task.objects.seen_by(scope).filter(offer_id__in=list(offer_ids), status="open").order_by("pk")
    return {one.offer_id: one for one in rows}


def follow_ups(scope: Scope, contact_ids: Collection[int]) -> Mapping[int, Task]:
    """The task that followed from each contact."""
    rows = Task.objects.seen_by(scope).filter(origin__in=list(contact_ids)).order_by("pk")
    return {one.origin_id: one for one in rows if one.origin_id is not None}


def _of(rows: QuerySet[Task], staff_ids: Collection[str]) -> QuerySet[Task]:
    mine = Q(staff_id__in=list(staff_ids)) | Q(manager_id__in=list(staff_ids))
    return rows.filter(mine) if staff_ids else rows
