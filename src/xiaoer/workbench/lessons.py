"""Checklists of products just opened, read for the firm's page."""

from __future__ import annotations

from xiaoer.branches import queries as branches
from xiaoer.products.queries import checklists
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import lessons


def of_firm(desk: Desk, customer_id: str) -> list[lessons.List]:
    """What the firm is still to be shown, and what it was."""
    held = checklists(desk.scope, customer_id)
    staff = {step.lesson.staff_id for one in held for step in one.steps if step.lesson}
    return lessons.lists(held, branches.names_of_staff(desk.scope, staff) if staff else {}, desk.today)
