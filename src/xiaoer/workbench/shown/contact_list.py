"""Contacts had, as a declared table: what a line of the daily report is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.contacts.terms import outcomes
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import unit
from xiaoer.workbench.shown.lists import glances, opens

NONE, WON = "-", "accepted"


def contacts(
    firm_of: Callable[[Any], Any], people: Mapping[str, str], choices: Mapping[str, Any], whole: View
) -> Table:
    """`choices` holds what managers, branches and rules are called."""
    return Table(
        name="report-contacts",
        title=_("Contacts"),
        columns=_columns(firm_of, people, choices["rule"]),
        row_key="pk",
        default_order="-at",
        opens=opens,
        glances=glances,
        filters=_filters(choices),
        views=(whole,),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("No contact was recorded"),
        empty_why=_("Contacts stand here as soon as somebody records an outcome."),
    )


def _columns(
    firm_of: Callable[[Any], Any], people: Mapping[str, str], rules: Mapping[str, Any]
) -> tuple[Column, ...]:
    def name(row: Any) -> str:
        found = firm_of(row)
        return str(found.name) if found else str(row.customer_id)

    def what_for(row: Any) -> str:
        return wordings.word(dict(rules), row.rule)

    def who(row: Any) -> str:
        return people.get(row.staff_id, row.staff_id)

    return (
        Column("firm", gettext_lazy("Firm"), name, "name", place="title", fixed=True),
        Column("outcome", gettext_lazy("Outcome"), _outcome, order=("outcome",), place="aside"),
        Column("at", gettext_lazy("Day"), "day", "day", ("day", "pk"), place="second"),
        Column("channel", gettext_lazy("Way"), _way, order=("channel",), place="second"),
        Column("rule", gettext_lazy("What for"), what_for, order=("rule",), place="second"),
        Column("who", gettext_lazy("By"), who, order=("staff_id",)),
        Column("minutes", gettext_lazy("Minutes"), "minutes", "count", ("minutes",), "minutes"),
        Column("expected", gettext_lazy("Expected"), "expected_return", "wan", ("expected_return",), "expected_return"),
        Column("worth", gettext_lazy("Brought"), _brought, "wan"),
    )  # fmt: skip


def _outcome(row: Any) -> str:
    return wordings.outcome(row.outcome)


def _way(row: Any) -> str:
    return wordings.word(wordings.CHANNELS, row.channel)


def _brought(row: Any) -> int | None:
    return row.worth if row.outcome == WON else None


def _filters(choices: Mapping[str, Any]) -> tuple[Filter, ...]:
    ends = tuple(Choice(code, wordings.outcome(code), Q(outcome=code)) for code in outcomes())
    return (
        Filter("outcome", gettext_lazy("Outcome"), ends),
        Filter("channel", gettext_lazy("Way"), _choices("channel", wordings.CHANNELS)),
        Filter("rule", gettext_lazy("What for"), _choices("rule", choices["rule"])),
        Filter("manager_id", gettext_lazy("Manager"), _choices("manager_id", choices["manager_id"])),
        Filter("branch_id", gettext_lazy("Branch"), _choices("branch_id", choices["branch_id"])),
        Filter("what", gettext_lazy("Family"), choices["what"], quiet=True),
    )


def _choices(name: str, words: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(code or NONE, title, Q(**{name: code})) for code, title in words.items())
