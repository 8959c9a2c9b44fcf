"""How late a firm or one of its notes was through time: a chart, each change of bucket, each bucket's times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.kit.dates import add_months, month_end, month_label, month_start
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.loans.rules.history import Cause, Change, Stretch, changes, days_late, rule_of
from xiaoer.loans.terms import Buckets, RuleBook
from xiaoer.workbench.shown import lending
from xiaoer.workbench.shown.drawings import tongue

MOST_MONTHS, LEAST_MONTHS = 36, 6
BAD_FROM = 91  # days past due from which a note is non-performing


@dataclass(frozen=True)
class Line:
    """A change of bucket in words."""

    change: Change
    book: RuleBook
    names_note: bool

    @property
    def day(self) -> date:
        return self.change.day

    @property
    def note_id(self) -> str:
        return self.change.stretch.note_id if self.names_note else ""

    @property
    def before(self) -> str:
        return str(lending.BUCKETS[self.change.before])

    @property
    def after(self) -> str:
        return str(lending.BUCKETS[self.change.after])

    @property
    def tone(self) -> str:
        return "bad" if self.change.after >= BAD_FROM else "warn" if self.change.after else "good"

    @property
    def because(self) -> str:
        """What moved it."""
        due = formats.day(self.change.stretch.due, tongue(), self.change.day)
        if self.change.cause is Cause.UNPAID:
            return _("what was due on %(day)s was not paid in full") % {"day": due}
        if self.change.cause is Cause.OLDER:
            return _("what was due on %(day)s is still open") % {"day": due}
        if self.change.left is None:
            return _("what was due on %(day)s was paid, and nothing older is open") % {"day": due}
        left = formats.day(self.change.left.due, tongue(), self.change.day)
        return _("what was due on %(day)s was paid; the oldest still open is of %(left)s") % {
            "day": due,
            "left": left,
        }

    @property
    def rule(self) -> str:
        """The rule that so many days meet, and the class it asks for; empty where none does."""
        rule = rule_of(self.change.days, self.book)
        if rule is None:
            return ""
        told = _("%(rule)s, art. %(article)s: at least %(class)s")
        return told % {
            "rule": lending.rule_word(rule.code),
            "article": rule.article,
            "class": lending.class_word(rule.at_least.value),
        }


@dataclass(frozen=True)
class Times:
    """How often and how long a firm had some note so many days past due or more."""

    floor: int
    times: int
    days: int
    first: date
    left: date | None

    @property
    def words(self) -> str:
        return _("%(days)s days and more") % {"days": self.floor}


@dataclass(frozen=True)
class PastDue:
    """The history of a firm (`names_note`), or of one note."""

    stretches: Sequence[Stretch]
    spells: Sequence[Mapping[str, Any]]
    today: date
    names_note: bool = True

    @cached_property
    def lines(self) -> list[Line]:
        """Changes, the latest first."""
        book, buckets = RuleBook.in_force(self.today), Buckets.in_force(self.today)
        told = changes(self.stretches, buckets, self.today)
        return [Line(one, book, self.names_note) for one in reversed(told)]

    @property
    def worst(self) -> int:
        """The most days past due there ever were."""
        return max((one.days(self._last(one)) for one in self.stretches), default=0)

    @property
    def sentence(self) -> str:
        now = days_late(self.stretches, self.today)
        first = min((one.since for one in self.stretches), default=self.today)
        told = _("Past due for the first time on %(day)s; at most %(days)s days") % {
            "day": formats.day(first, tongue(), self.today),
            "days": self.worst,
        }
        return told + (_("; %(days)s days now") % {"days": now} if now else _("; nothing now"))

    @property
    def times(self) -> list[Times]:
        """By bucket, from the mildest."""
        return [
            self._times(floor)
            for floor in lending.BUCKETS
            if any(one["floor"] == floor for one in self.spells)
        ]

    @property
    def chart(self) -> Chart | None:
        """The most days past due at each month-end."""
        if not self.stretches:
            return None
        months = self._months
        ends = [min(month_end(one), self.today) for one in months]
        values = tuple(days_late(self.stretches, one) for one in ends)
        series = [Series(gettext_lazy("Days past due"), values, "bar")]
        if self.worst >= BAD_FROM:
            bad = Series(gettext_lazy("Non-performing from here"), (BAD_FROM,) * len(values), "usual")
            series.append(bad)
        labels = [month_label(one) for one in months]
        return Chart(
            "months",
            _("Days past due at each month-end"),
            tuple(formats.month(one, tongue()) for one in labels),
            tuple(series),
            long=tuple(formats.long_month(one, tongue()) for one in labels),
            digits=0,
            height="small",
            head=gettext_lazy("Month"),
        )

    @property
    def _months(self) -> list[date]:
        first = month_start(min(one.since for one in self.stretches))
        now = month_start(self.today)
        earliest, latest = add_months(now, -MOST_MONTHS + 1), add_months(now, -LEAST_MONTHS + 1)
        months = [min(max(first, earliest), latest)]
        while months[-1] < now:
            months.append(add_months(months[-1], 1))
        return months

    def _last(self, one: Stretch) -> date:
        """The last day a stretch ran."""
        return date.fromordinal(one.until.toordinal() - 1) if one.until else self.today

    def _times(self, floor: int) -> Times:
        held = [one for one in self.spells if one["floor"] == floor]
        ins = [date.fromisoformat(one["in"]) for one in held]
        outs = [date.fromisoformat(one["out"]) if one["out"] else None for one in held]
        days = sum(((out or self.today) - came).days for came, out in zip(ins, outs, strict=True))
        left = None if None in outs else max(out for out in outs if out)
        return Times(floor, len(held), days, min(ins), left)


def past_due(row: Any, today: date) -> PastDue | None:
    """A firm's history from its published row; None where it was never past due."""
    if row is None:
        return None
    return PastDue([_stretch(one) for one in row.late], row.times, today)


def of_note(whole: PastDue | None, note_id: str) -> PastDue | None:
    """One note's part of a firm's history; None where it was never past due."""
    if whole is None:
        return None
    mine = [one for one in whole.stretches if one.note_id == note_id]
    return PastDue(mine, (), whole.today, names_note=False) if mine else None


def _stretch(one: Mapping[str, Any]) -> Stretch:
    until = date.fromisoformat(one["until"]) if one["until"] else None
    return Stretch(one["note"], date.fromisoformat(one["due"]), date.fromisoformat(one["from"]), until)
