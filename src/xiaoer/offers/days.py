"""Every manager's day: what brings most within all limits at once; what was left out, and why; what an hour brings."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

import numpy as np

from xiaoer.kit.text import Reason, reason
from xiaoer.offers.allocation.rules import allocate
from xiaoer.offers.allocation.telling import dropped
from xiaoer.offers.allocation.terms import (
    NOWHERE,
    Allocation,
    Candidates,
    Cause,
    Dropped,
    Limit,
    Use,
    at_least,
)
from xiaoer.offers.rules import because, changed, offer_id, order
from xiaoer.offers.terms import Candidate, PlacePrice, Proposal, Room, Terms

HOURS, BUDGET, QUOTA, PRODUCT, SERVICE = "hours", "budget", "quota", "product", "service"
UNIT = {
    HOURS: 60,
    BUDGET: 100,
    QUOTA: 1,
    PRODUCT: 1,
    SERVICE: 1,
}  # units in an hour, a yuan, a contact, a firm
PLANNED = "contact_due"


@dataclass(frozen=True, slots=True)
class Planned:
    """Days in order, causes by candidate (its id()), what a unit of each place is worth, and the gap to the bound."""

    lines: list[Proposal]
    causes: Mapping[int, Reason]
    prices: list[PlacePrice]
    gap: float


@dataclass(frozen=True, slots=True)
class Laid:
    """Candidates side by side for the allocation, with the names of the places of each kind."""

    rows: Sequence[Candidate]
    held: Candidates
    limits: Mapping[str, Limit]
    places: Mapping[str, Sequence[str]]


def days(
    weighed: Iterable[Candidate], room: Room, terms: Terms, day: date, yesterday: Mapping[str, int]
) -> Planned:
    """Every manager's day in order, from all open candidates of all firms; see docs/rules/allocation.md.

    Ties are broken by group, rule and source, so that two runs agree.
    """
    asking = sorted((one for one in weighed if one.open), key=_place_in_line)
    laid = _laid([one for one in asking if round(one.priority) > 0], room, terms)
    found = allocate(laid.held, laid.limits)
    served = [laid.rows[row] for row in found.chosen.tolist()]
    causes = _causes(asking, laid, found)
    lines = _lines(served, asking, terms, day, yesterday)
    hour = _worth_of_hours(laid, found)
    told = [
        replace(
            line, dropped=causes.get(id(line.candidate)), hour_price=hour.get(_manager(line.candidate), 0)
        )
        for line in lines
    ]
    return Planned(told, causes, _prices(laid, found, served, asking), found.gap)


def _place_in_line(candidate: Candidate) -> tuple[str, str, str, str]:
    firm, occasion = candidate.firm, candidate.occasion
    return firm.group, firm.customer_id, occasion.rule, occasion.source


def _manager(candidate: Candidate) -> str:
    """Whose hours a contact takes: the manager's, or those of whoever stands in."""
    return candidate.firm.met_by or candidate.firm.manager_id


# Side by side


def _laid(rows: Sequence[Candidate], room: Room, terms: Terms) -> Laid:
    """Only kinds the bank has set a limit for; hours always."""
    places = {HOURS: sorted({_manager(one) for one in rows} | {one.firm.manager_id for one in rows})}
    minutes = [room.minutes.get(name, terms.capacity_minutes) for name in places[HOURS]]
    limits = {HOURS: Limit(np.array(minutes, dtype=np.int64))}
    for kind, much in ((BUDGET, room.budget), (QUOTA, room.quota), (PRODUCT, room.products)):
        if much:
            places[kind] = sorted(much)
            limits[kind] = Limit(np.array([much[name] for name in places[kind]], dtype=np.int64))
    if room.missed:
        places[SERVICE] = places[HOURS]
        limits[SERVICE] = at_least(_wanted(rows, places[HOURS]), room.missed)
    groups = [key for key, _ in groupby(rows, lambda one: one.firm.group)]
    number = {group: at for at, group in enumerate(groups)}
    held = Candidates(
        np.array([number[one.firm.group] for one in rows], dtype=np.int64),
        np.array([round(one.priority) for one in rows], dtype=np.int64),
        {kind: _use(kind, rows, names, room) for kind, names in places.items()},
    )
    return Laid(rows, held, limits, places)


def _wanted(rows: Sequence[Candidate], managers: Sequence[str]) -> np.ndarray:
    """Firms of each manager whose turn it is."""
    due = {(_manager(one), one.firm.group) for one in rows if one.occasion.rule == PLANNED}
    count = Counter(manager for manager, _ in due)
    return np.array([count[name] for name in managers], dtype=np.int64)


def _use(kind: str, rows: Sequence[Candidate], names: Sequence[str], room: Room) -> Use:
    number = {name: at for at, name in enumerate(names)}
    due = {one.firm.group for one in rows if one.occasion.rule == PLANNED}
    place, amount = [], []
    for one in rows:
        name, much = _taken(kind, one, room, due)
        place.append(number.get(name, NOWHERE) if much else NOWHERE)
        amount.append(much)
    return Use(np.array(place, dtype=np.int64), np.array(amount, dtype=np.int64))


