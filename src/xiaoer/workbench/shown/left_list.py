"""Firms that left or are leaving, as a declared table: what a line of the report is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.events.left import why_left
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.lists import glances, opens

NONE = "-"


def departures(
    firm_of: Callable[[Any], Any], people: Mapping[str, str], places: Mapping[str, str], months: int
) -> Table:
    """`places` are the names of branches; the list reaches so many months back."""
    return Table(
        name="left-firms",
        title=_("Why firms leave"),
        columns=_columns(firm_of, people, places),
        row_key="pk",
        default_order="-day",
        opens=opens,
        glances=glances,
        filters=_filters(places),
        views=(View("all", _("All of them"), {"months": str(months)}),),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("Nobody has said yet why a firm left"),
        empty_why=_("Whoever closes an event of a firm that leaves says why; it stands here at once."),
    )


def _columns(
    firm_of: Callable[[Any], Any], people: Mapping[str, str], places: Mapping[str, str]
) -> tuple[Column, ...]:
    def name(row: Any) -> str:
        found = firm_of(row)
        return str(found.name) if found else str(row.customer_id)

    def who(row: Any) -> str:
        return people.get(row.staff_id, row.staff_id)

    def place(row: Any) -> str:
        return places.get(row.branch_id, row.branch_id)

    return (
        Column("firm", gettext_lazy("Firm"), name, "name", place="title", fixed=True),
        Column("why", gettext_lazy("Why it leaves"), _why, order=("why",), place="aside"),
        Column("day", gettext_lazy("Day"), "day", "day", ("day", "pk"), place="second"),
        Column("rule", gettext_lazy("What was seen"), _seen, order=("rule",), place="second"),
        Column("tier", gettext_lazy("Tier"), _tier, order=("tier",), place="second"),
        Column("amount", gettext_lazy("Brought in a year"), "amount", "wan", ("amount",), "amount"),
        Column("branch", gettext_lazy("Branch"), place, order=("branch_id",)),
        Column("who", gettext_lazy("By"), who, order=("staff_id",)),
    )


def _why(row: Any) -> str:
    return wordings.why_left(row.why)


def _seen(row: Any) -> str:
    return wordings.word(wordings.RULES, row.rule)


def _tier(row: Any) -> str:
    return wordings.word(wordings.TIERS, row.tier)


def _filters(places: Mapping[str, str]) -> tuple[Filter, ...]:
    return (
        Filter(
            "why",
            gettext_lazy("Why it leaves"),
            tuple(Choice(code, wordings.why_left(code), Q(why=code)) for code in why_left()),
        ),
        Filter(
            "tier",
            gettext_lazy("Tier"),
            (
                *(Choice(code, title, Q(tier=code)) for code, title in wordings.TIERS.items()),
                Choice(NONE, gettext_lazy("without a tier"), Q(tier="")),
            ),
        ),
        Filter(
            "branch",
            gettext_lazy("Branch"),
            tuple(Choice(code or NONE, title, Q(branch_id=code)) for code, title in places.items()),
        ),
        Filter("month", gettext_lazy("Month"), _months, quiet=True),
    )


def _months(rows: Any) -> tuple[Choice, ...]:
    """Months something was said in; the report's lines lead to them."""
    found = rows.order_by().dates("day", "month")
    return tuple(
        Choice(
            f"{day:%Y-%m}",
            formats.long_month(f"{day:%Y-%m}", tongue()),
            Q(day__year=day.year, day__month=day.month),
        )
        for day in found
    )
