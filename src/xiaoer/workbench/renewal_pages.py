"""The renewal board and the sheet on which somebody brings evidence for a gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.customers import queries as customers
from xiaoer.renewals import queries as renewals
from xiaoer.renewals.actions import bring_evidence
from xiaoer.workbench import risk
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import _done, _sheet, needs, refusals_told
from xiaoer.workbench.shown import renewing

SHOWN = 200


@require_GET
@needs("firms.read")
def board(request: HttpRequest) -> HttpResponse:
    """Maturing notes by stage, the first to end first."""
    page = _board(desk_of(request))
    return show(request, "renewals", "workbench/renewals.html", page=page, places=risk.places("renewals"))


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def renewal(request: HttpRequest, note_id: str) -> HttpResponse:
    """A maturing note's conditions; a gap is closed by what somebody saw."""
    desk = desk_of(request)
    if request.method == "POST":
        given = request.POST
        bring_evidence(desk.scope, note_id, given.get("condition", ""), given.get("words", ""), desk.today)
        return _done(request, _("Written down"))
    return _sheet(request, "workbench/renewal.html", _item(desk, note_id))


def _board(desk: Desk) -> renewing.Board:
    rows = renewals.renewals(desk.scope)
    shown = list(rows[:SHOWN])
    firms = customers.firms_by_number(desk.scope, {one.customer_id for one in shown})
    brought = renewals.evidence(desk.scope, [one.note_id for one in shown])
    items = [
        renewing.Item(one, _called(firms, one.customer_id), brought.get(one.note_id, ()), desk.today)
        for one in shown
    ]
    return renewing.Board(items, renewals.promises(desk.scope), rows.count())


def _item(desk: Desk, note_id: str) -> renewing.Item:
    found = renewals.renewal(desk.scope, note_id)
    if found is None:
        raise Http404
    firms = customers.firms_by_number(desk.scope, {found.customer_id})
    brought = renewals.evidence(desk.scope, [note_id]).get(note_id, ())
    return renewing.Item(found, _called(firms, found.customer_id), brought, desk.today)


def _called(firms: Mapping[str, Any], customer_id: str) -> str:
    return str(getattr(firms.get(customer_id), "name", customer_id))
