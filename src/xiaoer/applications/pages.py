"""Screens of applications: each view asks once, or does one thing, and shows it."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.applications import actions, doing, gathering, queries
from xiaoer.applications.reader import Reader, reader_of, tongue
from xiaoer.applications.rules import SITE_PHOTO, possible
from xiaoer.applications.shown import worksheet as sheets
from xiaoer.applications.shown.words import word
from xiaoer.applications.terms import (
    DECLINE_REASONS,
    LARGEST_AMOUNT,
    PRODUCTS,
    SOURCES,
    Checklists,
    Clocks,
    Part,
    Verb,
)
from xiaoer.customers.queries import firm
from xiaoer.evidence.arriving import arrived
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.kit.screens.workbook import sheet_of, workbook

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs("firms.read")
def standing(request: HttpRequest) -> HttpResponse:
    """Where applications stand."""
    return _page(request, "where", where=gathering.where(reader_of(request)))


@require_GET
@needs("firms.read")
@refusals_told
def listed(request: HttpRequest) -> HttpResponse:
    """Applications begun here; with ?excel=1 as a workbook."""
    return _listed(request, gathering.here(reader_of(request), asked(request.GET)), "application-list")


@require_GET
@needs("firms.read")
@refusals_told
def brought_list(request: HttpRequest) -> HttpResponse:
    """Applications of the bank's files; with ?excel=1 as a workbook."""
    return _listed(
        request, gathering.theirs(reader_of(request), asked(request.GET)), "application-brought-list"
    )


@require_GET
@needs("firms.read")
@refusals_told
def bottleneck(request: HttpRequest) -> HttpResponse:
    """Where time goes; with ?excel=1 as a workbook."""
    reader, by = reader_of(request), "product" if request.GET.get("by") == "product" else "branch"
    found = gathering.bottleneck(reader, by)  # type: ignore[arg-type]
    if not request.GET.get("excel"):
        return _page(request, "bottleneck", report=found, by=by)
    heads, rows = found.sheet()
    doing.note_export(request, reader, len(rows))
    return _file(
        sheet_of(_("Where time goes"), heads, rows, _as_of(reader)), f"applications-time-{reader.today}"
    )


@require_GET
@needs("firms.read")
def exceptions(request: HttpRequest) -> HttpResponse:
    """Exceptions waiting for an answer."""
    reader = reader_of(request)
    answers = reader.has(Part.REVIEW) or reader.has(Part.APPROVAL)
    return _page(
        request,
        "exceptions",
        waiting=gathering.exceptions(reader),
        answers=answers,
        differences=gathering.differences(reader),
        explains=answers or reader.has(Part.BACK_OFFICE),
    )


@require_GET
@needs("firms.read")
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application. Every opening is written down."""
    reader = reader_of(request)
    page = _or_404(gathering.page(reader, application_id))
    doing.note(request, reader, "application", page.application)
    shown = gathering.worksheet(reader, page.application) if page.appraisals else None
    return _page(request, "record", page=page, application=page.application, worksheet=shown)


@require_GET
@needs("firms.read")
def credit_file(request: HttpRequest, application_id: int) -> HttpResponse:
    """The whole trail on paper: who did what when, with which papers, by which decision."""
    reader = reader_of(request)
    page = _or_404(gathering.page(reader, application_id))
    doing.note(request, reader, "credit_file", page.application)
    versions = [(one, sheets.of_version(one), actions.replayed(one) == one.result) for one in page.appraisals]
    return _page(request, "file", page=page, application=page.application, versions=versions)


@require_GET
@needs("firms.read")
def brought(request: HttpRequest, number: str) -> HttpResponse:
    """One application of the bank's files. Every opening is written down."""
    reader = reader_of(request)
    found = _or_404(queries.brought_one(reader.scope, number))
    doing.note(request, reader, "application", found)
    items = queries.brought_items(reader.scope, found, reader.today)
    lines = [(word("paper", item.kind), word("state", item.state), item) for item in items]
    said = {"stage": word("stage", found.stage), "why": word("why", found.decline_reason)}
    return _page(
        request, "brought", found=found, firm=firm(reader.scope, found.customer_id), lines=lines, said=said
    )


