"""Plans that depart from what was agreed, on the risk desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.customers import queries as customers
from xiaoer.loans import queries as loans
from xiaoer.workbench import risk
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import needs
from xiaoer.workbench.shown import plans as shown

SHOWN = 100


@require_GET
@needs("firms.read")
def plans(request: HttpRequest) -> HttpResponse:
    """Notes whose delivered plan is not what the contract says, the dearest first."""
    page = _page(desk_of(request))
    return show(request, "plans", "workbench/plans.html", page=page, places=risk.places("plans"))


def _page(desk: Desk) -> shown.PlanDesk:
    held = loans.departing(desk.scope)
    rows = list(held[:SHOWN])
    firms = customers.firms_by_number(desk.scope, {one.customer_id for one in rows})
    names = {number: str(firm.name) for number, firm in firms.items()}
    whole, compared = loans.plans_compared(desk.scope)
    return shown.PlanDesk(
        [
            shown.Departing(shown.Checked(one, desk.today), names.get(one.customer_id, one.customer_id))
            for one in rows
        ],
        held.count(),
        compared,
        whole,
        {code: loans.plans_lacking(desk.scope, code) for code in shown.MISSING},
    )
