"""The list of events as a declared table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.events.rulebook import titles
from xiaoer.kit.scope import Scope
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Link, Table, View
from xiaoer.workbench.shown import event_board, wordings
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.effects import FAMILIES
from xiaoer.workbench.shown.lists import glances, opens, standing


@dataclass(frozen=True)
class Around:
    """What the board knows beside the events: the step that holds for each, names, families of some rules.

    `left`: why the firm left, by event, where somebody said so. `handles`: the reader may do something with an event.
    """

    steps: Mapping[str, Any]
    people: Mapping[str, str]
    today: date
    families: Callable[[Iterable[str]], Mapping[str, Any]]
    handles: bool
    left: Mapping[str, str]


def events(
    firm_of: Callable[[Any], Any], scope: Scope, around: Around, taken_on: Callable[[str], Q]
) -> Table:
    """What happened to firms of a scope; `firm_of` gives the firm of an event; the bank's rules bear their titles.

    `taken_on` gives the condition that somebody took an event on, "" that nobody did.
    """
    called = wordings.RULES | (titles(scope, tongue()))
    return Table(
        name="events",
        title=_("Events"),
        columns=_event_columns(firm_of, called, around),
        row_key="event_id",
        default_order="due",
        opens=opens,
        glances=glances,
        filters=_event_filters(called, around, taken_on),
        views=(
            View("all", gettext_lazy("Open")),
            View("act", gettext_lazy("To act on"), {"severity": "act"}),
            View("watch", gettext_lazy("To watch"), {"severity": "watch"}),
            View("late", gettext_lazy("Late"), {"due": "late"}),
            View("mine", gettext_lazy("Taken on by me"), {"state": "mine"}),
            View("postponed", gettext_lazy("Put off"), {"state": "postponed"}),
            View("closed", gettext_lazy("Closed"), {"state": "closed"}),
            View("muted", gettext_lazy("Muted"), {"state": "muted"}),
        ),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("Nothing out of the ordinary"),
        empty_why=_(
            "Falls against its own habit, silence, a new or lost main buyer and coming seasons "
            "show up here after each night."
        ),
    )


def _event_columns(
    firm_of: Callable[[Any], Any], called: dict[str, Any], around: Around
) -> tuple[Column, ...]:
    def in_hands(event: Any) -> str:
        step, why = around.steps.get(event.event_id), around.left.get(event.event_id, "")
        return event_board.told(step, around.people, around.today, why)

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
        Column("step", gettext_lazy("In whose hands"), in_hands, place="second"),
        *([HANDLE] if around.handles else []),
    )


def handle_links(event: Any) -> list[Link]:
    """What can be done with one event."""
    asks = urlencode({"key": event.event_id})
    return [Link(_("Handle"), f"{reverse('events-handle')}?{asks}", "sheet")]


HANDLE = Column("do", gettext_lazy("Do"), handle_links, "links", place="line", fixed=True)


def _event_filters(
    called: dict[str, Any], around: Around, taken_on: Callable[[str], Q]
) -> tuple[Filter, ...]:
    return (
        Filter(
            "severity",
            gettext_lazy("Weight"),
            tuple(Choice(code, title, Q(severity=code)) for code, title in wordings.SEVERITIES.items()),
            few=True,
        ),
        Filter("due", gettext_lazy("Act by"), _due(around.today)),
        Filter("family", gettext_lazy("Family"), partial(_families, families=around.families)),
        Filter("rule", gettext_lazy("What"), partial(rules, called=called)),
        Filter("owner", gettext_lazy("In whose hands"), _owners(around, taken_on)),
        Filter("day", gettext_lazy("Due on"), _days, quiet=True),
    )


def rules(rows: Any, called: dict[str, Any] = wordings.RULES) -> tuple[Choice, ...]:
    """The rules that found something, most first."""
    found = rows.order_by().values("rule").annotate(n=Count("pk")).order_by("-n", "rule")
    return tuple(
        Choice(one["rule"], wordings.word(called, one["rule"]), Q(rule=one["rule"])) for one in found
    )


def _due(today: date) -> tuple[Choice, ...]:
    sunday = today + timedelta(days=6 - today.weekday())
    return (
        Choice("late", gettext_lazy("Late"), Q(due_date__lt=today)),
        Choice("today", gettext_lazy("Today"), Q(due_date=today)),
        Choice("week", gettext_lazy("This week"), Q(due_date__range=(today, sunday))),
        Choice("later", gettext_lazy("Later"), Q(due_date__gt=sunday)),
    )


def _days(rows: Any) -> tuple[Choice, ...]:
    """Days on which something is due; the strip leads to them."""
    found = rows.order_by("due_date").values_list("due_date", flat=True).distinct()
    return tuple(Choice(day.isoformat(), formats.day(day, tongue()), Q(due_date=day)) for day in found if day)


def _families(rows: Any, families: Callable[[Iterable[str]], Mapping[str, Any]]) -> tuple[Choice, ...]:
    """Families of decisions, as effects are measured for them; the rest for itself."""
    found = list(rows.order_by().values_list("rule", flat=True).distinct())
    of_rule = {rule: family.name if family else "" for rule, family in families(found).items()}
    names = [*dict.fromkeys(name for name in of_rule.values() if name), ""]
    return tuple(
        Choice(name or "other", FAMILIES.get(name, gettext_lazy("Other")),
               Q(rule__in=[rule for rule, family in of_rule.items() if family == name]))
        for name in names
    )  # fmt: skip


def _owners(around: Around, taken_on: Callable[[str], Q]) -> tuple[Choice, ...]:
    nobody = Choice("nobody", gettext_lazy("Nobody's yet"), taken_on(""))
    return (*(Choice(code, name, taken_on(code)) for code, name in around.people.items()), nobody)
