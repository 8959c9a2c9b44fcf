"""Requests and complaints: the board, the sheet in which one is handled, writing one down, the monthly causes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.customers import queries as customers
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import asked
from xiaoer.satisfaction.handling import handle, record
from xiaoer.satisfaction.terms import Asked, Deed, Step
from xiaoer.workbench import requesting
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _done, _listed, _or_404, _sheet
from xiaoer.workbench.shown import request_sheet
from xiaoer.workbench.shown.requests import told


@require_GET
@needs("firms.read")
@refusals_told
def board(request: HttpRequest) -> HttpResponse:
    """What firms came with and nobody has closed; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    listing = requesting.board(desk, asked(request.GET), views(desk, "requests"))
    return _listed(
        request,
        desk,
        listing,
        told(listing, desk.today),
        template="workbench/requests.html",
        causes=_leads(desk),
    )


@require_GET
@needs("firms.read")
def causes(request: HttpRequest) -> HttpResponse:
    """Causes by month, for whoever sees a branch."""
    desk = desk_of(request)
    if not _leads(desk):
        raise Http404
    return show(request, "causes", "workbench/causes.html", page=requesting.causes(desk))


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def request_handle(request: HttpRequest, request_id: str) -> HttpResponse:
    """The sheet of one request: what was said and done, and the next step."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, _handled(desk, request_id, request.POST))
    return _sheet(request, "workbench/request_handle.html", requesting.sheet(desk, request_id))


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def request_new(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The sheet for writing down what a firm came with."""
    desk = desk_of(request)
    firm = _or_404(customers.firm(desk.scope, customer_id))
    if request.method == "POST":
        form = request.POST
        given = Asked(*(form.get(name, "") for name in ("kind", "topic", "channel", "words")))
        one = record(desk.scope, customer_id, given, desk.today)
        return _done(request, request_sheet.recorded(one, desk.today))
    return _sheet(request, "workbench/request_new.html", request_sheet.New(firm))


def _leads(desk: Desk) -> bool:
    return bool(desk.scope.everything or desk.scope.branches)


def _handled(desk: Desk, request_id: str, form: Any) -> str:
    wanted = _wanted(form)
    one = handle(desk.scope, request_id, wanted, desk.today, may_hold=requesting.may_hold(desk, request_id))
    return request_sheet.done(one, wanted.deed, desk.today)


def _wanted(form: Any) -> Step:
    """The button that was tapped, with its own fields."""
    deed = form.get("deed", "")
    if deed not in set(Deed):
        raise Refusal(_("that is nothing to do with a request"), next_step=_("Load the page again"))
    words = form.get("why", "") if deed == Deed.DUE else form.get("words", "")
    return Step(Deed(deed), form.get("owner", ""), _day(form.get("due", "")), words)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
