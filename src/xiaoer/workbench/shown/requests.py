"""Requests and complaints in words, and their board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.listing import Listing
from xiaoer.kit.screens.tables import Choice, Column, Filter, Link, Table, View
from xiaoer.satisfaction.terms import Deed, Kind, State
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.sentences import Told

KINDS = {
    Kind.COMPLAINT: pgettext_lazy("request", "Complaint"),
    Kind.FAULT: pgettext_lazy("request", "Fault"),
    Kind.REQUEST: pgettext_lazy("request", "Request"),
    Kind.QUESTION: pgettext_lazy("request", "Question"),
}
CAUSES = {
    "fees": pgettext_lazy("cause", "Fees"),
    "speed": pgettext_lazy("cause", "Speed"),
    "attitude": pgettext_lazy("cause", "Manner"),
    "system": pgettext_lazy("cause", "Systems"),
    "loan": pgettext_lazy("cause", "Loans"),
    "account": pgettext_lazy("cause", "Accounts"),
    "harassment": pgettext_lazy("cause", "Too many contacts"),
    "other": pgettext_lazy("cause", "Other"),
}
WAYS = {
    "visit": pgettext_lazy("channel", "Visit"),
    "call": pgettext_lazy("channel", "Call"),
    "message": pgettext_lazy("channel", "Message"),
    "email": pgettext_lazy("channel", "E-mail"),
    "branch": pgettext_lazy("channel", "At the branch"),
    "app": pgettext_lazy("channel", "App"),
}
STATES = {
    State.OPEN: pgettext_lazy("request", "Open"),
    State.SOLVED: pgettext_lazy("request", "Waits for the firm"),
    State.CLOSED: pgettext_lazy("request", "Closed"),
}
DONE = {
    Deed.RECORDED: pgettext_lazy("request step", "written down"),
    Deed.TAKEN: pgettext_lazy("request step", "taken over"),
    Deed.HANDED: pgettext_lazy("request step", "handed on"),
    Deed.DUE: pgettext_lazy("request step", "another deadline"),
    Deed.NOTE: pgettext_lazy("request step", "noted"),
    Deed.SOLVED: pgettext_lazy("request step", "solved"),
    Deed.CONFIRMED: pgettext_lazy("request step", "closed, the firm agrees"),
    Deed.REOPENED: pgettext_lazy("request step", "open again"),
}


@dataclass(frozen=True)
class Around:
    """What the board knows beside its rows: firms, words and names of what is shown; owners, branches, the reader."""

    held: Mapping[str, Mapping[str, Any]]
    people: Mapping[str, str]
    places: Mapping[str, str]
    me: str
    today: date
    handles: bool


def what(one: Any) -> str:
    """Its kind and its cause."""
    return f"{KINDS.get(one.kind, one.kind)} · {CAUSES.get(one.topic, CAUSES['other'])}"


def when_due(one: Any, today: date) -> str:
    """The deadline, and by how much it is over."""
    day = formats.day(one.act_by, tongue(), today)
    late = (today - one.act_by).days
    if late <= 0 or one.state == State.CLOSED:
        return day
    return ngettext("%(day)s, %(n)s day late", "%(day)s, %(n)s days late", late) % {"day": day, "n": late}


def board(around: Around) -> Table:
    """Requests of a scope, the first due first."""
    return Table(
        name="requests",
        title=_("Requests"),
        columns=_columns(around),
        row_key="request_id",
        default_order="due",
        opens=lambda one: reverse("firm", args=[one.customer_id]),
        filters=_filters(around),
        views=(
            View("all", pgettext_lazy("requests", "Not closed")),
            View("complaints", gettext_lazy("Complaints"), {"kind": "complaint"}),
            View("late", gettext_lazy("Late"), {"due": "late"}),
            View("mine", pgettext_lazy("requests", "Mine"), {"owner": around.me}),
            View("waits", STATES[State.SOLVED], {"state": "solved"}),
            View("closed", pgettext_lazy("requests", "Closed"), {"state": "closed"}),
        ),
        empty_title=_("Nothing is waiting"),
        empty_why=_(
            "Requests come from the bank's file each night, from firm pages, and from contacts that met a problem."
        ),
    )


def _columns(around: Around) -> tuple[Column, ...]:
    held = around.held

    def firm(one: Any) -> str:
        found = held["firms"].get(one.customer_id)
        return found.name if found else str(one.customer_id)

    def owner(one: Any) -> str:
        return str(held["staff"].get(one.held_by, one.held_by)) or _("nobody yet")

    def due(one: Any) -> str:
        return when_due(one, around.today)

    columns = (
        Column("firm", gettext_lazy("Firm"), firm, "name", place="title", fixed=True),
        Column("what", gettext_lazy("What"), what, order=("kind", "topic"), place="second"),
        Column("words", gettext_lazy("What was said"), lambda one: held["words"].get(one.request_id, ""), place="line"),
        Column("due", pgettext_lazy("requests", "Due"), due, order=("act_by",), place="aside"),
        Column("owner", gettext_lazy("In whose hands"), owner, order=("held_by",), place="second"),
        Column("state", gettext_lazy("State"), _state, order=("state",), place="second"),
        Column("since", pgettext_lazy("requests", "Received"), "requested_date", "day", ("requested_date",)),
        Column("way", gettext_lazy("Way"), lambda one: str(WAYS.get(one.channel, "")), order=("channel",)),
        Column("product", gettext_lazy("Product"), "product", order=("product",), chosen=False),
        Column("ended", pgettext_lazy("requests", "Closed on"), "ended_date", "day", ("ended_date",), chosen=False),
    )  # fmt: skip
    return (*columns, HANDLE) if around.handles else columns


def _state(one: Any) -> str:
    return str(STATES[State(one.state)])


def _links(one: Any) -> list[Link]:
    return [Link(_("Handle"), reverse("request-handle", args=[one.request_id]), "sheet")]


HANDLE = Column("do", gettext_lazy("Do"), _links, "links", place="line", fixed=True)


def _filters(around: Around) -> tuple[Filter, ...]:
    kinds = tuple(Choice(code.value, title, Q(kind=code)) for code, title in KINDS.items())
    states = tuple(Choice(code.value, title, Q(state=code)) for code, title in STATES.items())
    causes = tuple(Choice(code, title, Q(topic=code)) for code, title in CAUSES.items())
    owners = [Choice(code, name, Q(held_by=code)) for code, name in around.people.items()]
    owners.append(Choice("nobody", gettext_lazy("Nobody's yet"), Q(held_by="")))
    return (
        Filter("kind", gettext_lazy("Kind"), kinds, few=True),
        Filter("due", pgettext_lazy("requests", "Due"), _due(around.today)),
        Filter("cause", gettext_lazy("Cause"), causes),
        Filter("state", gettext_lazy("State"), states),
        Filter("owner", gettext_lazy("In whose hands"), tuple(owners)),
        Filter("branch", gettext_lazy("Branch"), lambda rows: _places(rows, around.places)),
    )  # fmt: skip


def _due(today: date) -> tuple[Choice, ...]:
    sunday = today + timedelta(days=6 - today.weekday())
    return (
        Choice("late", gettext_lazy("Late"), Q(act_by__lt=today) & ~Q(state=State.CLOSED)),
        Choice("today", gettext_lazy("Today"), Q(act_by=today)),
        Choice("week", gettext_lazy("This week"), Q(act_by__range=(today, sunday))),
        Choice("later", gettext_lazy("Later"), Q(act_by__gt=sunday)),
    )


def _places(rows: Any, names: Mapping[str, str]) -> tuple[Choice, ...]:
    found = sorted(set(rows.order_by().values_list("branch_id", flat=True)))
    return tuple(Choice(code, names.get(code, code), Q(branch_id=code)) for code in found)


def told(listing: Listing, today: date) -> Told:
    """How many wait, how many of them are late, and for how many marketing stands still."""
    n = listing.count
    if listing.asked.get("state") == State.CLOSED:
        return Told(ngettext("%(n)s request closed lately", "%(n)s requests closed lately", n) % {"n": n})
    if not n:
        return Told(_("Nobody waits for us"))
    late = listing.found.filter(act_by__lt=today).count()
    complaints = listing.found.filter(kind="complaint").values("customer_id").distinct().order_by().count()
    head = ngettext("%(n)s request is not closed", "%(n)s requests are not closed", n) % {"n": n}
    if late:
        head += ngettext(", %(n)s is late", ", %(n)s are late", late) % {"n": late}
    stopped = ngettext(
        "Marketing stands still for %(n)s firm until its complaint is closed.",
        "Marketing stands still for %(n)s firms until their complaints are closed.",
        complaints,
    )
    return Told(head, stopped % {"n": complaints} if complaints else "")
