"""What each page needs, read from the rooms in the reader's scope and handed to `shown`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from xiaoer.applications import queries as applications
from xiaoer.branches import queries as branches
from xiaoer.contacts import queries as contacts
from xiaoer.customers import queries as customers
from xiaoer.events import queries as noticed
from xiaoer.features import queries as features
from xiaoer.kit.scope import POOL, Scope
from xiaoer.kit.screens.listing import Listing
from xiaoer.kit.screens.tables import View
from xiaoer.loans import queries as loans
from xiaoer.offers import queries as offers
from xiaoer.satisfaction import requests
from xiaoer.scores import queries as scores
from xiaoer.segments.terms import Grid
from xiaoer.sources import queries as sources
from xiaoer.sources.contracts import contracts
from xiaoer.workbench import arriving, due, firm_models, guarantee_pages, risk
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.queries import saved_views
from xiaoer.workbench.shown import borrowing, past_due, record, report
from xiaoer.workbench.shown import morning as mornings
from xiaoer.workbench.shown import segments as grid_page

MATURING_WITHIN = timedelta(days=30)
PROMISES_SHOWN, CONTACTS_SHOWN, MATURING_SHOWN = 6, 40, 6
LINES_SHOWN = 50  # of the list, more than anybody does in a day
LINES_FOLDED = 20  # of each list folded below it


def morning(desk: Desk) -> mornings.Morning:
    """The home page of whoever asks: one's own list, or the managers' lists of a branch."""
    scope, today = desk.scope, desk.today
    listed, whole = _first(desk, "morning", offers.morning, offers.morning_sums, LINES_SHOWN)
    left, left_whole = _first(desk, "left out", offers.left_out, offers.left_out_sums, LINES_FOLDED)
    alone, alone_whole = _first(desk, "left alone", offers.left_alone, offers.left_alone_sums, LINES_FOLDED)
    promised = list(
        contacts.promises(scope, today + timedelta(days=7), staff_ids=mine(desk))[:PROMISES_SHOWN]
    )
    firms = customers.firms_by_number(scope, numbers(listed, left, alone, promised))
    listed_jobs = jobs(desk, listed, firms)
    capacity = _capacity(desk, whole.managers)
    unseen = whole.minutes - offers.Sums.of(listed).minutes
    return mornings.Morning(
        jobs=listed_jobs,
        left_out=tuple(job for job in jobs(desk, left, firms) if not job.done),
        left_alone=mornings.jobs(alone, firms, {}, {}, {}),
        capacity=capacity,
        promises=mornings.promises(promised, firms, today, _others(desk, promised)),
        due=due.week(desk),
        maturing=desk.remembered("first maturing", lambda: tuple(_maturing(desk)[:MATURING_SHOWN])),
        maturing_count=desk.remembered("maturing", lambda: _maturing(desk).count()),
        load=mornings.load(_minutes(desk, listed_jobs, unseen), mornings.day_of(listed, today), capacity),
        today=today,
        arrivals=arriving.shown(desk),
        night_has_run=desk.as_of is not None,
        unseen=mornings.Unseen(
            whole.lines - len(listed),
            unseen,
            left_whole.lines - len(left),
            left_whole.best,
            alone_whole.lines - len(alone),
        ),
    )


def _first(
    desk: Desk,
    name: str,
    find: Callable[..., list[Any]],
    sums: Callable[[Scope], offers.Sums],
    at_most: int,
) -> tuple[list[Any], offers.Sums]:
    """The first lines of a list, and all of it in figures; a bank's head office sees no end of lines."""
    rows = find(desk.scope, at_most=at_most + 1)
    if len(rows) <= at_most:
        return rows, offers.Sums.of(rows)
    return rows[:at_most], desk.remembered(name, lambda: sums(desk.scope))


