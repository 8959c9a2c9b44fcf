"""Capacity of the day planned, for whoever leads others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.branches import queries as branches
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.offers import queries as offers
from xiaoer.offers.terms import most_firms
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _listed
from xiaoer.workbench.shown import capacity as shown

MANAGERS_WEIGHED = 5_000


@require_GET
@needs("firms.read")
@refusals_told
def capacity(request: HttpRequest) -> HttpResponse:
    """What one more hour, yuan or piece would bring; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    rows, most = offers.shadow_prices(desk.scope), most_firms(desk.today)
    name_of = _names(desk)
    listing = Listing(shown.capacity(name_of, most), rows, asked(request.GET), views(desk, "capacity"))
    hours = list(rows.filter(kind="hours")[:MANAGERS_WEIGHED])
    return _listed(request, desk, listing, shown.told(hours, shown.moves(hours, most), most, name_of))


def _names(desk: Desk) -> Any:
    staff = dict(branches.staff(desk.scope).values_list("staff_id", "name"))
    places = dict(branches.branches(desk.scope).values_list("branch_id", "name"))
    return lambda place: shown.name(place, staff, places)
