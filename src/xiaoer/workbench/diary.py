"""The calendar, read from the rooms in the reader's scope: a day, a week or a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from xiaoer.branches import queries as branches
from xiaoer.branches.rules import away
from xiaoer.contacts import queries as contacts
from xiaoer.contacts.routes import Travel
from xiaoer.customers import queries as customers
from xiaoer.events import queries as noticed
from xiaoer.features import queries as features
from xiaoer.loans import queries as loans
from xiaoer.offers import queries as offers
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.gathering import jobs, mine, minutes_of, numbers
from xiaoer.workbench.shown import absences as absent
from xiaoer.workbench.shown import month as months
from xiaoer.workbench.shown import morning as mornings
from xiaoer.workbench.shown import rounds, week
from xiaoer.workbench.shown.slotted import Known, last_words

WEEKEND = timedelta(days=2)
PREPARED_FOR = 200  # firms of a span; a whole branch's week is looked through, not prepared for
ABSENT_SHOWN = 6  # lines over the calendar; all of them stand in their own list
Capacity = Callable[[date], int]


def span(desk: Desk, day: str, week_of: str) -> week.Span:
    """The calendar's day or week."""
    listed, left = offers.morning(desk.scope), offers.left_out(desk.scope)
    wanted = week.asked(day, week_of, desk.today, mornings.day_of(listed, desk.today))
    first, last = wanted.first, wanted.last + (timedelta() if wanted.is_day else WEEKEND)
    managers = {one.manager_id for one in listed}
    listed = [one for one in listed if first <= one.day <= last]
    left = [one for one in left if first <= one.day <= last]
    tasks = _tasks(desk, first, last)
    had = list(contacts.contacts_between(desk.scope, first, last, staff_ids=mine(desk)))
    known = _known(desk, numbers(listed, left, tasks, had), listed)
    found = week.span(
        wanted,
        jobs=jobs(desk, listed, known.firms),
        left_out=jobs(desk, left, known.firms),
        tasks=tasks,
        contacts=had,
        known=known,
        capacity=_capacity(desk, managers, first, last),
        today=desk.today,
    )
    return replace(found, absences=_absent(desk, first, last), round=_round(desk, found, known))


def month(desk: Desk, first: date) -> months.Month:
    """A month: load of each day, what falls due on it, who is away."""
    begins, ends = months.around(first)
    managers = {one.manager_id for one in offers.morning(desk.scope)}
    capacity = _capacity(desk, managers, begins, ends)
    gone = list(branches.absences(desk.scope, begins, ends))
    names = branches.names_of_staff(desk.scope, {one.staff_id for one in gone})

    def absent_on(day: date) -> tuple[str, ...]:
        return tuple(names.get(one.staff_id, one.staff_id) for one in gone if away(one, day))

    found = months.month(first, _counted(desk, begins, ends), capacity, absent_on, desk.today)
    return replace(found, absences=_absent(desk, begins, ends))


def _tasks(desk: Desk, first: date, last: date) -> list[Any]:
    """Open promises of the days; what is overdue stands on today."""
    planned = contacts.planned_between(desk.scope, first, last, staff_ids=mine(desk)).filter(status="open")
    if not first <= desk.today <= last:
        return list(planned)
    return [
        *contacts.promises(desk.scope, first - timedelta(days=1), staff_ids=mine(desk)),
        *planned,
    ]


def _known(desk: Desk, wanted: set[str], listed: Sequence[Any]) -> Known:
    """Firms with what one takes along to them, where they are few enough to be gone through one by one."""
    firms = customers.firms_by_number(desk.scope, wanted)
    proposals = {one.customer_id: one for one in listed}
    if len(firms) > PREPARED_FOR:
        return Known(firms, proposals)
    best = {one.customer_id: one for one in offers.best_of_each(desk.scope, firms)}
    had = contacts.contacts_with_each(desk.scope, firms, at_most=1)
    told = features.standings(desk.scope, firms)
    last = {
        number: last_words(
            next(iter(had.get(number, ())), None), profile.contacts if profile else (), desk.today
        )
        for number in firms
        for profile in (told.get(number),)
    }
    return Known(firms, {**best, **proposals}, last)


def _round(desk: Desk, found: week.Span, known: Known) -> rounds.Round | None:
    """One person's visits of one day that is not over, in driving order."""
    if not found.is_day or desk.scope.branches or desk.scope.everything or found.days[0].date < desk.today:
        return None
    day = found.days[0]
    return rounds.a_round(day.slots, known.firms, day.capacity, Travel.in_force(day.date))


def _capacity(desk: Desk, managers: set[str], first: date, last: date) -> Capacity:
    """Minutes of a day of all whose days are shown; nothing of whoever is away on it."""
    each, gone = minutes_of(desk, managers), list(branches.absences(desk.scope, first, last))

    def on(day: date) -> int:
        missing = {one.staff_id for one in gone if away(one, day)}
        return sum(minutes for who, minutes in each.items() if who not in missing)

    return on


def _absent(desk: Desk, first: date, last: date) -> tuple[str, ...]:
    gone = list(branches.absences(desk.scope, first, last)[:ABSENT_SHOWN])
    people = {who for one in gone for who in (one.staff_id, one.deputy_id)}
    names = branches.names_of_staff(desk.scope, people)
    return tuple(absent.line(one, names, desk.today) for one in gone)


def _counted(desk: Desk, first: date, last: date) -> months.Counted:
    planned = contacts.load_by_day(desk.scope, first, last, today=desk.today, staff_ids=mine(desk))
    things = {day: count for day, (count, _minutes) in planned.items()}
    minutes = {day: much for day, (_count, much) in planned.items()}
    listed = offers.morning(desk.scope)
    settled = {one.offer_id for one in listed} & _settled(desk, {one.offer_id for one in listed})
    for one in listed:
        if one.offer_id not in settled:
            things[one.day] = things.get(one.day, 0) + 1
            minutes[one.day] = minutes.get(one.day, 0) + one.minutes
    due, turns, events = desk.remembered(f"month {first} {last}", lambda: _published(desk, first, last))
    return months.Counted(things, minutes, due, turns, events)


def _settled(desk: Desk, offer_ids: set[str]) -> set[str]:
    return {*contacts.answered(desk.scope, offer_ids), *contacts.waiting(desk.scope, offer_ids)}


def _published(desk: Desk, first: date, last: date) -> tuple[Mapping[date, int], ...]:
    """Notes due, firms whose turn it is by the contact plan, events to act on: by day."""
    return (
        loans.due_by_day(desk.scope, first, last),
        customers.turns_by_day(desk.scope, first, last),
        noticed.due_by_day(desk.scope, first, last),
    )
