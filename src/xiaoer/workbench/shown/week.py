"""The calendar: a day or a week, hours against capacity, promises to move, and what did not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import morning, wordings
from xiaoer.workbench.shown.drawings import tongue

ONE = timedelta(days=1)
WORKING_DAYS, WHOLE_WEEK = 5, 7
SHOWN_OF_A_DAY = 12


@dataclass(frozen=True)
class Slot:
    """One thing on a day: a line of the list, a promise, or a contact already made."""

    sort: str  # job | task | contact
    customer_id: str
    firm: str
    title: str
    kind: str
    minutes: int = 0
    task_id: int | None = None
    due: date | None = None
    late: bool = False
    moves: bool = False
    earlier: date | None = None
    later: date | None = None
    may_earlier: bool = True


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

    @property
    def title(self) -> str:
        first, last = self.days[0].date, self.days[-1].date
        if self.is_day:
            return f"{formats.weekday(first, tongue())} {formats.near_day(first, tongue(), self.today)}"
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
    def other(self) -> str:
        """The same place as a week instead of a day, or as a day instead of a week."""
        first = self.days[0].date
        if self.is_day:
            return f"{reverse('calendar')}?week={first.isoformat()}"
        near = self.today if first <= self.today <= self.days[-1].date else first
        return f"{reverse('calendar')}?day={near.isoformat()}"

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
    firms: Mapping[str, Any],
    capacity: int,
    today: date,
) -> Span:
    """Lay lines, promises and contacts out on the days; what is overdue stands on today."""
    slots: dict[date, list[Slot]] = {}
    for task in tasks:
        slots.setdefault(max(task.due_date, today), []).append(_task(task, firms, today))
    for job in jobs:
        if not job.done:
            slots.setdefault(job.proposal.day, []).append(_job(job))
    for contact in contacts:
        slots.setdefault(contact.day, []).append(_contact(contact, firms))
    days = wanted.dates if wanted.is_day else _with_weekend(wanted, slots, today)
    laid = tuple(Day(day, tuple(slots.get(day, ())), capacity) for day in days)
    return Span(laid, tuple(left_out), today, wanted.is_day)


def _with_weekend(wanted: Asked, slots: Mapping[date, list[Slot]], today: date) -> list[date]:
    weekend = [wanted.last + ONE, wanted.last + 2 * ONE]
    return wanted.dates + (weekend if any(day in slots or day == today for day in weekend) else [])


def _job(job: morning.Job) -> Slot:
    title = formats.told(job.proposal.goal, tongue()) if job.proposal.goal else ""
    return Slot("job", job.firm.customer_id, job.firm.name, title, job.kind, job.proposal.minutes)


def _task(task: Any, firms: Mapping[str, Any], today: date) -> Slot:
    stands = max(task.due_date, today)
    return Slot(
        "task",
        task.customer_id,
        _name(firms, task.customer_id),
        morning.task_words(task),
        wordings.word(wordings.CHANNELS, task.kind),
        task.minutes,
        task.pk,
        task.due_date,
        late=task.due_date < today,
        moves=True,
        earlier=stands - ONE,
        later=stands + ONE,
        may_earlier=stands > today,
    )


def _contact(contact: Any, firms: Mapping[str, Any]) -> Slot:
    outcome = wordings.outcome(contact.outcome)
    return Slot(
        "contact",
        contact.customer_id,
        _name(firms, contact.customer_id),
        outcome,
        wordings.word(wordings.CHANNELS, contact.channel),
    )


def _name(firms: Mapping[str, Any], customer_id: str) -> str:
    return str(firms[customer_id].name) if customer_id in firms else customer_id


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
