"""Guarantees on the risk desk, and on a firm's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.customers import queries as customers
from xiaoer.network import queries as network
from xiaoer.workbench import risk
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import needs
from xiaoer.workbench.shown import guarantees as shown

WEAK_SHOWN, LARGEST_SHOWN = 30, 20


@require_GET
@needs("firms.read")
def guarantees(request: HttpRequest) -> HttpResponse:
    """Rings, guarantors in trouble, and who stands for most."""
    page = _page(desk_of(request))
    return show(
        request, "guarantees", "workbench/guarantees.html", page=page, places=risk.places("guarantees")
    )


def of_firm(desk: Desk, customer_id: str) -> shown.Guarantees | None:
    """A firm's guarantees, taken and given; None where it has none."""
    standing = network.surety(desk.scope, customer_id)
    if standing is None:
        return None
    rows = network.guarantees_of(desk.scope, customer_id)
    seen = customers.firms_by_number(desk.scope, {one.other_id for one in rows})
    return shown.Guarantees(standing, rows, {*seen})


def _page(desk: Desk) -> shown.GuaranteeDesk:
    members, top = network.in_rings(desk.scope), network.largest(desk.scope, LARGEST_SHOWN)
    weak = network.weak(desk.scope)
    shaky = list(weak[:WEAK_SHOWN])
    wanted = {one.customer_id for one in (*members, *top, *shaky)}
    known = customers.firms_by_number(desk.scope, wanted)
    names = {number: str(firm.name) for number, firm in known.items()}
    return shown.GuaranteeDesk(
        totals=network.totals(desk.scope),
        rings=shown.rings(members, names),
        weak=[
            shown.Weak(shown.Tie(one, seen=False), names.get(one.customer_id, one.customer_id))
            for one in shaky
        ],
        weak_count=weak.count(),
        largest=[shown.Member(one, names.get(one.customer_id, one.customer_id)) for one in top],
    )
