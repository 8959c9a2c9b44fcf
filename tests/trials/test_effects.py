"""Two arms and what may be said of them: the worked example, coverage by drawing, and the three states."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.trials.effects import Caution, Counted, effect, wilson
from xiaoer.trials.terms import TrialState

CAUTION = Caution.in_force(date(2026, 11, 2))


def test_worked_example_of_the_rules_page() -> None:
    """docs/rules/effects.md: 180 of 1,200 approached, 4 of 60 left alone."""
    assert wilson(Counted(1_200, 180), CAUTION.z) == pytest.approx((0.1309, 0.1713), abs=5e-5)
    assert wilson(Counted(60, 4), CAUTION.z) == pytest.approx((0.0262, 0.1593), abs=5e-5)
    found = effect(Counted(1_200, 180), Counted(60, 4), CAUTION)
    assert found.difference == pytest.approx(0.0833, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((-0.0112, 0.1290), abs=5e-5)
    assert found.state is TrialState.INCONCLUSIVE
    assert effect(Counted(1_200, 180), Counted(120, 8), CAUTION).state is TrialState.SEPARATED


def test_an_empty_or_small_arm_is_still_collecting() -> None:
    assert effect(Counted(0, 0), Counted(50, 3), CAUTION) == effect(Counted(50, 3), Counted(0, 0), CAUTION)
    assert effect(Counted(29, 29), Counted(1_000, 0), CAUTION).state is TrialState.COLLECTING
    assert effect(Counted(5_000, 9), Counted(5_000, 0), CAUTION).state is TrialState.COLLECTING
    assert effect(Counted(5_000, 30), Counted(5_000, 0), CAUTION).state is TrialState.SEPARATED


@pytest.mark.parametrize(("share", "firms"), [(0.02, 400), (0.1, 60), (0.5, 60)])
def test_the_interval_holds_the_truth_as_often_as_it_says(share: float, firms: int) -> None:
    hits = np.random.default_rng(4).binomial(firms, share, 4_000)
    inside = [
        low <= share <= high for low, high in (wilson(Counted(firms, int(hit)), CAUTION.z) for hit in hits)
    ]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.025)


def test_nothing_is_separated_where_nothing_differs() -> None:
    drawn = np.random.default_rng(5).binomial([2_000, 100], 0.15, (2_000, 2))
    states = [effect(Counted(2_000, int(one)), Counted(100, int(two)), CAUTION).state for one, two in drawn]
    assert np.mean([state is TrialState.SEPARATED for state in states]) < 0.07


def test_more_firms_narrow_the_interval() -> None:
    widths = []
    for many in (1, 4, 16):
        found = effect(Counted(400 * many, 60 * many), Counted(100 * many, 8 * many), CAUTION)
        widths.append((found.high or 0) - (found.low or 0))
    assert all(later < earlier for earlier, later in pairwise(widths))


def test_more_hits_than_firms_are_refused() -> None:
    with pytest.raises(Refusal, match="5 of 4 firms"):
        Counted(4, 5)
