"""The check diary, and the sheet on which somebody writes down what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.evidence.actions import file
from xiaoer.evidence.arriving import arrived
from xiaoer.evidence.queries import photos
from xiaoer.evidence.terms import Owner, Subject
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.loans import queries as loans
from xiaoer.loans.checking import record_check
from xiaoer.workbench import risk
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _done, _listed, _sheet, needs, refusals_told
from xiaoer.workbench.shown import check_diary


@require_GET
@needs("firms.read")
@refusals_told
def checks(request: HttpRequest) -> HttpResponse:
    """Notes by the day of their next check; those looked at since the night are left out until it plans them anew."""
    desk = desk_of(request)
    rows = loans.checks(desk.scope)
    if desk.as_of:
        rows = rows.exclude(note_id__in=loans.checked_since(desk.scope, desk.as_of))
    listing = _listing(desk, rows, asked(request.GET))
    told = check_diary.told(rows.exclude(escalated_to="").count(), rows.filter(flagged=True).count())
    return _listed(request, desk, listing, told, places=risk.places("checks"))


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def check(request: HttpRequest, note_id: str) -> HttpResponse:
    """Where the drawing went, and the form for what was found."""
    desk = desk_of(request)
    if request.method == "POST":
        _written(request, desk, note_id)
        return _done(request, _("Written down"))
    row = loans.check_due(desk.scope, note_id)
    if row is None:
        raise Http404
    firms = customers.firms_by_number(desk.scope, {row.customer_id})
    made = loans.checks_made(desk.scope, note_id)
    pictures = photos(desk.scope, Subject.CHECK, [one.pk for one in made])
    people = branches.names_of_staff(desk.scope, {one.staff_id for one in made})
    sheet = check_diary.CheckSheet(row, _called(firms, row.customer_id), made, desk.today, pictures, people)
    return _sheet(request, "workbench/check.html", sheet)


def _written(request: HttpRequest, desk: Desk, note_id: str) -> None:
    """Photos are looked at before anything is written, so that a wrong file leaves no half a check."""
    given = request.POST
    place = given.get("place", "")
    ready = arrived(request, desk.today, place)
    made = record_check(
        desk.scope, note_id, given.get("found", ""), given.get("words", ""), desk.today, place=place
    )
    owner = Owner(Subject.CHECK, str(made.pk), made.customer_id, made.branch_id, made.manager_id)
    file(desk.scope, ready, owner, desk.today, SystemClock().now())


def _listing(desk: Desk, rows: Any, given: Mapping[str, str]) -> Listing:
    known: dict[str, Any] = {}
    listing = Listing(
        check_diary.checks(lambda firm: _called(known, firm)), rows, given, views(desk, "checks")
    )
    seen = {one.customer_id for one in (listing.found if given.get("excel") else listing.page.object_list)}
    known.update(customers.firms_by_number(desk.scope, seen))
    return listing


def _called(firms: Mapping[str, Any], customer_id: str) -> str:
    return str(getattr(firms.get(customer_id), "name", customer_id))
