"""All firms in scope as a list, sifted also by who answers for them and by what the segments' room knows of them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count

from xiaoer.customers import queries as customers
from xiaoer.kit.screens.listing import APART, Listing
from xiaoer.kit.screens.tables import View
from xiaoer.segments import queries as targets
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.reporting import titles_of
from xiaoer.workbench.shown import lists

MANAGERS_OFFERED = 40  # in the filter; beyond that the pages that lead here name one


def firms(desk: Desk, asked: Mapping[str, str], views: tuple[View, ...]) -> Listing:
    """All firms in scope as a list; `views` are the reader's own."""
    rows = customers.firms(desk.scope)
    about = lists.Targets(targets.met_in_turn(desk.scope, desk.today), targets.without_plan(desk.scope))
    table = lists.firms(desk.today, lambda typed: customers.matching(desk.scope, typed), about)
    table = lists.of_managers(lists.delivered(table, rows), _managers(desk), _offered(desk, asked))
    return Listing(table, rows, asked, views)


def _managers(desk: Desk) -> dict[str, str]:
    """Names of those who answer for the firms one sees, most firms first; a branch's pool is called so."""

    def find() -> dict[str, str]:
        held = customers.firms(desk.scope).order_by().values("manager_id").annotate(n=Count("pk"))
        codes = [one["manager_id"] for one in held.order_by("-n", "manager_id")]
        named = titles_of(desk, "manager_id", dict.fromkeys(codes))
        return {code: named.get(code, code) for code in codes}

    return desk.remembered("who answers for firms", find)


def _offered(desk: Desk, asked: Mapping[str, str]) -> list[str]:
    """Managers one can choose from: all where a glance reads them, else those the address asks for."""
    known = _managers(desk)
    return list(known) if len(known) <= MANAGERS_OFFERED else asked.get("manager", "").split(APART)
