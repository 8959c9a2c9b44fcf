"""Delivered plans against their contracts: on a note when its rate turns and whether it agrees; those that depart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from xiaoer.kit.money import short_amount
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View, Words
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.lists import glances
from xiaoer.workbench.shown.sentences import Told

MISSING = {
    "method": gettext_lazy("how it is repaid, or it revolves"),
    "dates": gettext_lazy("first and last day"),
    "repricing": gettext_lazy("when a floating rate turns, its spread, or its tenor"),
    "lpr": gettext_lazy("the LPR of the day the rate turned"),
    "rate": gettext_lazy("the rate"),
    "pay_day": gettext_lazy("the day of the month"),
    "day_rule": gettext_lazy("where a due day goes that is no working day"),
    "changed": gettext_lazy("the terms since it was restructured or extended"),
}
DAY_RULES = {
    "as_written": gettext_lazy("due days stay as written"),
    "following": gettext_lazy("off days go to the next working day"),
    "modified_following": gettext_lazy("off days go to the next working day of the month"),
    "preceding": gettext_lazy("off days go to the working day before"),
}
DEPARTS: Mapping[str, tuple[Words, Q]] = {
    "rate": (gettext_lazy("Rate"), ~Q(rate_gap=0)),
    "amounts": (gettext_lazy("Amounts"), Q(amount_rows__gt=0)),
    "days": (gettext_lazy("Due days"), Q(day_rows__gt=0)),
    "count": (gettext_lazy("Number of instalments"), ~Q(count_gap=0)),
}
_UNSAID = {code: (title, Q(missing__contains=[code])) for code, title in MISSING.items()}
BASIS_POINTS = 10_000


@dataclass(frozen=True)
class Checked:
    """What the night found on a note's plan."""

    row: Any
    today: date

    @property
    def turns(self) -> str:
        """When the rate turns next, and to what at tonight's LPR."""
        one = self.row
        if one.next_date is None:
            return ""
        day = formats.day(one.next_date, tongue(), self.today)
        if one.next_rate is None:
            return _("rate turns on %(day)s") % {"day": day}
        told = _("rate turns on %(day)s: %(rate)s at tonight's LPR")
        return told % {"day": day, "rate": formats.percent(one.next_rate, 2)}

    @property
    def day_rule(self) -> str:
        return str(DAY_RULES.get(self.row.day_rule, ""))

    @property
    def missing(self) -> list[str]:
        """What the contract does not say."""
        return [str(MISSING[code]) for code in self.row.missing]

    @property
    def agrees(self) -> bool:
        """Whether something was compared and all of it agrees."""
        return bool(self.row.compared) and not self.row.departs

    @property
    def told(self) -> list[str]:
        """Where the plan departs, the dearest first."""
        one, parts = self.row, []
        if one.rate_gap:
            parts.append(self._rate())
        if one.amount_rows:
            told = ngettext(
                "%(n)s instalment departs by %(sum)s",
                "%(n)s instalments depart by %(sum)s in all",
                one.amount_rows,
            )
            parts.append(told % {"n": one.amount_rows, "sum": short_amount(one.gap_amount, tongue())})
        if one.day_rows:
            told = ngettext("%(n)s due day departs", "%(n)s due days depart", one.day_rows)
            parts.append(told % {"n": one.day_rows})
        if one.count_gap:
            parts.append(self._count())
        return parts

    @property
    def summary(self) -> str:
        """Where the plan departs, or what the contract does not say; not assumed, and so not compared."""
        unsaid = _("the contract does not say: %(what)s") % {"what": ", ".join(self.missing)}
        return " · ".join(self.told) or (unsaid if self.missing else "")

    @property
    def since(self) -> str:
        if self.row.since_date is None:
            return ""
        return _("since %(day)s") % {"day": formats.day(self.row.since_date, tongue(), self.today)}

    def _rate(self) -> str:
        told = _("rate %(now)s, by the terms %(asked)s (%(gap)s basis points)")
        return told % {
            "now": formats.percent(self.row.note_rate, 2),
            "asked": formats.percent(self.row.rate, 2),
            "gap": formats.points(self.row.rate_gap * BASIS_POINTS),
        }

    def _count(self) -> str:
        n = self.row.count_gap
        if n > 0:
            return ngettext("%(n)s instalment too many", "%(n)s instalments too many", n) % {"n": n}
        return ngettext("%(n)s instalment missing", "%(n)s instalments missing", -n) % {"n": -n}


def table(name_of: Callable[[str], str], today: date) -> Table:
    """Notes whose plan departs from the contract, or whose contract leaves something unsaid."""
    return Table(
        name="plans",
        title=pgettext("risk", "Plans"),
        columns=_columns(name_of, today),
        row_key="note_id",
        default_order="-gap",
        opens=lambda row: reverse("firm", args=[row.customer_id]) + "?tab=loans",
        glances=glances,
        filters=(
            Filter("departs", gettext_lazy("What departs"), _choices(DEPARTS), few=True),
            Filter("unsaid", gettext_lazy("What contracts do not say"), _choices(_UNSAID)),
        ),
        views=(
            View("all", gettext_lazy("All")),
            View("departing", gettext_lazy("Departing from the contract"), {"departs": ",".join(DEPARTS)}),
        ),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("Nothing departs"),
        empty_why=_("Due days, amounts and rates that are not what the contract says show up here."),
    )


def told(departing: int, compared: int, whole: int) -> Told:
    """What a colleague would say of the list."""
    if not whole:
        return Told(_("No plan to compare yet"))
    lede = _("%(compared)s of %(whole)s plans compared, instalment by instalment since the rate turned last.")
    lede %= {"compared": f"{compared:,}", "whole": f"{whole:,}"}
    if not departing:
        return Told(_("Every plan that could be compared is as its contract says"), lede)
    words = ngettext(
        "%(n)s plan departs from its contract", "%(n)s plans depart from their contracts", departing
    )
    return Told(words % {"n": f"{departing:,}"}, lede)


def _columns(name_of: Callable[[str], str], today: date) -> tuple[Column, ...]:
    return (
        Column("firm", gettext_lazy("Firm"), lambda row: name_of(row.customer_id), "name", place="title", fixed=True),
        Column("note", pgettext_lazy("loan", "Note"), "note_id", order=("note_id",)),
        Column("product", gettext_lazy("Product"), "product", order=("product",), place="line"),
        Column("balance", gettext_lazy("Owed"), "balance", "wan", ("balance",), "balance", "loan_balance"),
        Column("told", gettext_lazy("What departs"), lambda row: Checked(row, today).summary, place="second",
               figure="agreed_plan"),
        Column("gap", gettext_lazy("Departs by"), "gap_amount", "money", ("gap_amount", "rate_gap"), "gap_amount",
               place="aside"),
        Column("since", pgettext_lazy("plan", "Since"), "since_date", "day", ("since_date",)),
        Column("turns", gettext_lazy("Rate turns on"), "next_date", "day", ("next_date",), chosen=False),
        Column("unsaid", gettext_lazy("What contracts do not say"),
               lambda row: " · ".join(Checked(row, today).missing), chosen=False),
    )  # fmt: skip


def _choices(kept: Mapping[str, tuple[Words, Q]]) -> tuple[Choice, ...]:
    return tuple(Choice(code, title, keeps) for code, (title, keeps) in kept.items())
