"""Arms by lot that stick, whom a strategy approaches, a comparison that does not peek."""

from collections import Counter

import pytest

from xiaoer.trials.rules import approached, arm_of, compared, lot, took, waves
from xiaoer.trials.terms import Arm, Numbers, Order, Seen, Strategy, TrialState

FIRMS = [f"C{n:05d}" for n in range(4000)]


def test_arms_are_half_and_half_and_stick() -> None:
    arms = Counter(arm_of("t", firm) for firm in FIRMS)
    assert arms[Arm.FIRST] == pytest.approx(2000, abs=130)
    assert all(arm_of("t", firm) is arm_of("t", firm) for firm in FIRMS[:50])
    same = sum(arm_of("t", firm) is arm_of("another", firm) for firm in FIRMS)
    assert same == pytest.approx(2000, abs=130), "another trial deals anew"


def test_a_strategy_goes_by_its_own_number() -> None:
    numbers = {
        "a": Numbers(0.9, 0.0),
        "b": Numbers(0.5, 0.4),
        "c": Numbers(0.1, 0.1),
        "d": Numbers(0.05, 0.05),
    }
    assert approached("t", Strategy(Order.RESPONSE, 0.25), numbers) == {"a"}
    assert approached("t", Strategy(Order.UPLIFT, 0.5), numbers) == {"b", "c"}
    assert approached("t", Strategy(Order.NOBODY, 0.5), numbers) == frozenset()
    assert len(approached("t", Strategy(Order.LOT, 0.5), numbers)) == 2


def test_left_alone_a_firm_takes_by_what_asking_does_not_add() -> None:
    assert Numbers(0.5, 0.2).chance(approached=True) == 0.5
    assert Numbers(0.5, 0.2).chance(approached=False) == pytest.approx(0.3)
    assert Numbers(0.1, 0.4).chance(approached=False) == 0
    assert Numbers(0.9, -0.4).chance(approached=False) == 1


def test_outcomes_come_with_their_chance_and_once() -> None:
    hits = [took("t", firm, 0.3) for firm in FIRMS]
    assert sum(hits) == pytest.approx(1200, abs=120)
    assert hits == [took("t", firm, 0.3) for firm in FIRMS]
    assert [len(wave) for wave in waves("t", FIRMS[:10], 4)] == [4, 4, 2]


def test_the_interval_by_hand() -> None:
    """Newcombe's worked example: 56 of 70 against 48 of 80 differ by 0.2, 0.0524 to 0.3339 (method 10)."""
    found = compared(Seen(80, 0, 48), Seen(70, 0, 56), planned=150)
    assert (found.difference, found.state, found.better) == (
        pytest.approx(0.2),
        TrialState.SEPARATED,
        Arm.SECOND,
    )
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-4), pytest.approx(0.3339, abs=5e-4))


def test_nothing_is_concluded_before_the_last_outcome() -> None:
    assert compared(Seen(0, 0, 0), Seen(10, 0, 3), planned=20).difference is None
    early = compared(Seen(80, 0, 8), Seen(70, 0, 56), planned=151)
    assert (early.state, early.better) == (TrialState.COLLECTING, None)
    assert compared(Seen(80, 0, 20), Seen(70, 0, 20), planned=150).state is TrialState.INCONCLUSIVE


def test_arms_alike_are_seldom_told_apart() -> None:
    """A hundred trials of nothing: about one in twenty may be called separated."""
    found = 0
    for trial in map(str, range(100)):
        arms = {arm: [firm for firm in FIRMS[:300] if arm_of(trial, firm) is arm] for arm in Arm}
        first, second = (
            Seen(len(firms), 0, sum(lot(trial, "x", firm) < 0.3 for firm in firms)) for firms in arms.values()
        )
        found += compared(first, second, planned=300).state is TrialState.SEPARATED
    assert found <= 12
