"""The board of events: filtered, with the book's moments by day; what is done with one event or with many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.branches import queries as branches
from xiaoer.contacts import queries as contacts
from xiaoer.customers import queries as customers
from xiaoer.events import board, handling
from xiaoer.events import queries as noticed
from xiaoer.events.departures import why_of
from xiaoer.events.left import asks_why
from xiaoer.events.rulebook import titles
from xiaoer.events.written import Limits
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.workbench import gathering
from xiaoer.workbench.belonging import families_of
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.pages import _done, _listed, _sheet
from xiaoer.workbench.shown import event_board, event_list, sentences, wordings
from xiaoer.workbench.shown.drawings import tongue

STRIP_DAYS = 14


@require_GET
@needs("firms.read")
@refusals_told
def events(request: HttpRequest) -> HttpResponse:
    """What happened and is open; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    told = asked(request.GET)
    listing = _board(desk, told)
    state = told.get("state", "")
    strip = _strip(desk) if state in ("", "open", "mine") else None
    return _listed(
        request, desk, listing, sentences.events(listing), template="workbench/events.html", strip=strip,
        handles=desk.writes,
    )  # fmt: skip


def _board(desk: Desk, told: Mapping[str, str]) -> Listing:
    known: dict[str, Any] = {}
    held: dict[str, Any] = {}
    left: dict[str, str] = {}
    rows = board.board(desk.scope, desk.today, told.get("state", "open"))
    people = _people(desk)
    table = event_list.events(
        lambda event: known[event.customer_id],
        desk.scope,
        event_list.Around(
            held,
            people,
            desk.today,
            lambda rules: families_of(desk.scope, rules, desk.today),
            desk.writes,
            left,
        ),
        lambda owner: board.taken_on_by(desk.scope, owner),
    )
    listing = Listing(table, rows, told, gathering.views(desk, "events"))
    seen = list(listing.found if told.get("excel") else listing.page.object_list)
    known.update(customers.firms_by_number(desk.scope, {one.customer_id for one in seen}))
    held.update(board.steps_of(desk.scope, seen))
    left.update(why_of(desk.scope, [one.event_id for one in seen]))
    return listing


def _people(desk: Desk) -> dict[str, str]:
    """Names of whoever took events on."""
    return dict(branches.names_of_staff(desk.scope, set(board.owners(desk.scope)) | {desk.scope.staff_id}))


def _strip(desk: Desk) -> list[event_board.Day]:
    """Two weeks of the book's moments: events due, what was promised, loans that end."""
    monday = desk.today - timedelta(days=desk.today.weekday())
    last = monday + timedelta(days=STRIP_DAYS - 1)
    due = {
        one["due_date"]: one
        for one in board.board(desk.scope, desk.today).filter(due_date__range=(monday, last)).order_by()
        .values("due_date").annotate(n=Count("pk"), act=Count("pk", filter=Q(severity="act")))
    }  # fmt: skip
    span = contacts.planned_between(desk.scope, monday, last)
    promised = Counter(span.filter(status="open").values_list("due_date", flat=True))
    ends = customers.firms(desk.scope).filter(loan_balance__gt=0, matures_date__range=(monday, last))
    matures = Counter(ends.order_by().values_list("matures_date", flat=True))
    days = [monday + timedelta(days=at) for at in range(STRIP_DAYS)]
    return [
        event_board.Day(day, due[day]["n"] if day in due else 0, due[day]["act"] if day in due else 0,
                        promised[day], matures[day], desk.today)
        for day in days
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def events_handle(request: HttpRequest) -> HttpResponse:
    """The sheet for one event or many alike: take on, give to, put off, close, mute; or undo that."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, _handled(desk, request.POST.getlist("key"), request.POST))
    return _sheet(request, "workbench/events_handle.html", _handle_sheet(desk, request.GET.getlist("key")))


def _handle_sheet(desk: Desk, keys: Sequence[str]) -> event_board.Sheet | None:
    rows = list(noticed.events(desk.scope).filter(event_id__in=keys[: handling.MOST_AT_ONCE]))
    if not rows:
        raise Refusal(_("no event is chosen"), next_step=_("Select rows first"))
    firms = customers.firms_by_number(desk.scope, {one.customer_id for one in rows})
    steps = board.steps_of(desk.scope, rows)
    limits = Limits.in_force(desk.today)
    mutable = all(one.severity != "act" and one.rule not in limits.never_muted for one in rows)
    called, others = wordings.RULES | titles(desk.scope, tongue()), _givable(desk, rows)
    leaving = any(asks_why(one.rule, desk.today) for one in rows)
    return event_board.Sheet(
        rows, firms, steps, others, desk.today, mutable, limits.most_mute_days, called, leaving=leaving
    )


def _givable(desk: Desk, rows: Sequence[Any]) -> list[tuple[str, str]]:
    """To whom a head may give these events: staff of the one branch they are of."""
    places = {one.branch_id for one in rows}
    if len(places) != 1 or not (desk.scope.everything or desk.scope.branches):
        return []
    mine = branches.staff(desk.scope).filter(branch_id=places.pop()).exclude(staff_id=desk.scope.staff_id)
    return list(mine.values_list("staff_id", "name"))


def _handled(desk: Desk, keys: Sequence[str], form: Any) -> str:
    many = handling.handle(desk.scope, keys, (wanted := _wanted(form)), desk.today)
    told = {"n": many, "done": event_board.DONE[wanted.deed]}
    return ngettext("%(n)s event: %(done)s", "%(n)s events: %(done)s", many) % told


def _wanted(form: Any) -> handling.Wanted:
    """The button that was tapped: a reason to close, a day to put off to, or a deed with its fields."""
    if "left_because" in form:
        return handling.Wanted(handling.Deed.CLOSED, reason="handled", why_left=form["left_because"])
    if "close_as" in form:
        return handling.Wanted(handling.Deed.CLOSED, reason=form["close_as"])
    if "put_off" in form:
        return handling.Wanted(handling.Deed.POSTPONED, until=_day(form["put_off"]))
    deed = form.get("deed", "")
    if deed not in set(handling.Deed):
        raise Refusal(_("that is nothing to do with an event"), next_step=_("Load the page again"))
    until = {"postponed": "until", "muted": "mute_until"}.get(deed, "")
    reason = form.get("reason", "") if deed == "muted" else form.get("why", "")
    return handling.Wanted(handling.Deed(deed), form.get("owner", ""), _day(form.get(until, "")), reason)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
