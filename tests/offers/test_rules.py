"""A manager's day: weighing, ordering, hours, rest after a contact, what changed since yesterday."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from xiaoer.contact_policy.terms import Known, Policy, Touch
from xiaoer.kit.text import reason, say
from xiaoer.offers.days import days
from xiaoer.offers.door import Doorkeeper, Standing
from xiaoer.offers.rules import (
    candidates,
    chosen,
    expected_return,
    priority,
    risk_shown,
    roll,
    stopped_firms,
)
from xiaoer.offers.terms import Effort, FirmFacts, Occasion, Room, Terms

DAY = date(2026, 11, 2)
TERMS = Terms.in_force(DAY)
POLICY = Policy.in_force(DAY)
YUAN = 100


def occasion(rule: str = "turnover_falls", severity: str = "act", **changes: Any) -> Occasion:
    return replace(
        Occasion(rule, severity, reason("contact_due_first", due_date=DAY), reason("goal_contact_due"), 0),
        **changes,
    )


def firm(number: str = "C1", *occasions: Occasion, **changes: Any) -> FirmFacts:
    facts = FirmFacts(number, "B1", "M1", 20_000 * YUAN, 0, None, None, 0, occasions or (occasion(),))
    return replace(facts, **changes)


def open_door(_firm: FirmFacts, _occasion: Occasion, effort: Effort) -> tuple[Effort, None]:
    return effort, None


def keeper(standing: Standing, number: str = "C1") -> Doorkeeper:
    return Doorkeeper(POLICY, TERMS, DAY, {number: standing})


def lines(firms: list[FirmFacts], minutes: int = 360, yesterday: dict[str, int] | None = None) -> Any:
    weighed = [one for each in firms for one in candidates(each, TERMS, open_door, DAY)]
    return days(weighed, Room({"M1": minutes}), TERMS, DAY, yesterday or {}).lines


def test_worked_example_of_the_rules_page() -> None:
    """docs/rules/morning-list.md: 10 % of 20,000 yuan, less 60 minutes at 3 yuan, half as much again."""
    one = candidates(firm(), TERMS, open_door, DAY)[0]
    assert (one.expected_return, one.cost) == (2_000 * YUAN, 180 * YUAN)
    assert one.priority == pytest.approx(1_820 * YUAN * 1.5)


def test_a_loss_is_never_hidden_by_a_lever() -> None:
    assert priority(0, 100, occasion(severity="promised"), TERMS) < 0


def test_arrears_bring_what_they_may_still_lose() -> None:
    late = firm("C1", occasion("overdue"), loan_balance=100_000 * YUAN, days_past_due=10)
    effort = TERMS.efforts["overdue"]
    assert expected_return(late, late.occasions[0], effort, TERMS) == round(
        0.2 * 100_000 * YUAN * 0.45 * 0.05
    )
    assert [roll(n, TERMS) for n in (30, 31, 60, 61, 90, 91)] == [0.05, 0.2, 0.2, 0.45, 0.45, 1.0]


@pytest.mark.parametrize(
    ("band", "late", "shown"),
    [
        ("low", 0, "low"),
        ("low", 1, "medium"),
        ("low", 30, "medium"),
        ("low", 31, "high"),
        ("high", 1, "high"),
        (None, 0, "low"),
    ],
)
def test_risk_is_never_milder_than_arrears(band: str | None, late: int, shown: str) -> None:
    assert risk_shown(band, late) == shown


def test_one_line_a_firm_the_best_occasion_first_and_the_others_told() -> None:
    several = firm("C1", occasion("contact_due", "note"), occasion("turnover_falls"), occasion("silence"))
    made = lines([several])
    assert len(made) == 1
    assert made[0].candidate.occasion.rule == "turnover_falls"
    assert len(made[0].because) == 3


def test_hours_are_kept_and_a_short_call_slips_in() -> None:
    firms = [firm(f"C{n}", potential=(100 - n) * 1_000 * YUAN) for n in range(3)]
    call = firm("C9", occasion("silence"), potential=5_000 * YUAN)
    made = lines([*firms, call], minutes=140)
    assert [(one.candidate.firm.customer_id, one.fits) for one in made] == [
        ("C0", True), ("C1", True), ("C9", True), ("C2", False),
    ]  # fmt: skip
    assert [one.rank for one in made] == [1, 2, 3, 4]


def test_ties_are_broken_by_number_so_that_two_runs_agree() -> None:
    firms = [firm(f"C{n}") for n in (3, 1, 2)]
    assert [one.candidate.firm.customer_id for one in lines(firms)] == ["C1", "C2", "C3"]
    assert lines(firms) == lines(list(reversed(firms)))


def test_what_costs_more_than_it_brings_never_fits() -> None:
    assert [one.fits for one in lines([firm(potential=0)])] == [False]


def test_what_changed_since_yesterday() -> None:
    firms = [firm(f"C{n}", potential=(10 - n) * 10_000 * YUAN) for n in range(3)]
    told = [
        one.changed["code"] if one.changed else None for one in lines(firms, yesterday={"C0": 1, "C1": 5})
    ]
    assert told == [None, "moved_up", "new_today"]
    assert all(one.changed is None for one in lines(firms))


@pytest.mark.parametrize(("ago", "open_again"), [(1, False), (13, False), (14, True)])
def test_a_firm_just_reached_is_left_alone(ago: int, *, open_again: bool) -> None:
    standing = Standing(Known("enterprise"), last_reached=DAY - timedelta(days=ago))
    weighed = candidates(firm(), TERMS, keeper(standing), DAY)
    assert (weighed[0].stopped is None) is open_again
    assert bool(chosen(weighed)) is open_again
    if not open_again:
        assert [one.firm.customer_id for one in stopped_firms(weighed)] == ["C1"]
        assert "刚联系过" in say(weighed[0].stopped or {}, "zh")


def test_a_promise_breaks_the_rest_but_not_the_red_line() -> None:
    rested = Standing(Known("enterprise"), last_reached=DAY - timedelta(days=2))
    promised = firm("C1", occasion("follow_up", "promised", kind="call"))
    assert candidates(promised, TERMS, keeper(rested), DAY)[0].stopped is None
    refused = Standing(Known("enterprise", {"call": False}), planned_for=None)
    there = candidates(promised, TERMS, keeper(refused), DAY)[0]
    assert (there.effort.kind, there.stopped) == ("visit", None)


def test_a_sole_trader_who_never_agreed_to_calls_is_visited() -> None:
    one = candidates(firm("C1", occasion("silence")), TERMS, keeper(Standing(Known("sole_trader"))), DAY)[0]
    assert (one.effort.kind, one.effort.minutes, one.stopped) == ("visit", TERMS.least_visit_minutes, None)


def test_who_is_unknown_is_not_approached() -> None:
    weighed = candidates(firm(), TERMS, Doorkeeper(POLICY, TERMS, DAY, {}), DAY)
    assert weighed[0].stopped is not None
    assert chosen(weighed) == []


def test_what_is_planned_already_waits_for_its_day() -> None:
    planned = Standing(Known("enterprise"), planned_for=DAY + timedelta(days=3))
    assert candidates(firm(), TERMS, keeper(planned), DAY)[0].stopped == reason(
        "planned_already", planned_date=DAY + timedelta(days=3)
    )


def test_the_cap_holds_even_for_promises() -> None:
    visits = tuple(Touch(DAY - timedelta(days=n), "visit", "care", "reached") for n in (1, 2, 3))
    tired = Standing(Known("enterprise", touches=visits))
    promised = firm("C1", occasion("follow_up", "promised", kind="visit"))
    assert candidates(promised, TERMS, keeper(tired), DAY)[0].stopped is not None
