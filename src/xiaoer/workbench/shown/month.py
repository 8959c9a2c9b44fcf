"""A month of the calendar: how full each day is, what happens and falls due on it, one tap to the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.dates import add_months, is_working_day, month_end, month_start
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.week import Way, now, ways

DAYS = 7


@dataclass(frozen=True)
class Counted:
    """What stands on days: things and minutes planned; notes due, firms whose turn it is, events to act on."""

    things: Mapping[date, int] = field(default_factory=dict)
    minutes: Mapping[date, int] = field(default_factory=dict)
    due: Mapping[date, int] = field(default_factory=dict)
    turns: Mapping[date, int] = field(default_factory=dict)
    events: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MonthDay:
    """One day: `away` names who is not there."""

    date: date
    within: bool
    works: bool
    capacity: int
    things: int = 0
    minutes: int = 0
    due: int = 0
    turns: int = 0
    events: int = 0
    away: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return f"{reverse('calendar')}?day={self.date.isoformat()}"

    @property
    def over(self) -> bool:
        return self.minutes > self.capacity

    @property
    def marks(self) -> list[dict[str, Any]]:
        """What falls due, each with its count and its words."""
        held = (
            ("due", self.due, ngettext("%(n)s due", "%(n)s due", self.due)),
            ("event", self.events, ngettext("%(n)s to act on", "%(n)s to act on", self.events)),
            ("turn", self.turns, ngettext("%(n)s turn", "%(n)s turns", self.turns)),
        )
        return [{"sort": sort, "n": n, "words": words % {"n": n}} for sort, n, words in held if n]

    @property
    def said(self) -> str:
        """The whole day in words, for whoever hears the page."""
        planned = ngettext("%(n)s thing", "%(n)s things", self.things) % {"n": self.things}
        parts = [formats.day(self.date, tongue()), *([planned] if self.things else [])]
        return ", ".join([*parts, *(mark["words"] for mark in self.marks), *self.away])


@dataclass(frozen=True)
class Month:
    """Whole weeks around a month."""

    first: date
    days: tuple[MonthDay, ...]
    today: date
    absences: tuple[str, ...] = ()

    @property
    def weeks(self) -> list[tuple[MonthDay, ...]]:
        return [self.days[at : at + DAYS] for at in range(0, len(self.days), DAYS)]

    @property
    def title(self) -> str:
        return formats.long_month(f"{self.first:%Y-%m}", tongue())

    @property
    def sentence(self) -> str:
        mine = [day for day in self.days if day.within]
        planned = sum(day.things for day in mine)
        words = ngettext("%(n)s thing planned", "%(n)s things planned", planned) % {"n": planned}
        told = [words, *_and(_("%(n)s notes fall due"), sum(day.due for day in mine))]
        told += _and(_("%(n)s firms have their turn"), sum(day.turns for day in mine))
        full = sum(day.over for day in mine)
        return " · ".join(told + _and(_("%(n)s days over full"), full))

    @property
    def previous(self) -> str:
        return self._at(add_months(self.first, -1))

    @property
    def next(self) -> str:
        return self._at(add_months(self.first, 1))

    @property
    def ways(self) -> list[Way]:
        near = self.today if self.first <= self.today <= month_end(self.first) else self.first
        return ways(near, "month")

    @property
    def now(self) -> Way:
        return now("month", self.today)

    def _at(self, day: date) -> str:
        return f"{reverse('calendar')}?month={day:%Y-%m}"


def asked(text: str) -> date | None:
    """The first of the month asked for; None without, or with nonsense."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def around(first: date) -> tuple[date, date]:
    """Monday before, or on, the first of the month, and Sunday after its last."""
    last = month_end(first)
    return first - timedelta(days=first.weekday()), last + timedelta(days=DAYS - 1 - last.weekday())


def month(
    first: date,
    counted: Counted,
    capacity: Callable[[date], int],
    away: Callable[[date], tuple[str, ...]],
    today: date,
) -> Month:
    """Every day of the weeks around a month."""
    begins, ends = around(month_start(first))
    dates = [begins + timedelta(days=step) for step in range((ends - begins).days + 1)]
    days = (
        MonthDay(
            day, day.month == first.month, is_working_day(day), capacity(day),
            counted.things.get(day, 0), counted.minutes.get(day, 0), counted.due.get(day, 0),
            counted.turns.get(day, 0), counted.events.get(day, 0), away(day),
        )
        for day in dates
    )  # fmt: skip
    return Month(first, tuple(days), today)


def _and(words: str, n: int) -> list[str]:
    return [words % {"n": formats.count(n)}] if n else []
