"""What falls due this week, read in the reader's scope: a list, and the first lines for the home page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from xiaoer.contact_policy.queries import Policies
from xiaoer.contacts.actions import FollowUp
from xiaoer.customers import queries as customers
from xiaoer.kit.screens.listing import Listing
from xiaoer.kit.screens.tables import Link, View
from xiaoer.loans import queries as loans
from xiaoer.workbench import approaching
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import due_week
from xiaoer.workbench.shown.sentences import Told

ADDED_UP = 2_000  # notes whose plans are read for the sentence; a head office sees the count alone
LINES_SHOWN = 6
CALL = "call"


def rows(desk: Desk) -> QuerySet[Any]:
    """Notes of the week, the first to fall due first."""
    return loans.due_between(desk.scope, *due_week.week_of(desk.today)).order_by(
        "falls_due", "-balance", "note_id"
    )


def week(desk: Desk) -> due_week.Week:
    """The first lines and how many there are, for the home page; what is past already stands on the overdue list."""
    ahead = rows(desk).filter(falls_due__gte=desk.today)
    first = desk.remembered("first due this week", lambda: list(ahead[:LINES_SHOWN]))
    firms = customers.firms_by_number(desk.scope, {one.customer_id for one in first})
    doors = links(desk, firms.values())
    lines = [
        due_week.Line(due_week.due(one), firm, doors[firm.customer_id])
        for one in first
        if (firm := firms.get(one.customer_id))
    ]
    return due_week.Week(lines, desk.remembered("due this week", ahead.count))


def listing(desk: Desk, asked: Mapping[str, str], views: tuple[View, ...]) -> Listing:
    """The week as a list; who may be called is asked for the rows shown, never for a file."""
    known: dict[str, Any] = {}
    open_doors: dict[str, Sequence[Link]] = {}

    def name_of(number: str) -> str:
        return str(getattr(known.get(number), "name", number))

    matures = Q(due_date__range=due_week.week_of(desk.today))
    made = Listing(
        due_week.table(name_of, lambda number: open_doors.get(number, ()), matures), rows(desk), asked, views
    )
    shown = list(made.found if asked.get("excel") else made.page.object_list)
    known.update(customers.firms_by_number(desk.scope, {one.customer_id for one in shown}))
    if not asked.get("excel"):
        open_doors.update(links(desk, known.values()))
    return made


def told(desk: Desk, made: Listing) -> Told:
    """The sentence over the list."""
    few = list(made.found) if made.count <= ADDED_UP else None
    return due_week.told(few, made.count, due_week.week_of(desk.today))


def links(desk: Desk, firms: Collection[Any]) -> dict[str, list[Link]]:
    """What to tap by firm; calling only where the contact policy would let a call today."""
    if not desk.writes:
        return {firm.customer_id: [] for firm in firms}
    known, call = approaching.known_of_each(desk.scope, firms, desk.today), FollowUp(desk.today, CALL)
    policies = Policies.now()
    allowed = {number: approaching.answer(one, call, policies).allowed for number, one in known.items()}
    return {
        firm.customer_id: due_week.links(firm.customer_id, firm.phone if allowed[firm.customer_id] else "")
        for firm in firms
    }
