"""Delivered plans against their contracts: on a note when its rate turns and whether it agrees; those that depart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.money import short_amount
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue

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


@dataclass(frozen=True)
class Departing:
    """A note whose plan departs, on the risk desk."""

    checked: Checked
    firm: str

    @property
    def address(self) -> str:
        return reverse("firm", args=[self.checked.row.customer_id]) + "?tab=loans"


@dataclass(frozen=True)
class PlanDesk:
    """The page; `lacking` counts notes by what their contracts do not say."""

    rows: Sequence[Departing]
    departing: int
    compared: int
    whole: int
    lacking: Mapping[str, int]

    @property
    def sentence(self) -> str:
        if not self.whole:
            return _("No plan to compare yet")
        if not self.departing:
            return _("Every plan that could be compared is as its contract says")
        told = ngettext(
            "%(n)s plan departs from its contract", "%(n)s plans depart from their contracts", self.departing
        )
        return told % {"n": f"{self.departing:,}"}

    @property
    def lede(self) -> str:
        told = _(
            "%(compared)s of %(whole)s plans compared, instalment by instalment since the rate turned last."
        )
        return told % {"compared": f"{self.compared:,}", "whole": f"{self.whole:,}"}

    @property
    def gaps(self) -> list[dict[str, Any]]:
        """What contracts do not say, the most frequent first."""
        ordered = sorted(self.lacking.items(), key=lambda one: (-one[1], one[0]))
        return [{"words": str(MISSING[code]), "n": n} for code, n in ordered if n]