@require_http_methods(["GET", "POST"])
@needs("applications.marketing")
@refusals_told
def begin(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The sheet for a request; sending it begins the application."""
    reader = reader_of(request)
    if request.method == "POST":
        made = doing.begin(reader, customer_id, request.POST)
        return _gone(request, reverse("application", args=[made.pk]), _("The application has begun."))
    found = _or_404(firm(reader.scope, customer_id))
    products = [(one, word("product", one)) for one in PRODUCTS]
    sources = [(one, word("source", one)) for one in SOURCES]
    most = LARGEST_AMOUNT // 1_000_000
    return _sheet(request, "begin", firm=found, products=products, sources=sources, most=most)


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def step(request: HttpRequest, application_id: int, verb: str) -> HttpResponse:
    """The sheet for a step; sending it takes it."""
    reader, wanted = reader_of(request), _or_404(Verb(verb) if verb in set(Verb) else None)
    if request.method == "POST":
        return _done(request, doing.step(reader, application_id, wanted, request.POST))
    page = _or_404(gathering.page(reader, application_id))
    lacking = [why for move, why in possible(page.standing, page.actor) if move.verb is wanted]
    reasons = [(one, word("why", one)) for one in DECLINE_REASONS]
    shown = gathering.worksheet(reader, page.application) if page.appraisals else None
    planned = Clocks.in_force(reader.today).work_minutes.get(page.application.stage)
    return _sheet(
        request, "step", page=page, verb=wanted, title=word("verb", wanted), reasons=reasons, worksheet=shown,
        lacking=lacking[0] if lacking else [],
        planned=planned,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def paper(request: HttpRequest, application_id: int, kind: str) -> HttpResponse:
    """The sheet of an item of the checklist: receive, verify, send back, ask an exception."""
    reader = reader_of(request)
    if request.method == "POST":
        photos = arrived(request, reader.today) if kind == SITE_PHOTO else []
        return _done(request, doing.paper(reader, application_id, kind, request.POST, photos))
    page = _or_404(gathering.page(reader, application_id))
    line = _or_404(next((one for one in page.lines if one.item.kind == kind), None))
    clerk = reader.has(Part.BACK_OFFICE) and line.item.state == "received"
    return _sheet(request, "paper", page=page, line=line, verifies=clerk)


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def exception(request: HttpRequest, exemption_id: int) -> HttpResponse:
    """The sheet for answering an exception."""
    reader = reader_of(request)
    if request.method == "POST":
        return _done(request, doing.answer(reader, exemption_id, request.POST))
    found = _or_404(queries.exemption(reader.scope, exemption_id))
    page = _or_404(gathering.page(reader, found.application_id))
    return _sheet(request, "exception", page=page, exemption=found, paper=word("paper", found.kind))


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def explain(request: HttpRequest, application_id: int) -> HttpResponse:
    """The sheet for saying why a drawdown and the bank's files differ."""
    reader = reader_of(request)
    if request.method == "POST":
        return _done(request, doing.explain(reader, application_id, request.POST))
    return _sheet(request, "explain", page=_or_404(gathering.page(reader, application_id)))


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def worksheet(request: HttpRequest, application_id: int) -> HttpResponse:
    """The appraisal: typing moves the result, saving keeps a version."""
    reader = reader_of(request)
    page = _or_404(gathering.page(reader, application_id))
    if request.method == "POST":
        return _appraised(request, reader, page)
    doing.note(request, reader, "appraisal", page.application)
    shown = gathering.worksheet(reader, page.application)
    return _page(request, "worksheet", page=page, application=page.application, worksheet=shown)


def _appraised(request: HttpRequest, reader: Reader, page: Any) -> HttpResponse:
    before = gathering.worksheet(reader, page.application).inputs
    inputs = sheets.read(request.POST, before)
    if not request.POST.get("keep"):
        shown = gathering.worksheet(reader, page.application, inputs)
        context = {"worksheet": shown, "today": reader.today}
        return render(request, "applications/parts/result.html", context)
    kept = actions.appraise(
        reader.scope,
        page.application.pk,
        inputs,
        reader.today,
        now=reader.now,
        words=request.POST.get("words", ""),
    )
    told = _("Version %(n)s is kept.") % {"n": kept.version}
    return _gone(request, reverse("application", args=[page.application.pk]), told)


def _page(request: HttpRequest, name: str, **told: Any) -> HttpResponse:
    reader = reader_of(request)
    return render(request, f"applications/{name}.html", {"reader": reader, "today": reader.today} | told)


def _sheet(request: HttpRequest, name: str, **told: Any) -> HttpResponse:
    """In a dialog as a piece; opened by itself as a page."""
    template = f"applications/sheets/{name}.html"
    if request.headers.get("HX-Request"):
        return render(request, template, {"today": reader_of(request).today, "address": request.path} | told)
    return _page(request, "sheet", sheet_template=template, address=request.path, **told)


def _done(request: HttpRequest, told: str) -> HttpResponse:
    """After a tap that wrote: the page behind is brought up to date."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"done-over": {"told": told}})})
    request.session["told"] = told
    return redirect("applications")


def _gone(request: HttpRequest, address: str, told: str) -> HttpResponse:
    """After a tap that wrote something with a page of its own: there."""
    request.session["told"] = told
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _listed(request: HttpRequest, listing: Listing, name: str) -> HttpResponse:
    reader = reader_of(request)
    if not request.GET.get("excel"):
        return _page(request, "list", listing=listing, here=name)
    doing.note_export(request, reader, listing.count)
    keys = request.GET.getlist("key")
    made = workbook(listing, tongue(), keys=keys, note=_as_of(reader))
    return _file(made, f"{listing.table.name}-{reader.today}")


def _file(made: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        made, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    )


def _as_of(reader: Reader) -> str:
    return _("As of %(day)s; checklists by the version of %(version)s") % {
        "day": reader.today,
        "version": Checklists.in_force(reader.today).from_date,
    }


def _or_404(found: Any) -> Any:
    if found is None:
        raise Http404
    return found
