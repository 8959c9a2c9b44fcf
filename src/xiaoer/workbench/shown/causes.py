"""What firms came with, month by month: causes, share closed in time, days to close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.dates import add_months, month_label
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.satisfaction.requests import Cause
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.requests import CAUSES

DRAWN = 3  # causes with a bar of their own


@dataclass(frozen=True)
class Row:
    """A cause, or all of them: how many came, how many were complaints, how it ended."""

    title: str
    code: str
    received: int
    complaints: int
    ended: int
    in_time: int
    days: float | None

    @property
    def share(self) -> str:
        return formats.percent(self.in_time / self.ended) if self.ended else "—"

    @property
    def usual_days(self) -> str:
        return "—" if self.days is None else f"{self.days:.0f}"


def _row(title: str, code: str, of: Sequence[Cause]) -> Row:
    ended = [one for one in of if one.ended]
    days = [one.days for one in ended if one.days is not None]
    complaints = sum(one.kind == "complaint" for one in of)
    in_time = sum(one.in_time for one in ended)
    return Row(title, code, len(of), complaints, len(ended), in_time, median(days) if days else None)


@dataclass(frozen=True)
class Causes:
    """The page: everything received in `months` months from `first` on."""

    found: tuple[Cause, ...]
    first: date
    months: int
    today: date

    @property
    def rows(self) -> list[Row]:
        """Causes, the most frequent first."""
        counted = Counter(one.topic for one in self.found)
        ordered = sorted(counted, key=lambda code: (-counted[code], code))
        return [
            _row(str(CAUSES.get(code, code)), code, [one for one in self.found if one.topic == code])
            for code in ordered
        ]

    @property
    def whole(self) -> Row:
        return _row(_("All"), "", self.found)

    @property
    def sentence(self) -> str:
        """The first cause, and how many were closed in time."""
        if not self.found:
            return _("No request in %(n)s months") % {"n": self.months}
        first, whole = self.rows[0], self.whole
        head = ngettext(
            "%(n)s request in %(months)s months, most about: %(cause)s",
            "%(n)s requests in %(months)s months, most about: %(cause)s",
            whole.received,
        )
        return head % {"n": formats.count(whole.received), "months": self.months, "cause": first.title}

    @property
    def lede(self) -> str:
        whole = self.whole
        if not whole.ended:
            return ""
        return _("%(share)s of %(n)s closed ones in time; half of them within %(days)s days") % {
            "share": whole.share, "n": whole.ended, "days": whole.usual_days,
        }  # fmt: skip

    @property
    def chart(self) -> Chart:
        """Received by month: the most frequent causes, and the rest together."""
        named = [row.code for row in self.rows[:DRAWN]]
        series = [Series(str(CAUSES.get(code, code)), self._by_month([code])) for code in named]
        others = [row.code for row in self.rows[DRAWN:]]
        if others:
            series.append(Series(_("Other causes"), self._by_month(others)))
        labels = [month_label(month) for month in self._span]
        return Chart(
            "months", _("Received by month and cause"),
            tuple(formats.month(label, tongue()) for label in labels), tuple(series),
            long=tuple(formats.long_month(label, tongue()) for label in labels), digits=0,
            notes=tuple(self._note(month) for month in self._span),
        )  # fmt: skip

    @property
    def _span(self) -> list[date]:
        return [add_months(self.first, at) for at in range(self.months)]

    def _by_month(self, codes: Sequence[str]) -> tuple[float | None, ...]:
        counted = Counter(one.month for one in self.found if one.topic in codes)
        return tuple(float(counted[month]) for month in self._span)

    def _note(self, month: date) -> str:
        row = _row("", "", [one for one in self.found if one.month == month])
        return _("%(share)s closed in time") % {"share": row.share} if row.ended else ""