def jobs(desk: Desk, proposals: list[Any], firms: Mapping[str, Any]) -> tuple[mornings.Job, ...]:
    """Lines with what was already recorded today or put off."""
    numbers = {one.offer_id for one in proposals}
    answered, waiting = contacts.answered(desk.scope, numbers), contacts.waiting(desk.scope, numbers)
    followed = contacts.follow_ups(desk.scope, {one.pk for one in answered.values()})
    next_times = {offer: followed[one.pk] for offer, one in answered.items() if one.pk in followed}
    names = _names_if_many(desk, proposals)
    kept = [one for one in proposals if one.offer_id not in waiting or one.offer_id in answered]
    one_day = not (desk.scope.branches or desk.scope.everything)  # whoever stands in does both in one day
    return mornings.jobs(kept, firms, answered, next_times, names, one_day=one_day)


def overdue(desk: Desk, asked: Mapping[str, str]) -> Listing:
    """Notes past due in scope as a list."""
    return risk.overdue_list(desk, asked, views(desk, "overdue"))


def firm_page(desk: Desk, customer_id: str, tab: str = "") -> record.FirmPage | None:
    """A firm's page, or None when it is not the reader's to see."""
    scope, found = desk.scope, customers.firm(desk.scope, customer_id)
    if found is None:
        return None
    had = list(contacts.contacts_with(scope, customer_id)[:CONTACTS_SHOWN])
    tasks = list(contacts.tasks_for(scope, customer_id).filter(status="open"))
    proposed, stopped = offers.proposed_and_stopped(scope, customer_id)
    away = branches.away_on(scope, desk.today, {found.manager_id}).get(found.manager_id)
    people = {
        found.manager_id,
        away.deputy_id if away else "",
        *(one.staff_id for one in had),
        *(one.staff_id for one in tasks),
    }
    return record.FirmPage(
        firm=found,
        profile=features.profile(scope, found),
        score=scores.score(scope, customer_id),
        events=list(noticed.events_of(scope, customer_id)),
        loans=_borrowing(desk, customer_id),
        proposal=_still_open(desk, proposed),
        stop=stopped,
        contacts=had,
        tasks=tasks,
        people=branches.names_of_staff(scope, people),
        branch=desk.remembered(
            f"branch {found.branch_id}", lambda: branches.name_of_branch(scope, found.branch_id)
        ),
        today=desk.today,
        tab=tab or "overview",
        shelf=firm_models.of_firm(desk, customer_id),
        absence=away,
    )


def _borrowing(desk: Desk, customer_id: str) -> borrowing.Borrowing:
    """The firm's notes with their class in force, and what changed."""
    held = loans.notes_of(desk.scope, customer_id)
    agreed = loans.decided(desk.scope, [one.note_id for one in held])
    history = past_due.past_due(loans.arrears(desk.scope, customer_id), desk.as_of or desk.today)
    return borrowing.borrowing(
        held,
        loans.moves_of(desk.scope, customer_id),
        agreed,
        desk.today,
        history=history,
        guarantees=guarantee_pages.of_firm(desk, customer_id),
        plans=loans.plan_checks(desk.scope, customer_id) if held else {},
    )


def data(desk: Desk) -> report.Report:
    """What was delivered and what is missing."""
    delivered, disabled = list(sources.deliveries(desk.scope)), list(sources.disabled(desk.scope))
    return report.report(delivered, disabled, contracts(), desk.as_of)


def segments(desk: Desk) -> grid_page.Segments:
    """Where firms stand in the grid of the day the figures are from, and who moved."""
    grid = Grid.in_force(desk.as_of or desk.today)
    return grid_page.Segments(grid, customers.cells(desk.scope), customers.tier_moves(desk.scope))


def counts(desk: Desk) -> dict[str, int]:
    """What stands beside the places at the side; of a list too long to show, only shown lines count as settled."""
    scope = desk.scope
    listed, whole = desk.remembered(
        "waiting",
        lambda: _waiting(*_first(desk, "morning", offers.morning, offers.morning_sums, LINES_SHOWN)),
    )
    settled = {*contacts.answered(scope, listed), *contacts.waiting(scope, listed)}
    return {
        "today": whole - len(settled),
        "firms": desk.remembered("firms", lambda: customers.firms(scope).count()),
        "events": desk.lately("open events", lambda: arriving.count(desk)),
        "applications": desk.lately(
            "applications", lambda: applications.waiting_for(scope, desk.today).count()
        ),
        "requests": desk.lately("open requests", lambda: requests.open_count(scope)),
    }


