"""The daily report in words, tiles, a chart and a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.workbench.shown import effects, wordings
from xiaoer.workbench.shown.drawings import tongue

CUTS = {
    "manager_id": gettext_lazy("Manager"),
    "branch_id": gettext_lazy("Branch"),
    "rule": gettext_lazy("Rule"),
    "family": gettext_lazy("What for"),
    "channel": gettext_lazy("Way"),
}
SPANS = {
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week"),
    "month": pgettext_lazy("calendar", "Month"),
}
OWN_RULES = effects.RULES | {
    "": gettext_lazy("Without a proposal"),
    "follow_up": gettext_lazy("Agreed before"),
}


AHEAD = timedelta(days=7)  # lists are made for the next working day, which may lie beyond a holiday


@dataclass(frozen=True)
class Sums:
    """Counts, minutes, and fen: expected of what was planned and made, brought where it succeeded.

    `unsaid`: successes of which nobody said what they are worth.
    """

    planned: int = 0
    made: int = 0
    reached: int = 0
    won: int = 0
    spent: int = 0
    planned_return: int = 0
    expected: int = 0
    brought: int = 0
    unsaid: int = 0

    @property
    def reached_share(self) -> float | None:
        return self.reached / self.made if self.made else None

    @property
    def won_share(self) -> float | None:
        return self.won / self.reached if self.reached else None

    @property
    def kept(self) -> float | None:
        """What it brought, as a share of what was expected of the contacts made."""
        return self.brought / self.expected if self.expected else None


def added(several: Iterable[Sums]) -> Sums:
    """Sums of sums."""
    kept = list(several)
    return Sums(*(sum(getattr(one, field.name) for one in kept) for field in fields(Sums)))


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    code: str
    title: str
    sums: Sums


@dataclass(frozen=True)
class Report:
    """The page."""

    span: Any
    cut: str
    lines: Sequence[Line]
    whole: Sums
    trend: Chart
    today: date

    @property
    def when(self) -> str:
        first = formats.day(self.span.first, tongue(), self.today)
        if self.span.first == self.span.last:
            return f"{first}{'，' if formats.chinese(tongue()) else ', '}{formats.weekday(self.span.first, tongue())}"
        return _("%(first)s to %(last)s") % {
            "first": first,
            "last": formats.day(self.span.last, tongue(), self.today),
        }

    @property
    def sentence(self) -> str:
        one = self.whole
        told = {"made": formats.count(one.made), "planned": formats.count(one.planned),
                "reached": formats.count(one.reached), "won": formats.count(one.won)}  # fmt: skip
        if not one.made:
            return _("%(planned)s contacts planned, none recorded") % told
        return _("%(made)s contacts made, %(planned)s planned; %(reached)s reached, %(won)s succeeded") % told

    @property
    def lede(self) -> str:
        one = self.whole
        if not one.expected:
            return self.when
        told = {
            "brought": formats.money(one.brought, tongue()),
            "expected": formats.money(one.expected, tongue()),
        }
        return f"{self.when} · " + _("brought %(brought)s, expected %(expected)s") % told

    @property
    def tiles(self) -> list[dict[str, str]]:
        one = self.whole
        return [
            {"name": _("Planned"), "term": "report_planned", "value": formats.count(one.planned),
             "note": _("worth %(much)s, as expected") % {"much": formats.money(one.planned_return, tongue())}},
            {"name": pgettext("contacts", "Made"), "term": "report_made", "value": formats.count(one.made),
             "note": _("%(n)s hours") % {"n": formats.hours(one.spent)}},
            {"name": _("Succeeded"), "term": "report_won", "value": formats.count(one.won),
             "note": _of_reached(one)},
            {"name": _("Brought"), "term": "report_brought", "value": formats.money(one.brought, tongue()),
             "note": _of_expected(one)},
        ]  # fmt: skip

    @property
    def spans(self) -> list[dict[str, Any]]:
        return [{"title": title, "address": self._address(span=code), "here": code == self.span.name}
                for code, title in SPANS.items()]  # fmt: skip

    @property
    def cuts(self) -> list[dict[str, Any]]:
        return [{"title": title, "address": self._address(by=code), "here": code == self.cut}
                for code, title in CUTS.items()]  # fmt: skip

    @property
    def earlier(self) -> str:
        return self._address(day=self.span.before.isoformat())

    @property
    def later(self) -> str:
        return self._address(day=self.span.after.isoformat()) if self.span.after <= self.today + AHEAD else ""

    @property
    def excel(self) -> str:
        return self._address(excel="1")

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"line": line, "address": self._contacts(line.code)} for line in self.lines]

    @property
    def all_contacts(self) -> str:
        return self._contacts("", all_of_them=True)

    @property
    def cut_title(self) -> str:
        return str(CUTS[self.cut])

    @property
    def silent(self) -> bool:
        return not (self.whole.planned or self.whole.made)

    def _address(self, **changed: str) -> str:
        asks = {"span": self.span.name, "day": self.span.first.isoformat(), "by": self.cut} | changed
        return "?" + urlencode(asks)

    def _contacts(self, code: str, *, all_of_them: bool = False) -> str:
        asks = {"span": self.span.name, "day": self.span.first.isoformat()}
        if not all_of_them and self.cut != "family":
            asks[self.cut] = code or "-"
        elif not all_of_them:
            asks["what"] = code or "-"
        return f"{reverse('report-contacts')}?{urlencode(asks)}"


def _of_reached(one: Sums) -> str:
    """Of how many; nothing is divided by nobody."""
    if one.won_share is None:
        return _("nobody reached")
    told = {"reached": formats.count(one.reached), "share": formats.percent(one.won_share, 0)}
    return _("%(reached)s reached, of them %(share)s") % told


def _of_expected(one: Sums) -> str:
    if one.kept is None:
        return _("nothing was expected of contacts made")
    told = {"much": formats.money(one.expected, tongue()), "share": formats.percent(one.kept, 0)}
    return _("expected %(much)s, so %(share)s of it") % told


def pool(branch: str) -> str:
    return _("Pooled desk %(branch)s") % {"branch": branch}


def titles(cut: str, rows: Mapping[str, Any], of_the_bank: Mapping[str, str]) -> dict[str, str]:
    """What rules, families and ways are called."""
    words = dict(wordings.CHANNELS) if cut == "channel" else {**OWN_RULES, **effects.FAMILIES, **of_the_bank}
    return {code: wordings.word(words, code) for code in rows}


def trend(days: Sequence[date], planned: Mapping[date, int], had: Mapping[date, Mapping[str, Any]]) -> Chart:
    """Planned, made and succeeded by day, up to the last of which something is known; a tap opens the day."""
    language, last = tongue(), max([*planned, *had, days[0]])

    def counted(known: Mapping[date, Any]) -> tuple[float | None, ...]:
        return tuple(float(known.get(day) or 0) if day <= last else None for day in days)

    def told(name: str) -> tuple[float | None, ...]:
        return counted({day: one.get(name) for day, one in had.items()})

    return Chart(
        kind="months",
        title=_("Contacts by day"),
        labels=tuple(str(day.day) for day in days),
        long=tuple(f"{formats.weekday(day, language)} {formats.day(day, language)}" for day in days),
        series=(
            Series(gettext_lazy("Planned"), counted(planned), "usual"),
            Series(pgettext_lazy("contacts", "Made"), told("made")),
            Series(gettext_lazy("Succeeded"), told("won"), "line"),
        ),
        digits=0,
        drill=tuple(f"{reverse('report')}?day={day.isoformat()}" for day in days),
        head=gettext_lazy("Day"),
    )


def sheet(report: Report) -> tuple[list[str], list[list[object]]]:
    """Heads and rows of the workbook; money in yuan."""
    heads = [report.cut_title, _("Planned"), pgettext("contacts", "Made"), _("Reached"), _("Succeeded"), _("Minutes"),
             _("Expected of what was planned, yuan"), _("Expected, yuan"), _("Brought, yuan")]  # fmt: skip
    whole = Line("", _("All"), report.whole)
    return heads, [_sheet_row(line) for line in (*report.lines, whole)]


def _sheet_row(line: Line) -> list[object]:
    one = line.sums
    money = [amount / 100 for amount in (one.planned_return, one.expected, one.brought)]
    return [line.title, one.planned, one.made, one.reached, one.won, one.spent, *money]
