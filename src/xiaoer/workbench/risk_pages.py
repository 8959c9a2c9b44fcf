"""The risk officer's screens: the class desk, migration, vintages, concentration, the monthly return."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.kit.audit import note_reading
from xiaoer.kit.refusal import Refusal
from xiaoer.loans.actions import approve_change, make_change, return_change, review_change
from xiaoer.workbench import risk
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import EXCEL, _done, _sheet, needs, refusals_told
from xiaoer.workbench.shown import monthly_return as returned


@require_GET
@needs("firms.read")
def classes(request: HttpRequest) -> HttpResponse:
    """Notes to be reclassified, and changes on their way through three hands."""
    page = risk.class_page(desk_of(request))
    return show(request, "classes", "workbench/classes.html", page=page, places=risk.places("classes"))


@require_http_methods(["GET", "POST"])
@needs("class.make")
@refusals_told
def class_change(request: HttpRequest, note_id: str) -> HttpResponse:
    """The sheet for making a change: the first hand."""
    desk = desk_of(request)
    if request.method == "POST":
        made = make_change(
            desk.scope, note_id, request.POST.get("to_class", ""), desk.today, request.POST.get("reason", "")
        )
        return _done(request, _("Made; it waits for review") if made else "")
    return _sheet(request, "workbench/class_change.html", risk.change_sheet(desk, note_id))


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def class_case(request: HttpRequest, case: UUID) -> HttpResponse:
    """A change and its hands; the second reviews, the third approves, either may send it back."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(
            request, _stepped(desk, case, request.POST.get("deed", ""), request.POST.get("reason", ""))
        )
    return _sheet(request, "workbench/class_case.html", risk.case_sheet(desk, case))


def _stepped(desk: Desk, case: UUID, deed: str, reason: str) -> str:
    if deed == "review":
        review_change(desk.scope, case, desk.today)
        return _("Reviewed; it waits for approval")
    if deed == "approve":
        approve_change(desk.scope, case, desk.today)
        return _("Approved; the class holds from today")
    if deed == "return":
        return_change(desk.scope, case, reason, desk.today)
        return _("Sent back")
    raise Refusal(
        _("“%(deed)s” is not a step") % {"deed": deed},
        expected=_("review, approve, return"),
        next_step=_("Load the page again"),
    )


@require_GET
@needs("firms.read")
def migration(request: HttpRequest) -> HttpResponse:
    """From which class to which between two month-ends."""
    matrix = risk.migration(desk_of(request), request.GET.get("month", ""))
    return show(
        request, "migration", "workbench/migration.html", matrix=matrix, places=risk.places("migration")
    )


@require_GET
@needs("firms.read")
def vintages(request: HttpRequest) -> HttpResponse:
    """How much of each quarter's lending was ever late, by age."""
    asked = {name: request.GET.get(name, "") for name in ("late", "product_id", "branch_id", "manager_id")}
    page = risk.vintages(desk_of(request), asked)
    return show(
        request, "vintages", "workbench/vintages.html", page=page, asked=asked, places=risk.places("vintages")
    )


@require_GET
@needs("firms.read")
def concentration(request: HttpRequest) -> HttpResponse:
    """The book by sector and group."""
    page = risk.concentration(desk_of(request))
    return show(
        request,
        "concentration",
        "workbench/concentration.html",
        page=page,
        places=risk.places("concentration"),
    )


@require_GET
@needs("export")
def monthly_return(request: HttpRequest) -> HttpResponse:
    """The return as a workbook; its taking is written down."""
    desk = desk_of(request)
    made = returned.workbook(risk.the_return(desk), risk.return_lines(desk))
    note_reading(desk.scope, "export", detail={"list": "monthly_return", "as_of": str(desk.as_of)})
    name = f"loans-{desk.as_of or 'empty'}.xlsx"
    return HttpResponse(
        made, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
