"""The desk's screens: each view asks once, or does one thing, and shows it."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaoer.applications.gathering import beside_the_firm
from xiaoer.applications.reader import reader_of
from xiaoer.customers.queries import search as find
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.kit.screens.workbook import workbook
from xiaoer.workbench import (
    account_plans,
    approaching,
    balancing,
    doing,
    expecting,
    firm_list,
    gathering,
    requesting,
    risk,
    surveying,
    trialling,
)
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.facts import of_firm as facts_of_firm
from xiaoer.workbench.frame import part, show
from xiaoer.workbench.lessons import of_firm as lessons_of_firm
from xiaoer.workbench.live_pages import SEAT
from xiaoer.workbench.shown import sentences
from xiaoer.workbench.shown.drawings import tongue

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS = frozenset(
    [
        "firms",
        "events",
        "overdue",
        "checks",
        "due",
        "plans",
        "capacity",
        "models",
        "rules",
        "absences",
        "handovers",
        "surveys",
        "requests",
    ]
)


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The morning list; whoever sees no firms begins with the data."""
    if not desk_of(request).scope.may("firms.read"):
        return redirect("data")
    desk, stays_open = desk_of(request), SEAT in request.META
    morning, slipping = gathering.morning(desk), account_plans.slipping(desk)
    return show(
        request,
        "today",
        "workbench/today.html",
        morning=morning,
        slipping=slipping,
        stays_open=stays_open,
        hands=balancing.beside_today(desk),
    )


@require_GET
@needs("firms.read")
@refusals_told
def firms(request: HttpRequest) -> HttpResponse:
    """All firms in scope; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    listing = firm_list.firms(desk, asked(request.GET), gathering.views(desk, "firms"))
    return _listed(request, desk, listing, sentences.firms(listing))


@require_GET
@needs("firms.read")
@refusals_told
def overdue(request: HttpRequest) -> HttpResponse:
    """Notes past due; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    listing = gathering.overdue(desk, asked(request.GET))
    return _listed(request, desk, listing, risk.overdue_told(listing), places=risk.places("overdue"))


@require_GET
@needs("firms.read")
def firm(request: HttpRequest, customer_id: str) -> HttpResponse:
    """A firm's page. Every opening is written down."""
    desk = desk_of(request)
    page = _or_404(gathering.firm_page(desk, customer_id, request.GET.get("tab", "")))
    doing.note_opening(request, desk, page.firm, "firm")
    beside = beside_the_firm(reader_of(request), customer_id)
    return show(
        request,
        "firms",
        "workbench/firm.html",
        page=page,
        firm=page.firm,
        stops=_stops(desk, page),
        lending=beside,
        goals=account_plans.of_firm(desk, page.firm, page.tasks),
        trials=trialling.of_firm(desk, customer_id),
        lessons=lessons_of_firm(desk, customer_id),
        facts=facts_of_firm(desk, page.firm),
        voices=surveying.of_firm(desk, customer_id),
        requests=requesting.of_firm(desk, page.firm),
        expected=expecting.of_firm(desk, customer_id, page.contacts)
        if page.shown_tab == "contacts"
        else None,
    )


@require_GET
@needs("firms.read")
def firm_panel(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The firm at a glance, beside a list; an opening like any other."""
    desk = desk_of(request)
    page = _or_404(gathering.firm_page(desk, customer_id))
    doing.note_opening(request, desk, page.firm, "glance")
    return part(request, "workbench/panel.html", page=page, firm=page.firm, stops=_stops(desk, page))


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def record(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The sheet for an outcome; the second tap records it."""
    desk, offer_id = desk_of(request), request.GET.get("offer", "")
    if request.method == "POST":
        return _done(request, doing.record(desk, customer_id, offer_id, request.POST))
    return _sheet(request, "workbench/record.html", doing.record_sheet(desk, customer_id, offer_id))


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def postpone(request: HttpRequest, offer_id: str) -> HttpResponse:
    """The sheet for putting a line of the list off."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, doing.postpone(desk, offer_id, request.POST))
    return _sheet(request, "workbench/postpone.html", doing.postpone_sheet(desk, offer_id))


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def plan(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The sheet for a promise: what, how, when."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, doing.plan(desk, customer_id, request.POST))
    return _sheet(request, "workbench/plan.html", doing.plan_sheet(desk, customer_id))


@require_POST
@needs("firms.read")
@refusals_told
def save_view(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the list's present state under a name."""
    if page not in LISTS:
        raise Http404
    return redirect(f"{reverse(page)}?{doing.save_view(desk_of(request), page, request.POST)}")


@require_POST
@needs("firms.read")
@refusals_told
def remove_view(request: HttpRequest, page: str, view_id: int) -> HttpResponse:
    """Forget one of one's own views."""
    if page not in LISTS:
        raise Http404
    doing.remove_view(desk_of(request), view_id)
    return redirect(reverse(page))


@require_GET
@needs("firms.read")
def search(request: HttpRequest) -> HttpResponse:
    """Firms by name, pinyin, initials or code, as one types."""
    typed = request.GET.get("q", "").strip()
    found = find(desk_of(request).scope, typed) if typed else []
    return part(request, "workbench/found.html", found=found, typed=typed)


@require_GET
@needs("firms.read")
def segments(request: HttpRequest) -> HttpResponse:
    """Value by size, and who moved since the night before."""
    return show(request, "segments", "workbench/segments.html", segments=gathering.segments(desk_of(request)))


@require_GET
@needs("data.read")
def data(request: HttpRequest) -> HttpResponse:
    """What was delivered, what was held back, what is missing."""
    return show(request, "data", "workbench/data.html", report=gathering.data(desk_of(request)))


def _listed(
    request: HttpRequest, desk: Desk, listing: Listing, told: sentences.Told,
    template: str = "workbench/listing.html", **more: Any,
) -> HttpResponse:  # fmt: skip
    if request.GET.get("excel"):
        return _excel(request, desk, listing)
    name = listing.table.name
    save = reverse("save-view", args=[name])
    return show(
        request,
        name,
        template,
        listing=listing,
        sentence=told.sentence,
        lede=told.lede,
        remark=told.remark,
        save_view_address=save,
        **more,
    )


def _sheet(request: HttpRequest, template: str, sheet: Any) -> HttpResponse:
    """In a dialog as a piece; opened by itself (a phone's back button, no scripts) as a page."""
    if request.headers.get("HX-Request"):
        return part(request, template, sheet=_or_404(sheet))
    return show(request, "", "workbench/sheet.html", sheet=_or_404(sheet), sheet_template=template)


def _done(request: HttpRequest, told: str) -> HttpResponse:
    """After a tap that wrote: htmx brings the page behind up to date; without scripts the page is loaded."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"done-over": {"told": told}})})
    request.session["told"] = told
    back = request.POST.get("back", "")
    return redirect(back if back.startswith("/") and not back.startswith("//") else reverse("today"))


def _excel(request: HttpRequest, desk: Desk, listing: Listing) -> HttpResponse:
    keys = request.GET.getlist("key")
    doing.note_export(request, desk, listing, len(keys))
    made = workbook(listing, tongue(), keys=keys, note=_("Data as of %(day)s") % {"day": desk.as_of})
    name = f"{listing.table.name}-{desk.as_of or 'empty'}.xlsx"
    return HttpResponse(
        made, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _stops(desk: Desk, page: Any) -> list[approaching.Stopped]:
    return approaching.stops(desk.scope, page.firm, desk.today, page.profile)


def _or_404(found: Any) -> Any:
    if found is None:
        raise Http404
    return found
