"""Effects in money, what it cost to leave alone, and when one will be able to tell."""

import random
from datetime import date, timedelta

import pytest

from xiaoer.trials.comparing import FEWEST_PARTS, Parts, Side, compared, resampled
from xiaoer.trials.effects import Caution, Counted
from xiaoer.trials.terms import TrialState

CAUTION = Caution(30, 10, 1.96)
TODAY = date(2026, 11, 19)


def parts(mean: float, spread: float, firms: int, seed: int) -> Parts:
    chance = random.Random(seed)
    sums = [round(chance.gauss(mean, spread)) for _ in range(firms)]
    return Parts((1,) * firms, tuple(sums))


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    inside = 0
    for trial in range(120):
        found = resampled(
            f"{trial}", parts(1300, 900, 90, trial), parts(1000, 900, 60, 1000 + trial), CAUTION
        )
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 300 <= found.high
    assert 0.88 <= inside / 120 <= 0.99


def test_the_same_figures_give_the_same_interval() -> None:
    one, other = parts(5, 2, 40, 1), parts(5, 2, 40, 2)
    assert resampled("a", one, other, CAUTION) == resampled("a", one, other, CAUTION)


def test_few_parts_have_no_interval_and_few_firms_no_verdict() -> None:
    few = resampled("x", parts(9, 1, FEWEST_PARTS - 1, 1), parts(1, 1, 50, 2), CAUTION)
    assert (few.low, few.state) == (None, TrialState.COLLECTING)
    small = resampled("x", parts(900, 1, 20, 1), parts(1, 1, 50, 2), CAUTION)
    assert small.low is not None
    assert small.low > 0
    assert small.state is TrialState.COLLECTING
    assert resampled("x", Parts(), parts(1, 1, 50, 2), CAUTION).difference is None


def test_firms_of_one_part_move_together() -> None:
    apart = Parts((1,) * 100, tuple([0, 1000] * 50))
    together = Parts((10,) * 10, tuple([0, 10_000] * 5))
    wide = resampled("x", together, together, CAUTION)
    narrow = resampled("x", apart, apart, CAUTION)
    assert wide.high is not None
    assert narrow.high is not None
    assert wide.high > 2 * narrow.high


def side(firms: int, hits: int, waiting: int = 0, first: int = 5) -> Side:
    days = tuple((TODAY + timedelta(days=first + at), 1) for at in range(waiting))
    profit = Parts((1,) * firms, (100,) * firms)
    return Side(firms + waiting, firms, 0, Counted(firms, hits), profit, profit, days)


def test_what_it_cost_is_the_difference_times_the_firms_left_alone() -> None:
    found = compared("x", side(1000, 200), side(100, 8), CAUTION, TODAY)
    assert found.state is TrialState.SEPARATED
    assert found.forgone_wins.difference == pytest.approx(0.12 * 100)
    assert found.forgone_wins.low == pytest.approx((found.share.low or 0) * 100)
    assert found.tells_on == TODAY


def test_collecting_waits_for_the_firms_on_their_way() -> None:
    found = compared("x", side(100, 12), side(20, 2, waiting=30), CAUTION, TODAY)
    assert found.state is TrialState.COLLECTING
    assert found.tells_on == TODAY + timedelta(days=5 + 9)  # the tenth of those waiting


def test_beyond_those_on_their_way_the_pace_counts() -> None:
    found = compared("x", side(100, 12, waiting=10), side(0, 0, waiting=20), CAUTION, TODAY)
    assert found.tells_on == TODAY + timedelta(days=5 + 19 + 10)  # one firm a day, ten more to come


def test_a_difference_of_chance_alone_is_never_promised() -> None:
    found = compared("x", side(200, 20, waiting=9), side(200, 20, waiting=9), CAUTION, TODAY)
    assert (found.state, found.tells_on) == (TrialState.INCONCLUSIVE, None)
    nothing = compared("x", side(40, 0, waiting=9), side(40, 0, waiting=9), CAUTION, TODAY)
    assert (nothing.state, nothing.tells_on) == (TrialState.COLLECTING, None)
