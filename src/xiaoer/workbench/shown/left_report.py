"""Why firms leave in a sentence, tiles, a chart and a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.events.left import STAYS, UNKNOWN, Tally, why_left
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

SPANS = {"3": gettext_lazy("3 months"), "12": gettext_lazy("12 months"), "24": gettext_lazy("24 months")}
USUAL_SPAN = 12
CUTS = {
    "why": gettext_lazy("Reason"),
    "month": gettext_lazy("Month"),
    "tier": gettext_lazy("Tier"),
    "branch_id": gettext_lazy("Branch"),
}
SHOWN_FIRST = 3


@dataclass(frozen=True)
class Left:
    """The page: tallies by part, by month ("2026-11"), and of all."""

    first: date
    today: date
    months: int
    cut: str
    parts: Mapping[str, Tally]
    whole: Tally
    by_month: Mapping[str, Tally]
    named: Mapping[str, str]

    @property
    def silent(self) -> bool:
        return not self.whole.firms

    @property
    def sentence(self) -> str:
        if self.silent:
            return _("Nobody has said yet why a firm left")
        n = self.whole.left
        told = ngettext("%(n)s firm left or is leaving", "%(n)s firms left or are leaving", n) % {
            "n": formats.count(n)
        }
        first = self.main_reasons
        return told + (_(", most of all for: %(reasons)s") % {"reasons": first} if first else "")

    @property
    def main_reasons(self) -> str:
        """The reasons given most, with their shares."""
        return first_reasons(self.whole)

    @property
    def when(self) -> str:
        days = {
            "first": formats.day(self.first, tongue(), self.today),
            "last": formats.day(self.today, tongue(), self.today),
        }
        return _("%(first)s to %(last)s") % days

    @property
    def tiles(self) -> list[dict[str, str]]:
        one, unknown = self.whole, self.whole.by_reason.get(UNKNOWN, 0)
        kept = one.by_reason.get(STAYS, 0)
        of_all = kept / one.firms if one.firms else None
        first = one.first[0] if one.first else ""
        return [
            {
                "name": _("Left or leaving"),
                "value": formats.count(one.left),
                "note": _("a firm once, by the last word on it"),
            },
            {
                "name": _("Said most"),
                "value": wordings.why_left(first) if first else "—",
                "note": formats.percent(one.share(first), 0) if first else "",
            },
            {
                "name": _("Kept after all"),
                "value": formats.count(kept),
                "note": _("%(share)s of all asked") % {"share": formats.percent(of_all, 0)},
            },
            {
                "name": _("Not known"),
                "value": formats.count(unknown),
                "note": formats.percent(one.share(UNKNOWN), 0),
            },
        ]

    @property
    def spans(self) -> list[dict[str, Any]]:
        return [{"title": title, "address": self._address(months=code), "here": code == str(self.months)}
                for code, title in SPANS.items()]  # fmt: skip

    @property
    def cuts(self) -> list[dict[str, Any]]:
        return [{"title": title, "address": self._address(by=code), "here": code == self.cut}
                for code, title in CUTS.items()]  # fmt: skip

    @property
    def cut_title(self) -> str:
        return str(CUTS[self.cut])

    @property
    def by_reason(self) -> bool:
        return self.cut == "why"

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Reasons in the order of how often they were given, months newest first, the rest by size."""
        order = sorted(self.parts, reverse=True)
        if self.cut != "month":
            order = sorted(self.parts, key=lambda code: (-self.parts[code].firms, code))
        return [
            {"title": self.title(code), "tally": self.parts[code], "share": self._share(code),
             "reasons": first_reasons(self.parts[code]), "address": self._firms(code)}
            for code in order
        ]  # fmt: skip

    def _share(self, code: str) -> float | None:
        if self.by_reason:
            return self.whole.share(code)
        return self.parts[code].left / self.whole.left if self.whole.left else None

    def title(self, code: str) -> str:
        """What a part is called."""
        if self.cut == "why":
            return wordings.why_left(code)
        if self.cut == "tier":
            return str(wordings.TIERS.get(code, _("without a tier")))
        if self.cut == "month":
            return formats.long_month(code, tongue())
        return self.named.get(code, code)

    @property
    def trend(self) -> Chart:
        """Firms by month, of them those that were kept."""
        months = _months(self.first, self.today)
        tallies = [self.by_month.get(f"{day:%Y-%m}", Tally()) for day in months]
        return Chart(
            kind="months",
            title=_("By month"),
            labels=tuple(str(day.month) for day in months),
            long=tuple(formats.long_month(f"{day:%Y-%m}", tongue()) for day in months),
            series=(
                Series(gettext_lazy("Left or leaving"), tuple(float(one.left) for one in tallies)),
                Series(gettext_lazy("Kept after all"), tuple(float(one.firms - one.left) for one in tallies), "line"),
            ),
            digits=0,
            head=gettext_lazy("Month"),
        )  # fmt: skip

    @property
    def excel(self) -> str:
        return self._address(excel="1")

    @property
    def all_firms(self) -> str:
        return f"{reverse('left-firms')}?{urlencode({'months': self.months})}"

    def _address(self, **changed: str) -> str:
        return "?" + urlencode({"months": str(self.months), "by": self.cut} | changed)

    def _firms(self, code: str) -> str:
        name = {"branch_id": "branch"}.get(self.cut, self.cut)
        return f"{self.all_firms}&{urlencode({name: code or '-'})}"


def first_reasons(tally: Tally) -> str:
    """The reasons given most, with their shares."""
    told = [
        f"{wordings.why_left(code)} {formats.percent(tally.share(code), 0)}"
        for code in tally.first[:SHOWN_FIRST]
    ]
    return " · ".join(told)


def _months(first: date, last: date) -> list[date]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def sheet(page: Left) -> tuple[list[str], list[list[object]]]:
    """Every part by every reason; money in yuan."""
    heads = [page.cut_title, _("Firms"), _("Left or leaving"), _("Share"), _("Brought in a year, yuan")]
    heads += [wordings.why_left(code) for code in why_left()]
    rows = [_sheet_row(row["title"], row["tally"], row["share"]) for row in page.rows]
    return heads, [*rows, _sheet_row(_("All"), page.whole, 1.0 if page.whole.left else None)]


def _sheet_row(title: str, one: Tally, share: float | None) -> list[object]:
    counts = [one.by_reason.get(code, 0) for code in why_left()]
    return [title, one.firms, one.left, share, one.amount / 100, *counts]
