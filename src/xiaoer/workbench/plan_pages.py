"""Plans that depart from what was agreed, on the risk desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.customers import queries as customers
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.kit.screens.tables import View
from xiaoer.loans import queries as loans
from xiaoer.workbench import risk
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _listed, needs, refusals_told
from xiaoer.workbench.shown import plans as shown


@require_GET
@needs("firms.read")
@refusals_told
def plans(request: HttpRequest) -> HttpResponse:
    """Notes whose delivered plan is not what the contract says, the dearest first; with ?excel=1 as a workbook."""
    desk = desk_of(request)
    found = _listing(desk, asked(request.GET), views(desk, "plans"))
    whole, compared = loans.plans_compared(desk.scope)
    told = shown.told(loans.departing(desk.scope).count(), compared, whole)
    return _listed(request, desk, found, told, places=risk.places("plans"))


def _listing(desk: Desk, given: Mapping[str, str], own: tuple[View, ...]) -> Listing:
    known: dict[str, Any] = {}

    def name_of(number: str) -> str:
        return str(getattr(known.get(number), "name", number))

    made = Listing(shown.table(name_of, desk.today), loans.plans_to_look_at(desk.scope), given, own)
    seen = {one.customer_id for one in (made.found if given.get("excel") else made.page.object_list)}
    known.update(customers.firms_by_number(desk.scope, seen))
    return made
