"""What falls due this week, as a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.kit.screens.listing import asked
from xiaoer.workbench import due, risk
from xiaoer.workbench.desk import desk_of
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _listed, needs, refusals_told


@require_GET
@needs("firms.read")
@refusals_told
def due_list(request: HttpRequest) -> HttpResponse:
    """Maturities, instalments and interest of the week; with ?excel=1 as a workbook."""
    desk = desk_of(request)
    found = due.listing(desk, asked(request.GET), views(desk, "due"))
    return _listed(request, desk, found, due.told(desk, found), places=risk.places("due"))