def _waiting(listed: list[Any], whole: offers.Sums) -> tuple[frozenset[str], int]:
    return frozenset(one.offer_id for one in listed), whole.lines


def numbers(*rows: Iterable[Any]) -> set[str]:
    """The firms that some lists of rows are about."""
    return {one.customer_id for several in rows for one in several}


def _still_open(desk: Desk, proposed: Any) -> Any:
    """What is proposed, unless its outcome is recorded already."""
    if proposed is None or contacts.answered(desk.scope, {proposed.offer_id}):
        return None
    return proposed


def views(desk: Desk, page: str) -> tuple[View, ...]:
    return tuple(
        View(
            f"own-{one.pk}",
            one.name,
            one.query,
            own=True,
            removal=reverse("remove-view", args=[page, one.pk]),
        )
        for one in saved_views(desk.scope, page)
    )


def mine(desk: Desk) -> tuple[str, ...]:
    """Whose promises are shown: a manager's own; everybody's in scope for a branch."""
    return desk.scope.managers if desk.scope.managers and not desk.scope.branches else ()


def minutes_of(desk: Desk, managers: Collection[str]) -> dict[str, int]:
    """A day's minutes of each manager on the list; a pool has those the night planned it with.

    A pool no night has planned has those of whoever looks after it, the reader.
    """
    wanted = {*managers} or {desk.scope.staff_id}
    known = dict(
        branches.staff(desk.scope)
        .filter(staff_id__in=wanted | {desk.scope.staff_id})
        .values_list("staff_id", "capacity_minutes")
    )
    pools = [one for one in wanted if one.startswith(POOL)]
    if pools:
        known |= dict(offers.hours_of(desk.scope, pools))
    return {one: known.get(one, known.get(desk.scope.staff_id, 0)) for one in sorted(wanted)}


def _capacity(desk: Desk, managers: Collection[str]) -> int:
    """Minutes of those together who are there today."""
    gone = branches.away_on(desk.scope, desk.today, {*managers} or {desk.scope.staff_id})
    name = f"capacity {desk.scope.staff_id}"
    each: dict[str, int] = desk.remembered(name, lambda: minutes_of(desk, managers))
    return sum(minutes for who, minutes in each.items() if who not in gone)


def _minutes(desk: Desk, listed: Sequence[mornings.Job], unseen: int) -> dict[Any, int]:
    """Planned minutes by day; those of lines not shown stand on the list's day."""
    monday = desk.today - timedelta(days=desk.today.weekday())
    planned = dict(
        contacts.minutes_by_day(desk.scope, monday, monday + timedelta(days=13), staff_ids=mine(desk))
    )
    for job in listed:
        planned[job.proposal.day] = planned.get(job.proposal.day, 0) + job.proposal.minutes
    if unseen:
        day = mornings.day_of([job.proposal for job in listed], desk.today)
        planned[day] = planned.get(day, 0) + unseen
    return planned


def _others(desk: Desk, promised: list[Any]) -> Mapping[str, str]:
    """Names of those besides the reader who promised something."""
    others = {one.staff_id for one in promised} - {desk.scope.staff_id}
    return branches.names_of_staff(desk.scope, others) if others else {}


def _maturing(desk: Desk) -> QuerySet[Any]:
    """Borrowers whose loan ends soon, the first to end first."""
    due = customers.firms(desk.scope).filter(
        loan_balance__gt=0, matures_date__range=(desk.today, desk.today + MATURING_WITHIN)
    )
    return due.order_by("matures_date", "-loan_balance", "customer_id")


def _names_if_many(desk: Desk, proposals: list[Any]) -> Mapping[str, str]:
    managers = {one.manager_id for one in proposals}
    return branches.names_of_staff(desk.scope, managers) if len(managers) > 1 else {}
