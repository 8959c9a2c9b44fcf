"""Who is away and who stands in: the list, entering an absence, being back."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.branches import queries as branches
from xiaoer.branches.actions import HANDING, come_back, go_away
from xiaoer.branches.terms import Leave
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _done, _listed, _or_404, _sheet, needs, refusals_told
from xiaoer.workbench.shown import absences as shown
from xiaoer.workbench.shown.drawings import tongue


@require_GET
@needs("firms.read")
@refusals_told
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away now and in the year to come, and who was; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    rows = branches.absences(desk.scope, date.min, date.max)
    names = dict(branches.staff(desk.scope).values_list("staff_id", "name"))
    may = frozenset(_managed(desk)) | {desk.scope.staff_id}
    listing = Listing(shown.table(names, may, desk.today), rows, asked(request.GET), views(desk, "absences"))
    away = list(branches.away_on(desk.scope, desk.today).values())
    return _listed(request, desk, listing, shown.told(away, names, desk.today), add=shown.add(desk.writes))


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def absence_new(request: HttpRequest) -> HttpResponse:
    """The sheet for an absence: who, from when to when, who stands in."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, _enter(desk, request.POST))
    return _sheet(request, "workbench/absence.html", _asked(desk, request.GET.get("staff", "")))


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def absence_back(request: HttpRequest, number: int) -> HttpResponse:
    """The sheet that asks whether somebody is back today; the second tap says so."""
    desk = desk_of(request)
    if request.method == "GET":
        held = _or_404(branches.absence(desk.scope, number))
        names = branches.names_of_staff(desk.scope, {held.staff_id, held.deputy_id})
        return _sheet(request, "workbench/absence_back.html", shown.BackSheet(held, names, desk.today))
    come_back(desk.scope, number, desk.today)
    return _done(request, _("Back today; the firms are their manager's again."))


def _asked(desk: Desk, staff_id: str) -> shown.AbsenceSheet:
    people = _people(desk)
    chosen = staff_id if staff_id in people else next(iter(people), desk.scope.staff_id)
    deputies = {
        one.staff_id: one.name
        for who in people or {chosen: ""}
        for one in branches.possible_deputies(desk.scope, who, desk.today)
    }
    return shown.AbsenceSheet(people, chosen, deputies, desk.today)


def _people(desk: Desk) -> dict[str, str]:
    """Whose absence the reader may enter, by name."""
    mine = branches.names_of_staff(desk.scope, {desk.scope.staff_id})
    return {**_managed(desk), **(mine if "relationship_manager" in desk.scope.posts else {})}


def _managed(desk: Desk) -> dict[str, str]:
    if not desk.scope.may(HANDING):
        return {}
    people = branches.managers_of(desk.scope, desk.scope.branches, desk.today)
    return {one.staff_id: one.name for one in people}


def _enter(desk: Desk, form: QueryDict) -> str:
    first, last = (_day(form.get(name, "")) for name in ("from", "to"))
    staff_id = form.get("staff", "") or desk.scope.staff_id
    held = go_away(desk.scope, Leave(staff_id, form.get("deputy", ""), first, last), desk.today)
    name = branches.names_of_staff(desk.scope, {held.deputy_id}).get(held.deputy_id, held.deputy_id)
    return _("%(name)s stands in until %(day)s.") % {
        "name": name,
        "day": formats.near_day(held.to_date, tongue(), desk.today),
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(_("no day was picked"), next_step=_("Pick the first and the last day")) from None
