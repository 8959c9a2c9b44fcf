"""The list of firms as a declared table: columns, filters, saved views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, TierNow, View, Words
from xiaoer.workbench.shown import band_filters, wordings
from xiaoer.workbench.shown.drawings import unit

LONG_SILENT = timedelta(days=90)
MOST_INDUSTRIES = 14
MOST_REGIONS = 40
FILLED_BY = {"growth": "turnover_prior_12m"}  # columns worked out on the page, and what they need


@dataclass(frozen=True)
class Targets:
    """What the segments' room knows of firms: the service target list's criteria in order, who lacks a plan."""

    ideal: Sequence[Q]
    unplanned: Q


def firms(today: date, finds: Callable[[str], Q], targets: Targets) -> Table:
    """All firms of a scope."""
    return Table(
        name="firms",
        title=_("Firms"),
        columns=_firm_columns(),
        row_key="customer_id",
        default_order="-turnover",
        opens=opens,
        glances=glances,
        filters=(*_firm_filters(today, targets), *band_filters.filters(), _ideal(targets.ideal)),
        views=_firm_views(len(targets.ideal)),
        finds=finds,
        finds_hint=_("Name, pinyin, credit code"),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("No firm answers to you yet"),
        empty_why=_(
            "Firms appear after a night with a customer file, once they are assigned to you or your branch."
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


def passed_from(firm: Any) -> str:
    """The line of business that passed the firm over to us; "" for one of our own."""
    line = wordings.word(wordings.LINES, firm.passed_from) if firm.passed_from else ""
    return _("passed over from %(line)s") % {"line": line} if line else ""


def _firm_columns() -> tuple[Column, ...]:
    return (*_who_it_is(), *_what_it_is_worth(), *_what_is_going_on())


def _who_it_is() -> tuple[Column, ...]:
    text = gettext_lazy
    bands = ("value_band", "size_band")
    return (
        Column("name", text("Firm"), "name", "name", ("pinyin",), place="title", fixed=True),
        Column("tier", text("Tier"), standing, "tier", bands, figure="tier", place="second"),
        Column("industry", text("Industry"), "industry", order=("industry",), place="second"),
        Column("size", text("Size"), size_class, order=("size_band",), figure="size_class", chosen=False),
    )


def _what_it_is_worth() -> tuple[Column, ...]:
    text = gettext_lazy
    return (
        _money("turnover", text("Turnover, 12 months"), "turnover_12m", "turnover_12m", place="aside"),
        Column("growth", text("Year on year"), growth, "change", figure="growth", place="second"),
        _money("balance", text("Deposits"), "balance", "balance"),
        _money("loans", text("Loans"), "loan_balance", "loan_balance"),
        _money("contribution", text("Contribution"), "contribution_12m", "contribution", chosen=False),
        Column("risk", text("Risk"), "pd", "percent", ("pd",), figure="risk"),
        Column(
            "products", text("Products"), "products", "count", ("products",), figure="loyalty", chosen=False
        ),
    )


def _what_is_going_on() -> tuple[Column, ...]:
    text = gettext_lazy
    return (
        Column("events", text("Events"), lambda firm: firm.events or None, "count", ("events",)),
        Column("stage", text("Activity"), stage, order=("stage",), figure="stage", chosen=False),
        _date("contact", text("Last contact"), "last_contact_date", place="second"),
        _date("due", text("Next contact by plan"), "next_due_date", chosen=False),
        _date("matures", text("Next loan matures"), "matures_date", chosen=False),
        Column("region", text("Region"), "region", order=("region",), chosen=False),
    )


def _money(key: str, title: Words, name: str, figure: str, **more: Any) -> Column:
    """An amount that can be sorted by, is added up, and is defined in figures.toml."""
    return Column(key, title, name, "wan", (name,), name, figure, **more)


def standing(firm: Any) -> TierNow:
    """The tier, with that of the night before where it was another one."""
    words = wordings.word(wordings.TIERS, firm.tier) if firm.tier else ""
    if firm.tier_before and firm.tier_before != firm.tier:
        words = f"{wordings.word(wordings.TIERS, firm.tier_before)} → {words}"
    return TierNow(firm.tier, firm.tier_before, words)


def _date(key: str, title: Words, name: str, **more: Any) -> Column:
    return Column(key, title, name, "day", (name,), **more)


def stage(firm: Any) -> str:
    """How alive the firm is with us; nothing where its accounts are not known."""
    return wordings.word(wordings.STAGES, firm.stage) if firm.stage else ""


def size_class(firm: Any) -> str:
    return wordings.word(wordings.SIZES, firm.size_class)


def delivered(table: Table, rows: Any) -> Table:
    """The table without columns that are empty in every row: nothing undelivered is shown as dashes."""
    needs = {one.key: one.order[0] if one.order else FILLED_BY.get(one.key, "") for one in table.columns}
    asked = {one.key: Count(needs[one.key]) for one in table.columns if needs[one.key] and not one.fixed}
    counts = rows.order_by().aggregate(**{f"n_{key}": count for key, count in asked.items()}) if asked else {}
    kept = tuple(column for column in table.columns if column.key not in asked or counts[f"n_{column.key}"])
    return replace(table, columns=kept)


def of_managers(table: Table, names: Mapping[str, str], offered: Sequence[str]) -> Table:
    """The table with who answers for each firm, for whoever sees the firms of several; the industry makes room."""
    if len(names) <= 1:
        return table
    column = Column("manager", gettext_lazy("Manager"), lambda firm: names.get(firm.manager_id, firm.manager_id),
                    order=("manager_id",), place="second")  # fmt: skip
    columns = [replace(one, chosen=False) if one.key == "industry" else one for one in table.columns]
    choices = tuple(Choice(code, names[code], Q(manager_id=code)) for code in offered if names.get(code))
    filters = (*table.filters, Filter("manager", gettext_lazy("Manager"), choices))
    return replace(table, columns=(*columns[:2], column, *columns[2:]), filters=filters)


def _states(today: date, targets: Targets) -> Filter:
    return Filter(
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
            Choice("passed", gettext_lazy("Passed over from another line"), ~Q(passed_from="")),
            Choice("unplanned", gettext_lazy("Premier without an account plan"), targets.unplanned),
        ),
    )


def _firm_filters(today: date, targets: Targets) -> tuple[Filter, ...]:
    return (
        Filter(
            "tier",
            gettext_lazy("Tier"),
            tuple(Choice(code, title, Q(tier=code)) for code, title in wordings.TIERS.items()),
            few=True,
        ),
        _states(today, targets),
        Filter(
            "stage",
            gettext_lazy("Activity"),
            tuple(Choice(code, title, Q(stage=code)) for code, title in wordings.STAGES.items()),
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


def regions(rows: Any) -> tuple[Choice, ...]:
    """The regions that occur, most firms first."""
    found = (
        rows.exclude(region="").order_by().values("region").annotate(n=Count("pk")).order_by("-n", "region")
    )
    return tuple(
        Choice(one["region"], one["region"], Q(region=one["region"])) for one in found[:MOST_REGIONS]
    )


def _silent(today: date) -> Q:
    return Q(last_contact_date__lt=today - LONG_SILENT) | Q(last_contact_date=None)


def _ideal(criteria: Sequence[Q]) -> Filter:
    """Firms left after so many steps of the service target list."""
    kept, choices = Q(), []
    for number, met in enumerate(criteria, 1):
        kept &= met
        title = _("Ideal firms") if number == len(criteria) else _("Ideal firms, step %(n)s") % {"n": number}
        choices.append(Choice(str(number), title, kept))
    return Filter("ideal", gettext_lazy("Ideal firms"), tuple(choices), quiet=True)


def _firm_views(steps: int) -> tuple[View, ...]:
    ideal = (View("ideal", gettext_lazy("Ideal firms"), {"ideal": str(steps)}),) if steps else ()
    return (
        View("all", gettext_lazy("All")),
        View("best", gettext_lazy("Premier and excellent"), {"tier": "premier.excellent"}),
        *ideal,
        View("events", gettext_lazy("With events"), {"state": "events"}),
        View("falling", gettext_lazy("Falling"), {"state": "falling"}),
        View("moved", gettext_lazy("Tier changed"), {"moved": "up.down"}),
        View("silent", gettext_lazy("Long not contacted"), {"state": "silent", "sort": "contact"}),
    )
