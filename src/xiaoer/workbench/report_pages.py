"""The daily report, and the contacts a line of it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xiaoer.branches.queries import names_of_staff
from xiaoer.customers.queries import firms_by_number
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.kit.screens.tables import Choice, View
from xiaoer.kit.screens.workbook import sheet_of
from xiaoer.workbench import doing, reporting
from xiaoer.workbench.belonging import families_of
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import EXCEL, _excel
from xiaoer.workbench.reporting import Span
from xiaoer.workbench.shown import contact_list, contact_report, effects


@require_GET
@needs("firms.read")
@refusals_told
def report(request: HttpRequest) -> HttpResponse:
    """A day, week or month; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    doing.check_year(request.GET.get("day", ""))
    span = reporting.asked(desk, request.GET.dict())
    page = reporting.page(desk, span, request.GET.get("by", ""))
    if not request.GET.get("excel"):
        return show(request, "report", "workbench/report.html", page=page)
    doing.may_take(desk)
    doing.note_taken(request, desk, "report", len(page.lines), request.GET.dict())
    made = sheet_of(_("Daily report"), *contact_report.sheet(page), page.when)
    name = f"report-{span.first}-{span.name}.xlsx"
    return HttpResponse(
        made, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_GET
@needs("firms.read")
@refusals_told
def report_contacts(request: HttpRequest) -> HttpResponse:
    """Contacts of a span; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    doing.check_year(request.GET.get("day", ""))
    span = reporting.asked(desk, request.GET.dict())
    rows, known, people = reporting.made(desk, span), dict[str, Any](), dict[str, str]()
    table = contact_list.contacts(
        lambda row: known.get(row.customer_id), people, _choices(desk, rows), _whole(span)
    )
    listing = Listing(table, rows, asked(request.GET))
    shown = list(listing.found if request.GET.get("excel") else listing.page.object_list)
    known.update(firms_by_number(desk.scope, {one.customer_id for one in shown}))
    people.update(names_of_staff(desk.scope, {one.staff_id for one in shown}))
    if request.GET.get("excel"):
        return _excel(request, desk, listing)
    when = contact_report.Report(span, "rule", (), contact_report.Sums(), None, desk.today).when  # type: ignore[arg-type]
    return show(request, "report", "workbench/listing.html", listing=listing, lede=when,
                sentence=_("%(n)s contacts") % {"n": listing.count})  # fmt: skip


def _whole(span: Span) -> View:
    return View("all", _("All of them"), {"span": span.name, "day": span.first.isoformat()})


def _choices(desk: Desk, rows: Any) -> dict[str, Any]:
    """What those who answer, branches, rules and families of these contacts are called."""
    found = {
        name: dict.fromkeys(rows.order_by(name).values_list(name, flat=True).distinct())
        for name in ("manager_id", "branch_id", "rule")
    }
    named = {name: reporting.titles_of(desk, name, values) for name, values in found.items()}
    of_rule = families_of(desk.scope, found["rule"], desk.today)
    held = dict.fromkeys(family.name for family in of_rule.values() if family)
    what = [Choice(name, effects.FAMILIES[name], Q(rule__in=_rules(of_rule, name))) for name in held]
    alone = [rule for rule, family in of_rule.items() if family is None]
    what += [Choice(rule or contact_list.NONE, named["rule"][rule], Q(rule=rule)) for rule in alone]
    return named | {"what": tuple(what)}


def _rules(of_rule: Mapping[str, Any], name: str) -> list[str]:
    return [rule for rule, family in of_rule.items() if family and family.name == name]
