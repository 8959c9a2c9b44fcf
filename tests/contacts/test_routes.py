"""The order of a day's visits: every stop once, never longer than the list's own order, as short as can be."""

from datetime import date
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as some

from xiaoer.contacts.routes import Address, Thing, Travel, fitting, route

TRAVEL = Travel(15, 35, 90, 40)
HOME = Address()
addresses = some.builds(
    Address, some.sampled_from(["武汉", "襄阳", ""]), some.sampled_from(["江岸", "汉阳", "樊城", ""])
)


def length(stops: list[Address], order: tuple[int, ...]) -> int:
    way = [HOME, *(stops[number] for number in order), HOME]
    return sum(TRAVEL.minutes(way[at], way[at + 1]) for at in range(len(way) - 1)) if order else 0


@given(some.lists(addresses, max_size=12))
def test_every_stop_once_and_never_longer_than_the_list(stops: list[Address]) -> None:
    found = route(HOME, stops, TRAVEL)
    assert sorted(found.order) == list(range(len(stops)))
    assert found.minutes == length(stops, found.order) <= length(stops, tuple(range(len(stops))))


@given(some.lists(addresses, max_size=6))
def test_few_stops_are_close_to_the_shortest_way(stops: list[Address]) -> None:
    best = min(length(stops, order) for order in permutations(range(len(stops))))
    assert route(HOME, stops, TRAVEL).minutes <= 1.25 * best


def test_districts_are_driven_one_after_the_other_in_the_list_s_order() -> None:
    here, there = Address("武汉", "江岸"), Address("武汉", "汉阳")
    assert route(HOME, [here, there, here, there], TRAVEL).order == (0, 2, 1, 3)
    assert route(HOME, [there], TRAVEL).legs == (40, 40)
    assert route(HOME, [], TRAVEL).minutes == 0


things = some.builds(Thing, some.integers(5, 90), some.integers(0, 9), some.none() | addresses)


@given(some.lists(things, max_size=7), some.integers(0, 500))
def test_what_fits_fits_with_the_road_and_nothing_is_lost(day: list[Thing], room: int) -> None:
    found, left = fitting(HOME, day, room, TRAVEL)
    kept = set(range(len(day))) - set(left)
    assert set(found.order) == {number for number in kept if day[number].at is not None}
    assert not kept or sum(day[number].minutes for number in kept) + found.minutes <= room
    if (
        sum(one.minutes for one in day) + route(HOME, [one.at for one in day if one.at], TRAVEL).minutes
        <= room
    ):
        assert not left


def test_left_is_what_is_worth_least_for_the_minutes_it_frees() -> None:
    city = Address("武汉", "江岸")
    day = [Thing(60, 900, city), Thing(60, 1000, city), Thing(15, 300), Thing(15, 10)]
    whole = sum(one.minutes for one in day) + route(HOME, [city, city], TRAVEL).minutes
    assert fitting(HOME, day, whole - 10, TRAVEL)[1] == (3,)  # a call that brings nothing
    assert fitting(HOME, day, whole - 30, TRAVEL)[1] == (0, 3)  # then a visit, not the call that brings much


def test_minutes_on_the_road_are_parameters_with_a_day() -> None:
    assert 0 < Travel.in_force(date(2026, 11, 2)).same_district < Travel.in_force(date(2026, 11, 2)).elsewhere
