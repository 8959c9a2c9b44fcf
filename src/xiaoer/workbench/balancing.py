"""A branch's books side by side, read in the reader's scope: who has too much, and which firms could go to whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xiaoer.branches import queries as branches
from xiaoer.branches.actions import HANDING, hand_over
from xiaoer.branches.terms import Gift
from xiaoer.contacts import queries as contacts
from xiaoer.customers import queries as customers
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import POOL, Scope
from xiaoer.kit.text import reason, say
from xiaoer.offers import queries as offers
from xiaoer.offers.balance import Book, Held, Limits, Move, counted, gain, over, proposal, reasons
from xiaoer.offers.terms import Terms
from xiaoer.segments.terms import contact_plan
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.handed import Side, moved

WEEK_DAYS, CALENDAR_DAYS = 5, 7
MOVES_COUNTED, OVERLOADS_SHOWN = 500, 4
SECTOR = 3  # signs of an industry code that tell the sector: its letter and division


@dataclass(frozen=True)
class Branch:
    """A branch's books by manager, its firms by number as the rule needs them, and their rows."""

    branch_id: str
    books: Mapping[str, Book]
    held: Mapping[str, Held]
    firms: Mapping[str, Any]
    limits: Limits

    @property
    def over(self) -> dict[str, list[Any]]:
        """Who has too much, and why."""
        return {number: told for number, book in self.books.items() if (told := over(book, self.limits))}

    @property
    def moves(self) -> list[Move]:
        return proposal(self.books.values(), self.held.values(), self.limits)


def overloads(desk: Desk) -> dict[str, dict[str, list[Any]]]:
    """By branch who has too much, and why: from the figures of the night alone, for pages that only flag it."""
    found: dict[str, dict[str, list[Any]]] = {}
    limits = Limits.in_force(desk.today)
    known = _Known.of(desk)
    for row in _hours(desk.scope):
        if told := over(_book(row, (), known), limits):
            found.setdefault(row.branch_id, {})[row.manager_id] = told
    return found


def branch(desk: Desk, branch_id: str) -> Branch:
    """Everything that is needed to move firms within one branch."""
    return within(desk, [branch_id])[branch_id]


def within(desk: Desk, branch_ids: Collection[str]) -> dict[str, Branch]:
    """The same of several branches, with as many questions to the database as for one."""
    scope = desk.scope
    known, planned, limits = _Known.of(desk), _planned_minutes(desk.today), Limits.in_force(desk.today)
    hours = _by_branch(_hours(scope).filter(branch_id__in=branch_ids))
    asking = {one.customer_id: one for one in offers.best_of_branches(scope, branch_ids)}
    promised = contacts.promised_at(scope, branch_ids)
    firms = _by_branch(customers.firms(scope).filter(branch_id__in=branch_ids))
    found = {}
    for place in branch_ids:
        mine = {one.customer_id: one for one in firms.get(place, ())}
        held = {
            number: _held(firm, asking.get(number), number in promised, planned)
            for number, firm in mine.items()
        }
        by_manager = _by_manager(held.values())
        books = {
            row.manager_id: _book(row, by_manager.get(row.manager_id, ()), known)
            for row in hours.get(place, ())
        }
        found[place] = Branch(place, books, held, mine, limits)
    return found


def _by_branch(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.branch_id, []).append(row)
    return found


def carry_out(desk: Desk, chosen: Mapping[str, str]) -> UUID:
    """Hand the chosen firms over: to whom by firm; worked out anew here, whatever the page said.

    Raises Refusal for a firm that is not the reader's, or somebody it cannot go to.
    """
    scope = desk.scope
    if not scope.may(HANDING):
        raise Refusal(_("your post does not hand firms over"), next_step=_("Ask the branch head"))
    rows = customers.firms_by_number(scope, set(chosen))
    if missing := sorted(set(chosen) - set(rows)):
        raise Refusal(
            _("%(firm)s is not among your firms") % {"firm": missing[0]}, next_step=_("Load the page again")
        )
    known = within(desk, {row.branch_id for row in rows.values()})
    gifts = [_gift(known[rows[number].branch_id], number, to) for number, to in sorted(chosen.items())]
    return hand_over(scope, gifts, desk.today)


