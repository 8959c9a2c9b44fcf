"""A firm's account plan: its goals on the firm's page, and what slips in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from xiaoer.customers import queries as customers
from xiaoer.segments import queries as segments
from xiaoer.segments.goals import Patience
from xiaoer.segments.terms import Tier
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import goals as shown

SLIPPING_SHOWN, CLOSED_SHOWN = 6, 6


def of_firm(desk: Desk, firm: Any, tasks: Sequence[Any]) -> shown.AccountPlan | None:
    """The plan of a firm's page, its open tasks as steps; None where there is no plan and none is wanted."""
    standing, closed = segments.account_plan(desk.scope, firm, desk.today)
    if not standing and not closed and firm.tier != Tier.PREMIER:
        return None
    days = Patience.in_force(desk.today).least_days
    rows = [shown.Line(one, desk.today, days) for one in standing]
    return shown.AccountPlan(
        rows, closed[:CLOSED_SHOWN], tasks, reverse("goal", args=[firm.customer_id]), desk.today
    )


def slipping(desk: Desk) -> shown.Slipping:
    """Goals behind their way or past their day, the most urgent first, and firms that should have a plan."""
    found = [one for one in segments.standings(desk.scope, desk.today) if one.state in shown.SLIPS]
    wanting = desk.remembered("no account plan", lambda: _wanting(desk))
    days = Patience.in_force(desk.today).least_days
    lines = [shown.Line(one, desk.today, days) for one in found[:SLIPPING_SHOWN]]
    return shown.Slipping(lines, len(found), wanting)


def _wanting(desk: Desk) -> int:
    return customers.firms(desk.scope).filter(segments.without_plan(desk.scope)).count()
