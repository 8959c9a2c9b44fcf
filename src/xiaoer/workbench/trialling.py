"""Trials on the desk: a group from a list of firms, the models' numbers of each, and what a page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xiaoer.branches.queries import names_of_staff
from xiaoer.kit.refusal import Refusal
from xiaoer.scores import queries as scores
from xiaoer.scores.specifications import the_shelf
from xiaoer.trials import queries as trials
from xiaoer.trials.actions import MOST_FIRMS, Draft, Placed
from xiaoer.trials.terms import Numbers, Order, Strategy
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.firm_list import firms
from xiaoer.workbench.queries import saved_views
from xiaoer.workbench.shown import trials as shown

ASKED, EFFECT = "takes_", "asking_"
EVERYBODY = "all"
HUNDRED = 100


def page(desk: Desk) -> shown.Trials:
    """All trials, the latest first, and what the form offers."""
    rows = [
        standing for one in trials.trials(desk.scope) if (standing := trials.standing(desk.scope, one.trial))
    ]
    people = names_of_staff(desk.scope, {one.trial.staff_id for one in rows})
    return shown.Trials(
        [shown.TrialShown(one, people, desk.scope) for one in rows], products(desk), groups(desk)
    )


def one(desk: Desk, trial_id: UUID) -> shown.TrialShown | None:
    """A trial and how far it has come."""
    found = trials.standing(desk.scope, trial_id)
    if found is None:
        return None
    named = {found.trial.staff_id, *([found.adopted.staff_id] if found.adopted else [])}
    return shown.TrialShown(found, names_of_staff(desk.scope, named), desk.scope)


def products(desk: Desk) -> list[shown.Offered]:
    """Products with a model of response and one of uplift in use; without both nothing can be simulated."""
    used = {one.model: one for one in scores.shelf(desk.scope).filter(state="live")}
    both = [name.removeprefix(EFFECT) for name in the_shelf() if name.startswith(EFFECT)]
    ready = [name for name in both if {ASKED + name, EFFECT + name} <= used.keys()]
    return [shown.Offered(name, shown.model_name(used[ASKED + name])) for name in ready]


def groups(desk: Desk) -> list[shown.Offered]:
    """One's own views of the list of firms, and everybody in scope."""
    own = [shown.Offered(str(one.pk), one.name) for one in saved_views(desk.scope, "firms")]
    return [shown.Offered(EVERYBODY, _("All firms I see")), *own]


def draft(desk: Desk, given: Mapping[str, str]) -> Draft:
    """What was typed, as a trial; raises Refusal for a product without both models, or a view that is not one's own."""
    product = given.get("product", "")
    if product not in {one.code for one in products(desk)}:
        raise Refusal(
            _("“%(product)s” has no model of response and of uplift in use") % {"product": product},
            "trial",
            _("both of them"),
            _("Put both to use; the next night scores every firm"),
        )
    models = (ASKED + product, EFFECT + product)
    versions = dict(scores.shelf(desk.scope).filter(model__in=models).values_list("model", "version"))
    first, second = (_strategy(given, arm) for arm in ("first", "second"))
    return Draft(given.get("name", ""), product, first, second, _asks(desk, given.get("group", "")), versions)


def group(desk: Desk, wanted: Draft) -> list[Placed]:
    """The firms of the list that both models have scored, in order of their numbers."""
    found = firms(desk, wanted.asks, ()).found.order_by("customer_id")
    there = list(found.values("customer_id", "branch_id", "manager_id")[: MOST_FIRMS + 1])
    numbers = scores.numbers(desk.scope, (ASKED + wanted.product, EFFECT + wanted.product))
    return [Placed(**one, numbers=Numbers(*numbers[one["customer_id"]])) for one in there
            if one["customer_id"] in numbers]  # fmt: skip


def of_firm(desk: Desk, customer_id: str) -> list[shown.InTrial]:
    """The trials a firm is in, in words."""
    found = trials.of_firm(desk.scope, customer_id)
    decided = trials.adopted(desk.scope, [trial.trial for trial, _firm in found])
    return [shown.InTrial(trial, firm, decided.get(trial.trial, "")) for trial, firm in found]


def _asks(desk: Desk, chosen: str) -> dict[str, str]:
    if chosen == EVERYBODY:
        return {}
    view = saved_views(desk.scope, "firms").filter(pk=int(chosen)).first() if chosen.isdigit() else None
    if view is None:
        raise Refusal(_("there is no such list among yours"), "trial", _("one of your saved views of firms"))
    asks: dict[str, str] = view.query
    return asks


def _strategy(given: Mapping[str, Any], arm: str) -> Strategy:
    order, share = given.get(f"{arm}_order", ""), given.get(f"{arm}_share", "")
    if order not in set(Order):
        raise Refusal(_("“%(order)s” is no strategy") % {"order": order}, arm, ", ".join(Order))
    try:
        return Strategy(Order(order), int(share) / HUNDRED)
    except ValueError:
        raise Refusal(
            _("“%(share)s” is no share") % {"share": share}, arm, _("whole per cent from 1 to 100")
        ) from None