def _gift(within: Branch, number: str, to_id: str) -> Gift:
    firm, row = within.held[number], within.firms[number]
    giver, taker = within.books.get(firm.manager_id), within.books.get(to_id)
    by_hand = [reason("handed_by_hand")]
    if giver is None or taker is None:
        return Gift(number, within.branch_id, firm.manager_id, to_id, row.name, by_hand, firm.minutes)
    because = reasons(firm, giver, taker, within.limits) or by_hand
    worth = gain(firm, giver, taker)
    return Gift(number, within.branch_id, firm.manager_id, to_id, row.name, because, firm.minutes, worth)


def _hours(scope: Scope) -> QuerySet[Any]:
    return offers.shadow_prices(scope).filter(kind="hours")


def _by_manager(held: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for one in held:
        found.setdefault(one.manager_id, []).append(one)
    return found


@dataclass(frozen=True)
class _Known:
    """Besides the night's figures: minutes of what found no hour, firms that came or went since, who is away."""

    usual: int
    left_out: Mapping[str, float]
    since: Mapping[str, tuple[int, int]]
    gone: Collection[str]

    @classmethod
    def of(cls, desk: Desk) -> _Known:
        return cls(
            Terms.in_force(desk.today).least_visit_minutes,
            offers.left_out_minutes(desk.scope),
            branches.handed_since(desk.scope, desk.as_of),
            branches.away_on(desk.scope, desk.today),
        )


def _book(row: Any, mine: Sequence[Held], known: _Known) -> Book:
    """A manager's book: all that found no hour is taken to ask for as much as those of it that are known by name."""
    firms, minutes = known.since.get(row.manager_id, (0, 0))
    each = known.left_out.get(row.manager_id, known.usual)
    return Book(
        row.manager_id,
        len(mine) if mine else row.firms + firms,
        max(0, row.used + round(row.left_out * each) + minutes),
        0 if row.manager_id in known.gone else row.capacity * WEEK_DAYS,
        row.price,
        counted(one.place for one in mine),
        counted(one.sector for one in mine),
    )


def _held(firm: Any, asking: Any, promised: bool, planned: Mapping[str, int]) -> Held:
    place = firm.district or firm.region
    minutes = asking.minutes if asking else planned[firm.tier]
    waits = asking is not None and not asking.fits
    sector = firm.industry_code[:SECTOR]
    return Held(firm.customer_id, firm.manager_id, firm.tier, place, sector, minutes, waits, promised)


def _planned_minutes(today: date) -> dict[str, int]:
    """By tier the minutes of a week that the contact plan asks for a firm nothing else asks for."""
    usual = Terms.in_force(today)
    least, each = usual.least_visit_minutes, usual.efforts["contact_due"].minutes
    return {
        tier: round(max(each, least if rhythm.channel == "visit" else 0) * CALENDAR_DAYS / rhythm.every_days)
        for tier, rhythm in contact_plan(today).items()
    }


def manager_names(desk: Desk) -> Callable[[str], str]:
    """Names of managers and of branches' pooled desks by their numbers."""
    staff = dict(branches.staff(desk.scope).values_list("staff_id", "name"))
    places = dict(branches.branches(desk.scope).values_list("branch_id", "name"))

    def name(number: str) -> str:
        branch_id = number.removeprefix(POOL)
        pooled = _("Pooled desk %(branch)s") % {"branch": places.get(branch_id, branch_id)}
        return pooled if number.startswith(POOL) else staff.get(number, number)

    return name


def overload_lines(desk: Desk) -> list[str]:
    """Who has too much, each in a line with why."""
    names, found = manager_names(desk), overloads(desk)
    return [
        f"{names(number)} " + ", ".join(say(one, tongue()) for one in because)
        for people in found.values()
        for number, because in people.items()
    ]


def beside_today(desk: Desk) -> Side:
    """For whoever leads: who has too much; for managers: which firms went or came these days."""
    since = desk.today - timedelta(days=CALENDAR_DAYS)
    rows = list(branches.handovers(desk.scope).filter(day__gt=since)[:MOVES_COUNTED])
    lines = tuple(overload_lines(desk)[:OVERLOADS_SHOWN]) if desk.scope.may(HANDING) else ()
    return Side(lines, moved(rows, desk.scope.staff_id, manager_names(desk)) if rows else ())
