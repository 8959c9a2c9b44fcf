"""A closed contact queues a short survey where the contact policy allows it; answers are read in the reader's scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xiaoer.branches import queries as branches
from xiaoer.contact_policy.queries import Policies
from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import Asked, Known, Purpose, Touch
from xiaoer.contacts.actions import FollowUp
from xiaoer.contacts.terms import OutcomeRecorded
from xiaoer.customers import queries as customers
from xiaoer.kit.published import pointer
from xiaoer.kit.scope import Scope
from xiaoer.products.queries import names as names_of_products
from xiaoer.satisfaction import queries as surveys
from xiaoer.satisfaction.actions import ask
from xiaoer.satisfaction.terms import CALL, LINK, SurveyRule
from xiaoer.workbench import approaching
from xiaoer.workbench.desk import Desk

ANSWERS_SHOWN, RATE_DAYS = 3, 90


def queue_after(fact: OutcomeRecorded) -> None:
    """A link where a message may be sent, else a script for a call, else nothing: the red line stands above it."""
    if fact.outcome not in SurveyRule.in_force(fact.day).after:
        return
    scope = Scope(
        fact.staff_id, managers=(fact.manager_id,), branches=(fact.branch_id,), edition=pointer().edition
    )
    firm = customers.firm(scope, fact.customer_id)
    if firm is None:
        return
    ahead = approaching.ahead_of(scope, fact.customer_id, fact.day)
    if channel := way_open(approaching.known_of(scope, firm, fact.day), ahead, fact.day):
        ask(fact, channel)


def way_open(known: Known, ahead: Sequence[Touch], day: date) -> str | None:
    """The first way by which a survey may go out on a day without crowding out what is planned with the firm."""
    policy = Policies.now().on(day)
    for way in (LINK, CALL):
        sent = approaching.with_plans(known, [Touch(day, way, Purpose.SURVEY)])
        if approach(Asked(way, Purpose.SURVEY, day), known, policy).allowed and _fits(sent, ahead):
            return way
    return None


def _fits(known: Known, ahead: Sequence[Touch]) -> bool:
    """Whether every later plan may still stand."""
    for place, later in enumerate(ahead):
        others = [*ahead[:place], *ahead[place + 1 :]]
        answer = approaching.answer(approaching.with_plans(known, others), FollowUp(later.day, later.channel))
        if any(block.rule in approaching.PACE for block in answer.blocks):
            return False
    return True


def of_firm(desk: Desk, customer_id: str) -> list[dict[str, Any]]:
    """What the firm last answered, with whom it judged and what had been offered."""
    found = surveys.of_firm(desk.scope, customer_id, at_most=ANSWERS_SHOWN)
    names = branches.names_of_staff(desk.scope, {one.judged_id for one in found}) if found else {}
    products = names_of_products(desk.scope) if any(one.product_id for one in found) else {}
    return [
        {
            "survey": one,
            "who": names.get(one.judged_id, ""),
            "product": products.get(one.product_id, one.product_id),
        }
        for one in found
    ]
