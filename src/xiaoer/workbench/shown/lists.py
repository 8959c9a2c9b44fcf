"""The lists of the desk as declared tables: columns, filters, saved views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import unit

LONG_SILENT = timedelta(days=90)
MOST_INDUSTRIES = 14


def firms(today: date, finds: Callable[[str], Q]) -> Table:
    """All firms of a scope."""
    return Table(
        name="firms",
        title=_("Firms"),
        columns=_firm_columns(),
        row_key="customer_id",
        default_order="-turnover",
        opens=opens,
        glances=glances,
        filters=_firm_filters(today),
        views=_firm_views(),
        finds=finds,
        finds_hint=_("Name, pinyin, credit code"),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("No firm answers to you yet"),
        empty_why=_(
            "Firms appear after a night with a customer file, once they are assigned to you or your branch."
        ),
    )


def events(firm_of: Callable[[Any], Any]) -> Table:
    """What happened to firms of a scope; `firm_of` gives the firm of an event."""
    return Table(
        name="events",
        title=_("Events"),
        columns=_event_columns(firm_of),
        row_key="event_id",
        default_order="due",
        opens=opens,
        glances=glances,
        filters=_event_filters(),
        views=(
            View("all", gettext_lazy("All")),
            View("act", gettext_lazy("To act on"), {"severity": "act"}),
            View("watch", gettext_lazy("To watch"), {"severity": "watch"}),
        ),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("Nothing out of the ordinary"),
        empty_why=_(
            "Falls against its own habit, silence, a new or lost main buyer and coming seasons show up here after each night."
        ),
    )


def opens(row: Any) -> str:
    return reverse("firm", args=[row.customer_id])


def glances(row: Any) -> str:
    return reverse("firm-panel", args=[row.customer_id])


def growth(firm: Any) -> float | None:
    if firm.turnover_12m is None or not firm.turnover_prior_12m or firm.turnover_prior_12m <= 0:
        return None
    return float(firm.turnover_12m / firm.turnover_prior_12m - 1)


def size(firm: Any) -> str:
    """The size class, or what is missing to tell it."""
    said = wordings.word(wordings.SIZES, firm.size_class)
    if firm.size_class != "undetermined" or not firm.size_missing:
        return said
    missing = "、".join if unit() == "万元" else ", ".join
    names = dict.fromkeys(wordings.word(wordings.SIZE_MISSING, one) for one in firm.size_missing)
    return _("Size undetermined: no %(missing)s") % {"missing": missing(names)}


def _firm_columns() -> tuple[Column, ...]:
    return (
        Column("name", gettext_lazy("Firm"), "name", "name", ("pinyin",), place="title", fixed=True),
        Column(
            "tier",
            gettext_lazy("Tier"),
            "tier",
            "tier",
            ("value_band", "size_band"),
            figure="tier",
            place="second",
        ),
        Column("industry", gettext_lazy("Industry"), "industry", order=("industry",), place="second"),
        Column(
            "size",
            gettext_lazy("Size"),
            lambda firm: wordings.word(wordings.SIZES, firm.size_class),
            order=("size_band",),
            figure="size_class",
            chosen=False,
        ),
        Column(
            "turnover",
            gettext_lazy("Turnover, 12 months"),
            "turnover_12m",
            "wan",
            ("turnover_12m",),
            "turnover_12m",
            "turnover_12m",
            "aside",
        ),
        Column("growth", gettext_lazy("Year on year"), growth, "change", figure="growth", place="second"),
        Column("balance", gettext_lazy("Deposits"), "balance", "wan", ("balance",), "balance", "balance"),
        Column(
            "loans",
            gettext_lazy("Loans"),
            "loan_balance",
            "wan",
            ("loan_balance",),
            "loan_balance",
            "loan_balance",
        ),
        Column(
            "contribution",
            gettext_lazy("Contribution"),
            "contribution_12m",
            "wan",
            ("contribution_12m",),
            "contribution_12m",
            "contribution",
            chosen=False,
        ),
        Column("risk", gettext_lazy("Risk"), "pd", "percent", ("pd",), figure="risk"),
        Column(
            "products",
            gettext_lazy("Products"),
            "products",
            "count",
            ("products",),
            figure="loyalty",
            chosen=False,
        ),
        Column("events", gettext_lazy("Events"), lambda firm: firm.events or None, "count", ("events",)),
        Column(
            "contact",
            gettext_lazy("Last contact"),
            "last_contact_date",
            "day",
            ("last_contact_date",),
            place="second",
        ),
        Column("due", gettext_lazy("Next contact by plan"), "next_due_date", "day", ("next_due_date",), chosen=False),
        Column("matures", gettext_lazy("Next loan matures"), "matures_date", "day", ("matures_date",), chosen=False),
        Column("region", gettext_lazy("Region"), "region", order=("region",), chosen=False),
    )


def delivered(table: Table, rows: Any) -> Table:
    """The table without columns for which no row has a value: what was not delivered is not shown as dashes."""
    asked = {
        column.key: Count(column.order[0]) for column in table.columns if column.order and not column.fixed
    }
    counts = rows.order_by().aggregate(**{f"n_{key}": count for key, count in asked.items()}) if asked else {}
    kept = tuple(column for column in table.columns if column.key not in asked or counts[f"n_{column.key}"])
    return replace(table, columns=kept)


def _firm_filters(today: date) -> tuple[Filter, ...]:
    return (
        Filter(
            "tier",
            gettext_lazy("Tier"),
            tuple(Choice(code, title, Q(tier=code)) for code, title in wordings.TIERS.items()),
            few=True,
        ),
        Filter(
            "state",
            gettext_lazy("State"),
            (
                Choice("events", gettext_lazy("With events"), Q(events__gt=0)),
                Choice("borrower", gettext_lazy("Borrowers"), Q(borrower=True)),
                Choice("silent", gettext_lazy("Not contacted for 90 days"), _silent(today)),
                Choice(
                    "falling",
                    gettext_lazy("Turnover down by a fifth"),
                    Q(turnover_12m__lt=F("turnover_prior_12m") * 0.8),
                ),
            ),
        ),
        Filter(
            "size",
            gettext_lazy("Size"),
            tuple(Choice(code, title, Q(size_class=code)) for code, title in wordings.SIZES.items()),
        ),
        Filter("industry", gettext_lazy("Industry"), industries),
        Filter(
            "kind",
            gettext_lazy("Kind"),
            tuple(Choice(code, title, Q(kind=code)) for code, title in wordings.KINDS.items()),
        ),
    )


def industries(rows: Any) -> tuple[Choice, ...]:
    """The industries that occur, most firms first."""
    found = (
        rows.exclude(industry="")
        .order_by()
        .values("industry")
        .annotate(n=Count("pk"))
        .order_by("-n", "industry")
    )
    return tuple(
        Choice(one["industry"], one["industry"], Q(industry=one["industry"]))
        for one in found[:MOST_INDUSTRIES]
    )


def _silent(today: date) -> Q:
    return Q(last_contact_date__lt=today - LONG_SILENT) | Q(last_contact_date=None)


def _firm_views() -> tuple[View, ...]:
    return (
        View("all", gettext_lazy("All")),
        View("best", gettext_lazy("Premier and excellent"), {"tier": "premier.excellent"}),
        View("events", gettext_lazy("With events"), {"state": "events"}),
        View("falling", gettext_lazy("Falling"), {"state": "falling"}),
        View("silent", gettext_lazy("Long not contacted"), {"state": "silent", "sort": "contact"}),
    )


def _event_columns(firm_of: Callable[[Any], Any]) -> tuple[Column, ...]:
    return (
        Column(
            "firm", gettext_lazy("Firm"), lambda event: firm_of(event).name, "name", place="title", fixed=True
        ),
        Column(
            "tier",
            gettext_lazy("Tier"),
            lambda event: firm_of(event).tier,
            "tier",
            figure="tier",
            chosen=False,
        ),
        Column(
            "what",
            gettext_lazy("What"),
            lambda event: wordings.word(wordings.RULES, event.rule),
            order=("rule",),
            place="second",
        ),
        Column("because", gettext_lazy("What was seen"), "because", "chips", place="line"),
        Column("date", gettext_lazy("Seen"), "event_date", "day", ("event_date",)),
        Column("due", gettext_lazy("Act by"), "due_date", "day", ("due_date",), place="aside"),
        Column("amount", gettext_lazy("Amount"), "amount", "wan", ("amount",), "amount"),
    )


def _event_filters() -> tuple[Filter, ...]:
    return (
        Filter(
            "severity",
            gettext_lazy("Weight"),
            tuple(Choice(code, title, Q(severity=code)) for code, title in wordings.SEVERITIES.items()),
            few=True,
        ),
        Filter("rule", gettext_lazy("What"), rules),
    )


def rules(rows: Any) -> tuple[Choice, ...]:
    """The rules that found something, most first."""
    found = rows.order_by().values("rule").annotate(n=Count("pk")).order_by("-n", "rule")
    return tuple(
        Choice(one["rule"], wordings.word(wordings.RULES, one["rule"]), Q(rule=one["rule"])) for one in found
    )
