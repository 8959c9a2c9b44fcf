"""Requests and complaints read for the desk: the board, the firm's page, the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.kit.dates import add_months, month_start
from xiaoer.kit.screens.listing import Listing
from xiaoer.kit.screens.tables import View
from xiaoer.satisfaction import requests
from xiaoer.satisfaction.terms import RequestRule, State
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import request_sheet
from xiaoer.workbench.shown import requests as shown
from xiaoer.workbench.shown.causes import Causes


def board(desk: Desk, told: Mapping[str, str], views: tuple[View, ...]) -> Listing:
    """What is not closed, the first due first; or what was closed lately. `views` are the reader's own."""
    scope = desk.scope
    open_ones = told.get("state") != State.CLOSED
    rows = requests.unclosed(scope) if open_ones else requests.requests(scope).filter(state=State.CLOSED)
    held: dict[str, Any] = {"firms": {}, "words": {}, "staff": {}}
    people = branches.names_of_staff(scope, requests.owners(scope) | {scope.staff_id})
    places = dict(branches.branches(scope).values_list("branch_id", "name"))
    around = shown.Around(held, people, places, scope.staff_id, desk.today, desk.writes)
    listing = Listing(shown.board(around), rows, told, views)
    seen = list(listing.found if told.get("excel") else listing.page.object_list)
    held["firms"].update(customers.firms_by_number(scope, {one.customer_id for one in seen}))
    held["words"].update(requests.words(scope, [one.request_id for one in seen]))
    held["staff"].update(branches.names_of_staff(scope, {one.held_by for one in seen}))
    return listing


def sheet(desk: Desk, request_id: str) -> request_sheet.Sheet | None:
    """One request with its steps and what may follow; None where it is not the reader's."""
    one = requests.request(desk.scope, request_id)
    firm = customers.firm(desk.scope, one.customer_id) if one else None
    if one is None or firm is None:
        return None
    steps = requests.steps(desk.scope, [request_id])
    others = branches.who_may_hold(desk.scope, one.branch_id, one.manager_id, desk.today)
    known: Any = one
    people = branches.names_of_staff(
        desk.scope, {known.held_by, *(step.staff_id for step in steps), *(step.owner_id for step in steps)}
    )
    furthest = RequestRule.in_force(desk.today).furthest_days
    return request_sheet.Sheet(one, firm, steps, others, people, desk.scope.staff_id, desk.today, furthest)


def may_hold(desk: Desk, request_id: str) -> set[str]:
    """Numbers of those to whom a request may be handed."""
    one = requests.request(desk.scope, request_id)
    if one is None:
        return set()
    found = branches.who_may_hold(desk.scope, one.branch_id, one.manager_id, desk.today)
    return {each.staff_id for each in found}


def of_firm(desk: Desk, firm: Any) -> list[request_sheet.Line]:
    """What of a firm is not closed."""
    found = requests.open_of(desk.scope, firm.customer_id)
    if not found:
        return []
    known: list[Any] = list(found)
    names = branches.names_of_staff(desk.scope, {one.held_by for one in known})
    words = requests.words(desk.scope, [one.request_id for one in known])
    return [
        request_sheet.Line(
            one, names.get(one.held_by, one.held_by), words.get(one.request_id, ""), desk.today
        )
        for one in known
    ]


def causes(desk: Desk) -> Causes:
    """What came in the last months, by cause and month."""
    months = RequestRule.in_force(desk.today).kept_months
    first = add_months(month_start(desk.today), 1 - months)
    return Causes(tuple(requests.causes(desk.scope, first)), first, months, desk.today)
