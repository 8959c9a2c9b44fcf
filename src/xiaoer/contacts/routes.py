"""The order of a day's visits with short ways between them, by the addresses there are; docs/rules/calendar.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from xiaoer.kit.parameters import in_force

MOST_STOPS = 40  # nobody visits more in a day


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is, as far as the bank's files tell: city and district, "" where they do not."""

    region: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes on the road by what two addresses have in common."""

    same_district: int
    same_region: int
    elsewhere: int
    unknown: int

    @classmethod
    def in_force(cls, on: date) -> "Travel":
        held = in_force("contacts", "travel", on)
        return cls(**{name: held[name] for name in cls.__slots__})

    def minutes(self, one: Address, other: Address) -> int:
        """From one address to another; the same both ways."""
        if not one.region or not other.region:
            return self.unknown
        if one.region != other.region:
            return self.elsewhere
        return self.same_district if one.district and one.district == other.district else self.same_region


@dataclass(frozen=True, slots=True)
class Route:
    """Stops by their numbers in the order they are driven; `legs`: minutes to each of them, and back at the end."""

    order: tuple[int, ...] = ()
    legs: tuple[int, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(self.legs)


def route(home: Address, stops: Sequence[Address], travel: Travel) -> Route:
    """From the office through all stops and back: always to the nearest next, then turned round where that is shorter.

    Ties go to the earlier stop, so the order of the day's list stands wherever the ways are equally long. Never longer
    than the order given; beyond MOST_STOPS that order is kept as it is.
    """
    given = tuple(range(len(stops)))
    if len(stops) > MOST_STOPS:
        return Route(given, _legs(home, stops, given, travel))
    found = _turned(home, stops, _nearest(home, stops, travel), travel)
    best = min((given, found), key=lambda order: sum(_legs(home, stops, order, travel)))
    return Route(best, _legs(home, stops, best, travel))


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of the day: minutes it takes, what it is worth (fen), and where it is; `at` None: from the desk."""

    minutes: int
    worth: int = 0
    at: Address | None = None


def fitting(
    home: Address, things: Sequence[Thing], room: int, travel: Travel
) -> tuple[Route, tuple[int, ...]]:
    """The round of what fits into so many minutes, the road included, and the numbers of the things that do not fit.

    One after the other is left what is worth least for each minute it frees, on the spot and on the road.
    """
    kept = list(range(len(things)))
    while True:
        found = _round(home, things, kept, travel)
        if not kept or sum(things[number].minutes for number in kept) + found.minutes <= room:
            return found, tuple(number for number in range(len(things)) if number not in kept)
        saved = _saved(home, things, found, travel)
        kept.remove(
            min(kept, key=lambda number: _worth_a_minute(things[number], saved.get(number, 0), number))
        )


def _worth_a_minute(thing: Thing, saved: int, number: int) -> tuple[float, int]:
    return thing.worth / max(1, thing.minutes + saved), -number


def _round(home: Address, things: Sequence[Thing], kept: Sequence[int], travel: Travel) -> Route:
    """The round through those that are somewhere, by the numbers of the things."""
    outside = [(number, at) for number in kept if (at := things[number].at) is not None]
    found = route(home, [at for _, at in outside], travel)
    return Route(tuple(outside[place][0] for place in found.order), found.legs)


def _saved(home: Address, things: Sequence[Thing], found: Route, travel: Travel) -> dict[int, int]:
    """Minutes on the road that leaving each stop out of the round would save."""
    way = [home, *(things[number].at or home for number in found.order), home]
    return {
        number: (found.legs[place] + found.legs[place + 1] - travel.minutes(way[place], way[place + 2]))
        if len(found.order) > 1
        else found.minutes
        for place, number in enumerate(found.order)
    }


def _nearest(home: Address, stops: Sequence[Address], travel: Travel) -> tuple[int, ...]:
    at, left, order = home, list(range(len(stops))), []
    while left:
        following = min(left, key=lambda number: (travel.minutes(at, stops[number]), number))
        left.remove(following)
        order.append(following)
        at = stops[following]
    return tuple(order)


def _turned(
    home: Address, stops: Sequence[Address], order: tuple[int, ...], travel: Travel
) -> tuple[int, ...]:
    """Pieces of the way driven the other way round, as long as one of them makes it shorter."""
    best = sum(_legs(home, stops, order, travel))
    for first in range(len(order) - 1):
        for last in range(first + 2, len(order) + 1):
            turned = (*order[:first], *reversed(order[first:last]), *order[last:])
            if (length := sum(_legs(home, stops, turned, travel))) < best:
                return _turned(home, stops, turned, travel) if length else turned
    return order


def _legs(home: Address, stops: Sequence[Address], order: Sequence[int], travel: Travel) -> tuple[int, ...]:
    if not order:
        return ()
    way = [home, *(stops[number] for number in order), home]
    return tuple(travel.minutes(one, other) for one, other in pairwise(way))