def _taken(kind: str, one: Candidate, room: Room, due: set[str]) -> tuple[str, int]:
    """The place a candidate takes of, and how much."""
    if kind == BUDGET:
        return one.firm.branch_id, room.spends.get(one.occasion.rule, 0)
    if kind == QUOTA:
        return one.occasion.rule, 1
    if kind == PRODUCT:
        return one.occasion.product_id, 1
    if kind == SERVICE:
        return _manager(one), -1 if one.firm.group in due else 0
    return _manager(one), one.effort.minutes


# In order


def _lines(
    served: Sequence[Candidate],
    asking: Sequence[Candidate],
    terms: Terms,
    day: date,
    yesterday: Mapping[str, int],
) -> list[Proposal]:
    """Each manager's day by priority, then what did not fit, the best of each firm, as many as are kept."""
    mine: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in sorted(served, key=order):
        mine[_manager(candidate)].append(candidate)
    below: dict[str, list[Candidate]] = defaultdict(list)
    seen = {one.firm.customer_id for one in served}
    for candidate in sorted(asking, key=order):
        if candidate.firm.customer_id not in seen and len(below[_manager(candidate)]) < terms.more_than_fits:
            seen.add(candidate.firm.customer_id)
            below[_manager(candidate)].append(candidate)
    made = []
    for manager in sorted(mine.keys() | below.keys()):
        both = [*((one, True) for one in mine[manager]), *((one, False) for one in below[manager])]
        made += [
            Proposal(
                offer_id(one, day),
                one,
                because(one),
                rank,
                fits,
                changed(one.firm.customer_id, rank, yesterday),
            )
            for rank, (one, fits) in enumerate(both, 1)
        ]
    return made


# Why not


def _causes(asking: Sequence[Candidate], laid: Laid, found: Allocation) -> dict[int, Reason]:
    """For every open candidate that was left out."""
    left = np.setdiff1d(np.arange(len(laid.rows)), found.chosen)
    told = {
        id(laid.rows[row]): _told(one)
        for row, one in zip(left.tolist(), dropped(laid.held, found, left), strict=True)
    }
    lost = _told(Dropped(Cause.NO_GAIN))
    return {id(one): lost for one in asking if round(one.priority) <= 0} | told


def _told(one: Dropped) -> Reason:
    if one.cause is Cause.NO_GAIN:
        return reason("dropped_no_gain")
    if one.cause is Cause.BETTER_ONE:
        return reason("dropped_better_one")
    if one.kind == BUDGET:
        return reason("dropped_budget", budget_amount=one.takes)
    if one.kind in (QUOTA, PRODUCT):
        return reason("dropped_quota", piece_amount=round(one.price))
    if one.cause is Cause.NO_ROOM:
        return reason("dropped_no_room", minutes=one.takes)
    return reason("dropped_hours", minutes=one.takes, hour_amount=round(one.price * UNIT[HOURS]))


# What one more would bring


def _worth_of_hours(laid: Laid, found: Allocation) -> dict[str, int]:
    prices = np.round(found.prices[HOURS] * UNIT[HOURS]).astype(int).tolist()
    return dict(zip(laid.places[HOURS], prices, strict=True))


def _prices(
    laid: Laid, found: Allocation, served: Sequence[Candidate], asking: Sequence[Candidate]
) -> list[PlacePrice]:
    branch = {who: one.firm.branch_id for one in laid.rows for who in (_manager(one), one.firm.manager_id)}
    out, worth = _left_out(served, asking)
    made = []
    for kind, names in laid.places.items():
        capacity, used = np.abs(laid.limits[kind].capacity), np.abs(found.used[kind])
        price = np.round(found.prices[kind] * UNIT[kind]).astype(int)
        for at, name in enumerate(names):
            mine = name if kind in (HOURS, SERVICE) else ""
            home = branch.get(mine, name if kind == BUDGET else "")
            left = (out[name], worth[name]) if kind == HOURS else (0, 0)
            made.append(
                PlacePrice(kind, name, home, mine, int(capacity[at]), int(used[at]), int(price[at]), *left)
            )
    return made


def _left_out(served: Sequence[Candidate], asking: Sequence[Candidate]) -> tuple[Counter[str], Counter[str]]:
    """By manager: firms worth meeting that found no place, and what they would have brought (fen)."""
    seen, out, worth = {one.firm.customer_id for one in served}, Counter[str](), Counter[str]()
    for one in sorted(asking, key=order):
        if one.firm.customer_id not in seen and round(one.priority) > 0:
            seen.add(one.firm.customer_id)
            out[_manager(one)] += 1
            worth[_manager(one)] += one.expected_return - one.cost
    return out, worth
