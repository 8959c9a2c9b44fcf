"""A firm's contacts against what was expected of them, read in the reader's scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xiaoer.events.rulebook import titles
from xiaoer.offers.terms import Terms
from xiaoer.products.queries import names as names_of_products
from xiaoer.trials.seen import came_of
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import expected as shown
from xiaoer.workbench.shown.drawings import tongue


def of_firm(desk: Desk, customer_id: str, had: Sequence[Any]) -> shown.Card:
    """Of the contacts that had a proposal behind them: expected, cost, and what came of it."""
    asked = [one for one in had if one.rule]
    if not asked:
        return shown.Card(())
    rules, products = titles(desk.scope, tongue()), names_of_products(desk.scope)
    measured = came_of(desk.scope, customer_id)
    return shown.Card(
        [
            shown.Line(one, shown.title(one, rules, products), _cost(one), _of(one, measured), desk.today)
            for one in asked
        ]
    )


def _cost(contact: Any) -> int:
    """Fen; of contacts from before it was kept, their minutes at the price of that day."""
    return int(
        contact.minutes * Terms.in_force(contact.day).minute_cost if contact.cost is None else contact.cost
    )


def _of(contact: Any, measured: Sequence[Any]) -> Any:
    """The firm's entry into a family during whose time this contact was, the latest one."""
    items = {contact.product_id or contact.rule}
    mine = [one for one in measured if one.item in items and one.entered_date <= contact.day <= one.due_date]
    return max(mine, key=lambda one: one.entered_date, default=None)
