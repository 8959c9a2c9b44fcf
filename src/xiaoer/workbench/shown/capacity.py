"""What there is of hours, budgets and quotas on the day planned, and what one more would bring; who has too much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.contact_report import pool
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.sentences import Told

KINDS = {
    "hours": gettext_lazy("Hours"),
    "budget": gettext_lazy("Budget"),
    "quota": gettext_lazy("Quota"),
    "product": gettext_lazy("Product quota"),
    "service": gettext_lazy("Contact plan"),
}
ONE_MORE = {
    "hours": gettext_lazy("an hour"),
    "budget": gettext_lazy("a yuan"),
    "quota": gettext_lazy("a contact"),
    "product": gettext_lazy("a contact"),
    "service": gettext_lazy("a firm"),
}
MUCH_DEARER = 2  # times the cheapest hour of the branch: worth moving firms for


def capacity(name_of: Callable[[Any], str], most_firms: int) -> Table:
    """Places by what one more would bring; `name_of` names a place, more than `most_firms` are an overload."""
    return Table(
        name="capacity",
        title=_("Capacity"),
        columns=_columns(name_of),
        row_key="id",
        default_order="-price",
        opens=_firms_of,
        filters=(
            Filter("state", gettext_lazy("State"), _states(most_firms), few=True),
            Filter("kind", gettext_lazy("Kind"), _kinds),
        ),
        views=(View("all", gettext_lazy("All")), View("full", gettext_lazy("Full"), {"state": "full"})),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("No day is planned yet"),
        empty_why=_("Hours and what one more would bring show up here after a night that planned somebody's day."),
    )  # fmt: skip


def _firms_of(place: Any) -> str:
    """Where hours are short one looks at whose firms ask for them."""
    asks = {"manager": place.manager_id} if place.kind == "hours" else {}
    return f"{reverse('firms')}?{urlencode(asks)}" if asks else reverse("firms")


def _kinds(rows: Any) -> tuple[Choice, ...]:
    """The kinds the bank has set a limit for."""
    set_for = set(rows.order_by().values_list("kind", flat=True).distinct())
    return tuple(Choice(code, title, Q(kind=code)) for code, title in KINDS.items() if code in set_for)


def _columns(name_of: Callable[[Any], str]) -> tuple[Column, ...]:
    return (
        Column("name", gettext_lazy("Who or what"), name_of, "name", place="title", fixed=True),
        Column("kind", gettext_lazy("Kind"), lambda one: str(KINDS[one.kind]), order=("kind", "place"), place="second"),
        Column("used", gettext_lazy("Used"), used, order=("used",), place="line"),
        Column("more", gettext_lazy("One more"), lambda one: str(ONE_MORE[one.kind]), chosen=False),
        Column("price", gettext_lazy("One more brings"), "price", "money", ("price",), "", "shadow_price", "aside"),
        Column("left", gettext_lazy("Found no hour"), "left_out", "count", ("left_out",), "left_out", place="second"),
        Column("lost", gettext_lazy("Would bring"), "left_worth", "wan", ("left_worth",), "left_worth"),
        Column("firms", gettext_lazy("Firms"), lambda one: one.firms or None, "count", ("firms",), place="second"),
    )  # fmt: skip


def used(one: Any) -> str:
    """What is taken of what there is, in the kind's own unit."""
    if one.kind == "hours":
        told = _("%(used)s of %(whole)s h")
        return told % {"used": formats.hours(one.used), "whole": formats.hours(one.capacity)}
    if one.kind == "budget":
        return f"{formats.money(one.used, tongue())} / {formats.money(one.capacity, tongue())}"
    return f"{one.used} / {one.capacity}"


def _states(most_firms: int) -> tuple[Choice, ...]:
    return (
        Choice("full", gettext_lazy("Full"), Q(price__gt=0)),
        Choice("free", gettext_lazy("Room left"), Q(price=0, used__lt=F("capacity"))),
        Choice("many", _("Over %(n)s firms") % {"n": most_firms}, Q(firms__gt=most_firms)),
    )


def name(place: Any, staff: dict[str, str], branches: dict[str, str]) -> str:
    """A manager, a branch's pool or budget, an occasion's quota, a product's by its number."""
    if place.manager_id.startswith("pool:"):
        return pool(branches.get(place.branch_id, place.branch_id))
    if place.kind == "quota":
        return wordings.word(wordings.RULES, place.place)
    if place.kind == "product":
        return str(place.place)
    if place.kind == "budget":
        return branches.get(place.place, place.place)
    return staff.get(place.manager_id, place.manager_id)


@dataclass(frozen=True)
class Move:
    """Firms that could go from a manager whose hours are dear to one of the same branch whose hours are cheap."""

    dear: Any
    cheap: Any


def moves(hours: Iterable[Any], most_firms: int) -> list[Move]:
    """For each branch its dearest and its cheapest manager, where moving firms would pay; the most worth first."""
    by_branch: dict[str, list[Any]] = {}
    for one in hours:
        if not one.manager_id.startswith("pool:"):
            by_branch.setdefault(one.branch_id, []).append(one)
    found = []
    for _branch, held in sorted(by_branch.items()):
        ordered = sorted(held, key=lambda one: (one.price, one.firms, one.manager_id))
        cheap, dear = ordered[0], ordered[-1]
        if (
            cheap is not dear
            and dear.left_out
            and dear.price > MUCH_DEARER * cheap.price
            and cheap.firms < most_firms
        ):
            found.append(Move(dear, cheap))
    return sorted(found, key=lambda one: (one.cheap.price - one.dear.price, one.dear.manager_id))


def told(hours: Sequence[Any], best: Sequence[Move], most_firms: int, name_of: Callable[[Any], str]) -> Told:
    """What a colleague would say: whose day is full, who has too many firms, and whom firms could go to."""
    full = sum(one.price > 0 for one in hours)
    head = ngettext("%(n)s day is full", "%(n)s days are full", full) % {"n": formats.count(full)}
    if not full:
        head = _("Nobody's day is full")
    many = sum(one.firms > most_firms for one in hours)
    parts = [_("%(n)s managers with over %(most)s firms") % {"n": many, "most": most_firms}] if many else []
    return Told(
        head, " · ".join(parts + [_proposed(one, name_of) for one in best[:1]]), _best_possible(hours)
    )


def _best_possible(hours: Sequence[Any]) -> str:
    """How good the whole bank's days are, where there are any."""
    if not hours:
        return ""
    words = _(
        "The whole bank's days bring at least %(share)s of the most any plan could bring within the same limits."
    )
    return words % {"share": formats.percent(1 - hours[0].gap, 2)}


def _proposed(move: Move, name_of: Callable[[Any], str]) -> str:
    words = _(
        "An hour of %(dear)s would bring %(much)s, one of %(cheap)s %(little)s: firms could go from one to the other"
    )
    return words % {
        "dear": name_of(move.dear),
        "much": formats.money(move.dear.price, tongue()),
        "cheap": name_of(move.cheap),
        "little": formats.money(move.cheap.price, tongue()),
    }
