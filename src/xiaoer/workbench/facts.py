"""What is missing of a firm, read for its page."""

from __future__ import annotations

from typing import Any

from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import facts


def of_firm(desk: Desk, firm: Any) -> facts.Facts | None:
    """The facts to ask for, with what was answered since the night; None where nothing is to be said."""
    if not firm.size_missing and not firm.passed_from:
        return None
    answers = customers.answers(desk.scope, firm.customer_id)
    staff = {one.staff_id for one in answers.values()}
    people = branches.names_of_staff(desk.scope, staff) if staff else {}
    return facts.facts(firm, answers, people, desk.today)
