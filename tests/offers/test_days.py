"""Days under all limits: the better pair beats the best single one, pools, budgets, quotas, a wanted service, causes."""

from dataclasses import replace
from typing import Any

import pytest

from tests.offers.test_rules import DAY, TERMS, YUAN, firm, occasion, open_door
from xiaoer.kit.text import say
from xiaoer.offers.days import Planned, days
from xiaoer.offers.rules import candidates
from xiaoer.offers.terms import FirmFacts, Room


def planned(firms: list[FirmFacts], room: Room) -> Planned:
    weighed = [one for each in firms for one in candidates(each, TERMS, open_door, DAY)]
    return days(weighed, room, TERMS, DAY, {})


def met(found: Planned) -> list[str]:
    return [line.candidate.firm.customer_id for line in found.lines if line.fits]


def causes(found: Planned) -> dict[str, str]:
    return {
        line.candidate.firm.customer_id: str(line.dropped["code"]) for line in found.lines if line.dropped
    }


def test_four_calls_before_one_visit_that_brings_more_than_any_of_them() -> None:
    """An hour: a visit for 2,730 yuan, or four calls for 2,325 each: the queue by priority would take the visit."""
    visit = firm("C0")
    calls = [firm(f"C{n}", occasion("silence"), potential=20_000 * YUAN) for n in range(1, 5)]
    found = planned([visit, *calls], Room({"M1": 60}))
    assert met(found) == ["C1", "C2", "C3", "C4"]
    assert causes(found) == {"C0": "dropped_hours"}
    (line,) = [line for line in found.lines if not line.fits]
    assert line.hour_price > 2_730 * YUAN
    assert "一小时值" in say(line.dropped or {}, "zh")
    assert [(one.place, one.capacity, one.used, one.left_out) for one in found.prices] == [("M1", 60, 60, 1)]


def test_of_two_occasions_the_shorter_where_time_is_short() -> None:
    both = firm("C1", occasion("turnover_falls", "note"), occasion("silence", "note"))
    wide, narrow = (planned([both], Room({"M1": minutes})) for minutes in (360, 30))
    assert [line.candidate.occasion.rule for line in wide.lines] == ["turnover_falls"]
    assert [line.candidate.occasion.rule for line in narrow.lines if line.fits] == ["silence"]
    assert {str(cause["code"]) for cause in narrow.causes.values()} == {"dropped_better_one"}


def test_a_budget_of_the_branch() -> None:
    firms = [firm(f"C{n}", potential=(20 - n) * 1_000 * YUAN) for n in range(3)]
    found = planned(firms, Room({}, budget={"B1": 250 * YUAN}, spends={"turnover_falls": 100 * YUAN}))
    assert met(found) == ["C0", "C1"]
    assert causes(found) == {"C2": "dropped_budget"}
    (budget,) = [one for one in found.prices if one.kind == "budget"]
    assert (budget.branch_id, budget.capacity, budget.used) == ("B1", 250 * YUAN, 200 * YUAN)


def test_a_quota_for_the_whole_bank() -> None:
    firms = [firm(f"C{n}", potential=(20 - n) * 1_000 * YUAN, manager_id=f"M{n}") for n in range(3)]
    found = planned(firms, Room({}, quota={"turnover_falls": 1}))
    assert met(found) == ["C0"]
    assert causes(found) == {"C1": "dropped_quota", "C2": "dropped_quota"}
    assert [one.price > 0 for one in found.prices if one.kind == "quota"] == [True]


@pytest.mark.parametrize(("missed", "first"), [(0, "C1"), (100_000 * YUAN, "C2")])
def test_whose_turn_it_is_goes_first_where_missing_it_is_dear(missed: int, first: str) -> None:
    due = firm("C2", replace(occasion("contact_due", "note"), kind="visit"), potential=20_000 * YUAN)
    assert met(planned([firm("C1"), due], Room({"M1": 60}, missed=missed))) == [first]


def test_of_a_group_one_firm_a_day() -> None:
    pair = [firm(f"C{n}", potential=(20 - n) * 1_000 * YUAN, belongs_to="G") for n in (1, 2)]
    found = planned(pair, Room({}))
    assert met(found) == ["C1"]
    assert causes(found) == {"C2": "dropped_better_one"}


def test_nobody_to_meet() -> None:
    found: Any = planned([], Room({}))
    assert (found.lines, found.prices, found.gap) == ([], [], 0.0)


def test_nothing_is_limited_where_the_bank_sets_nothing() -> None:
    room = Room.in_force(DAY, {"M1": 300})
    assert (room.minutes, room.budget, room.quota, room.missed) == ({"M1": 300}, {}, {}, 0)


def test_who_is_away_has_no_hours_and_the_deputy_meets_the_firms_in_their_own() -> None:
    mine = firm("C1", potential=20_000 * YUAN, manager_id="M2")
    theirs = firm("C2", potential=30_000 * YUAN, manager_id="M1", met_by="M2")
    found = planned([mine, theirs], Room({"M1": 0, "M2": 60}))
    assert met(found) == ["C2"]  # what brings more comes first, whosever it is
    hours = {one.place: (one.capacity, one.used, one.left_out) for one in found.prices}
    assert hours == {"M1": (0, 0, 0), "M2": (60, 60, 1)}
    assert [line.candidate.firm.manager_id for line in found.lines] == ["M1", "M2"]
