"""All firms in scope as a list, sifted also by what the segments' room knows of them."""

from __future__ import annotations

from collections.abc import Mapping

from xiaoer.customers import queries as customers
from xiaoer.kit.screens.listing import Listing
from xiaoer.kit.screens.tables import View
from xiaoer.segments import queries as targets
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import lists


def firms(desk: Desk, asked: Mapping[str, str], views: tuple[View, ...]) -> Listing:
    """All firms in scope as a list; `views` are the reader's own."""
    rows = customers.firms(desk.scope)
    about = lists.Targets(targets.met_in_turn(desk.scope, desk.today), targets.without_plan(desk.scope))
    table = lists.firms(desk.today, lambda typed: customers.matching(desk.scope, typed), about)
    table = lists.delivered(table, rows)
    return Listing(table, rows, asked, views)
