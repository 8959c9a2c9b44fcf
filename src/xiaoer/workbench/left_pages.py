"""Why firms leave: reasons by month, tier and branch, down to the firms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from xiaoer.branches import queries as branches
from xiaoer.customers.queries import firms_by_number
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.kit.screens.workbook import sheet_of
from xiaoer.workbench import doing, why_left
from xiaoer.workbench.desk import desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import EXCEL, _excel
from xiaoer.workbench.shown import left_list
from xiaoer.workbench.shown import left_report as shown


@require_GET
@needs("firms.read")
@refusals_told
def left(request: HttpRequest) -> HttpResponse:
    """Reasons of some months; with ?excel=1 every part by every reason as a workbook."""
    desk = desk_of(request)
    page = why_left.report(desk, request.GET.get("months", ""), request.GET.get("by", ""))
    if not request.GET.get("excel"):
        return show(request, "report", "workbench/left.html", page=page)
    doing.may_take(desk)
    doing.note_taken(request, desk, "left", page.whole.firms, request.GET.dict())
    made = sheet_of(_("Why firms leave"), *shown.sheet(page), page.when)
    name = f"left-{page.first}-{page.cut}.xlsx"
    return HttpResponse(
        made, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_GET
@needs("firms.read")
@refusals_told
def left_firms(request: HttpRequest) -> HttpResponse:
    """The firms behind a figure; with ?excel=1 the same as a workbook."""
    desk, span = desk_of(request), why_left.span_of(request.GET.get("months", ""))
    rows, known, people = why_left.said(desk, span), dict[str, Any](), dict[str, str]()
    codes = rows.order_by("branch_id").values_list("branch_id", flat=True).distinct()
    table = left_list.departures(
        lambda row: known.get(row.customer_id), people, why_left.places(desk, codes), span
    )
    listing = Listing(table, rows, asked(request.GET))
    seen = list(listing.found if request.GET.get("excel") else listing.page.object_list)
    known.update(firms_by_number(desk.scope, {one.customer_id for one in seen}))
    people.update(branches.names_of_staff(desk.scope, {one.staff_id for one in seen}))
    if request.GET.get("excel"):
        return _excel(request, desk, listing)
    sentence = ngettext("%(n)s firm", "%(n)s firms", listing.count) % {"n": listing.count}
    return show(request, "report", "workbench/listing.html", listing=listing, sentence=sentence)
