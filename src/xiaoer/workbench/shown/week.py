"""The calendar: a day or a week, hours against capacity, promises to move, and what did not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import morning, slotted
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.slotted import Known, Slot

ONE = timedelta(days=1)
WORKING_DAYS, WHOLE_WEEK = 5, 7
SHOWN_OF_A_DAY = 12


@dataclass(frozen=True)
class Day:
    date: date
    slots: tuple[Slot, ...]
    capacity: int

    @property
    def minutes(self) -> int:
        return sum(slot.minutes for slot in self.slots if slot.sort != "contact")

    @property
    def shown(self) -> tuple[Slot, ...]:
        """The slots that stand in the open: a whole branch's day would fill metres."""
        return self.slots if len(self.slots) <= SHOWN_OF_A_DAY + 1 else self.slots[:SHOWN_OF_A_DAY]

    @property
    def folded(self) -> tuple[Slot, ...]:
        return self.slots[len(self.shown) :]

    @property
    def over(self) -> bool:
        return self.minutes > self.capacity

    @property
    def address(self) -> str:
        return f"{reverse('calendar')}?day={self.date.isoformat()}"


@dataclass(frozen=True)
class Span:
    """What the calendar shows."""

    days: tuple[Day, ...]
    left_out: tuple[morning.Job, ...]
    today: date
    is_day: bool
    absences: tuple[str, ...] = ()
    round: Any = None

    @property
    def title(self) -> str:
        first, last = self.days[0].date, self.days[-1].date
        if self.is_day:
            return f"{formats.day(first, tongue(), self.today)} {formats.weekday(first, tongue())}"
        return f"{formats.day(first, tongue(), self.today)} – {formats.day(last, tongue(), self.today)}"

    @property
    def sentence(self) -> str:
        minutes, whole = sum(day.minutes for day in self.days), sum(day.capacity for day in self.days)
        things = sum(1 for day in self.days for slot in day.slots if slot.sort != "contact")
        if not things:
            return _("Nothing planned. Follow-ups given when recording land here.")
        told = ngettext(
            "%(n)s thing, %(used)s of %(whole)s hours.", "%(n)s things, %(used)s of %(whole)s hours.", things
        )
        return told % {"n": things, "used": formats.hours(minutes), "whole": formats.hours(whole)}

    @property
    def left_out_sentence(self) -> str:
        worth = sum(job.proposal.expected_return for job in self.left_out)
        told = ngettext(
            "%(n)s thing did not fit, worth %(worth)s",
            "%(n)s things did not fit, worth %(worth)s together",
            len(self.left_out),
        )
        return told % {"n": len(self.left_out), "worth": formats.money(worth, tongue())}

    @property
    def previous(self) -> str:
        return self._at(self.days[0].date - (ONE if self.is_day else timedelta(days=WHOLE_WEEK)))

    @property
    def next(self) -> str:
        return self._at(self.days[0].date + (ONE if self.is_day else timedelta(days=WHOLE_WEEK)))

    @property
    def ways(self) -> list[Way]:
        """The same place as a day, a week, a month."""
        first, last = self.days[0].date, self.days[-1].date
        near = self.today if first <= self.today <= last else first
        return ways(near, "day" if self.is_day else "week")

    @property
    def now(self) -> Way:
        """The way back to where one is."""
        return now("day" if self.is_day else "week", self.today)

    def _at(self, day: date) -> str:
        return f"{reverse('calendar')}?{'day' if self.is_day else 'week'}={day.isoformat()}"


@dataclass(frozen=True)
class Asked:
    """Which days the address asks for."""

    first: date
    last: date
    is_day: bool

    @property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Way:
    """One of the ways to look at the calendar."""

    title: str
    address: str
    here: bool


def ways(near: date, here: str) -> list[Way]:
    """Day, week and month around a day."""
    titles = {"day": _("Day"), "week": _("Week"), "month": pgettext("calendar", "Month")}
    held = {"day": near.isoformat(), "week": near.isoformat(), "month": f"{near:%Y-%m}"}
    return [
        Way(title, f"{reverse('calendar')}?{kind}={held[kind]}", kind == here)
        for kind, title in titles.items()
    ]


def now(kind: str, today: date) -> Way:
    """Today, or the week or month around it."""
    if kind == "week":
        return Way(_("This week"), reverse("calendar"), here=False)
    title = _("Today") if kind == "day" else _("This month")
    return replace(next(way for way in ways(today, kind) if way.here), title=title)


def asked(day: str, week: str, today: date, list_day: date) -> Asked:
    """The day or the working week asked for; without, or with nonsense, the week of the list."""
    if day and (one := _date(day)):
        return Asked(one, one, is_day=True)
    near = _date(week) or max(today, list_day)
    monday = near - timedelta(days=near.weekday())
    return Asked(monday, monday + timedelta(days=WORKING_DAYS - 1), is_day=False)


def span(
    wanted: Asked,
    *,
    jobs: Sequence[morning.Job],
    left_out: Sequence[morning.Job],
    tasks: Sequence[Any],
    contacts: Sequence[Any],
    known: Known,
    capacity: Callable[[date], int],
    today: date,
) -> Span:
    """Lay lines, promises and contacts out on the days; what is overdue stands on today."""
    slots: dict[date, list[Slot]] = {}
    for task in tasks:
        slots.setdefault(max(task.due_date, today), []).append(slotted.task(task, known, today))
    for job in jobs:
        if not job.done:
            slots.setdefault(job.proposal.day, []).append(slotted.job(job, known))
    for contact in contacts:
        slots.setdefault(contact.day, []).append(slotted.contact(contact, known))
    days = wanted.dates if wanted.is_day else _with_weekend(wanted, slots, today)
    laid = tuple(Day(day, tuple(slots.get(day, ())), capacity(day)) for day in days)
    return Span(laid, tuple(left_out), today, wanted.is_day)


def _with_weekend(wanted: Asked, slots: Mapping[date, list[Slot]], today: date) -> list[date]:
    weekend = [wanted.last + ONE, wanted.last + 2 * ONE]
    return wanted.dates + (weekend if any(day in slots or day == today for day in weekend) else [])


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
