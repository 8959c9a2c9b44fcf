"""The service target list: who is an ideal firm, how many are left at each step, and another rule tried and adopted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.segments import queries as segments
from xiaoer.segments.actions import RIGHT, adopt
from xiaoer.segments.ideal import typed
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import _done, needs, refusals_told
from xiaoer.workbench.shown import ideal as shown
from xiaoer.workbench.shown.lists import industries, regions

TRY = "try"


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def ideal(request: HttpRequest) -> HttpResponse:
    """The steps of the rule in force; with ?try=1 and criteria also those of a rule not adopted yet."""
    desk = desk_of(request)
    if request.method == "POST":
        adopt(desk.scope, typed(dict(request.POST.lists())), desk.today)
        return _done(request, _("Adopted; it holds from today"))
    given: dict[str, Any] = dict(request.GET.lists())
    return show(request, "segments", "workbench/ideal.html", page=_page(desk, given))


def _page(desk: Desk, given: dict[str, Any]) -> shown.IdealPage:
    held = segments.criteria(desk.scope, desk.today)
    whole, steps = segments.steps(desk.scope, held, desk.today)
    trial = typed(given) if TRY in given else None
    tried = segments.steps(desk.scope, trial, desk.today)[1] if trial is not None else None
    rules = segments.adopted(desk.scope)
    people = branches.names_of_staff(desk.scope, {one.staff_id for one in rules})
    rows = customers.firms(desk.scope)
    among = {"industries": industries(rows), "regions": regions(rows)}
    return shown.IdealPage(
        shown.Funnel(whole, steps, adopted=True),
        shown.Funnel(whole, tried, adopted=False) if tried is not None else None,
        shown.fields(trial if trial is not None else held, among),
        [shown.Adopted(one, people.get(one.staff_id, one.staff_id)) for one in rules],
        desk.scope.may(RIGHT),
    )
