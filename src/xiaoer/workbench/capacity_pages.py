"""Capacity of the day planned, for whoever leads others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from xiaoer.branches import queries as branches
from xiaoer.branches.actions import HANDING
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.kit.screens.tables import Link
from xiaoer.offers import queries as offers
from xiaoer.offers.terms import most_firms
from xiaoer.workbench import balancing
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _listed
from xiaoer.workbench.shown import capacity as shown
from xiaoer.workbench.shown.sentences import Told

MANAGERS_WEIGHED = 5_000
OVERLOADS_NAMED = 3


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
    told = shown.told(hours, shown.moves(hours, most), most, name_of)
    return _listed(request, desk, listing, _flagged(desk, told), add=_to_balance(desk))


def _flagged(desk: Desk, told: Told) -> Told:
    """Also who has more work waiting than the weeks allow, with why."""
    lines = balancing.overload_lines(desk)
    if not lines:
        return told
    many = ngettext("%(n)s manager has too much", "%(n)s managers have too much", len(lines))
    lede = " · ".join([many % {"n": len(lines)}, *lines[:OVERLOADS_NAMED]])
    return Told(told.sentence, " · ".join(filter(None, [lede, told.lede])), told.remark)


def _to_balance(desk: Desk) -> Link | None:
    return Link(_("Rebalance"), reverse("balance")) if desk.scope.may(HANDING) else None


def _names(desk: Desk) -> Any:
    staff = dict(branches.staff(desk.scope).values_list("staff_id", "name"))
    places = dict(branches.branches(desk.scope).values_list("branch_id", "name"))
    return lambda place: shown.name(place, staff, places)
