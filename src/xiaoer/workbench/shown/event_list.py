"""The list of events as a declared table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.events.rulebook import titles
from xiaoer.kit.scope import Scope
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.lists import glances, opens, standing


def events(firm_of: Callable[[Any], Any], scope: Scope | None = None) -> Table:
    """What happened to firms of a scope; `firm_of` gives the firm of an event; the bank's rules bear their titles."""
    called = wordings.RULES | (titles(scope, tongue()) if scope else {})
    return Table(
        name="events",
        title=_("Events"),
        columns=_event_columns(firm_of, called),
        row_key="event_id",
        default_order="due",
        opens=opens,
        glances=glances,
        filters=_event_filters(called),
        views=(
            View("all", gettext_lazy("All")),
            View("act", gettext_lazy("To act on"), {"severity": "act"}),
            View("watch", gettext_lazy("To watch"), {"severity": "watch"}),
        ),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("Nothing out of the ordinary"),
        empty_why=_(
            "Falls against its own habit, silence, a new or lost main buyer and coming seasons "
            "show up here after each night."
        ),
    )


def _event_columns(firm_of: Callable[[Any], Any], called: dict[str, Any]) -> tuple[Column, ...]:
    return (
        Column(
            "firm", gettext_lazy("Firm"), lambda event: firm_of(event).name, "name", place="title", fixed=True
        ),
        Column(
            "tier",
            gettext_lazy("Tier"),
            lambda event: standing(firm_of(event)),
            "tier",
            figure="tier",
            chosen=False,
        ),
        Column(
            "what",
            gettext_lazy("What"),
            lambda event: wordings.word(called, event.rule),
            order=("rule",),
            place="second",
        ),
        Column("because", gettext_lazy("What was seen"), "because", "chips", place="line"),
        Column("date", gettext_lazy("Seen"), "event_date", "day", ("event_date",)),
        Column("due", gettext_lazy("Act by"), "due_date", "day", ("due_date",), place="aside"),
        Column("amount", gettext_lazy("Amount"), "amount", "wan", ("amount",), "amount"),
    )


def _event_filters(called: dict[str, Any]) -> tuple[Filter, ...]:
    return (
        Filter(
            "severity",
            gettext_lazy("Weight"),
            tuple(Choice(code, title, Q(severity=code)) for code, title in wordings.SEVERITIES.items()),
            few=True,
        ),
        Filter("rule", gettext_lazy("What"), partial(rules, called=called)),
    )


def rules(rows: Any, called: dict[str, Any] = wordings.RULES) -> tuple[Choice, ...]:
    """The rules that found something, most first."""
    found = rows.order_by().values("rule").annotate(n=Count("pk")).order_by("-n", "rule")
    return tuple(
        Choice(one["rule"], wordings.word(called, one["rule"]), Q(rule=one["rule"])) for one in found
    )
