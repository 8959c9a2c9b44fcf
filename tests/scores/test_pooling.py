"""Chances from few outcomes: drawn towards the pool, each one's own answers counting as far as they tell."""

import numpy as np
import pytest

from xiaoer.scores.pooling import Grouping, chance, own_effects, pooled


def draws(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 2))
    return rows, (rng.random(count) < chance(1.2 * rows[:, 0] - 1.0)).astype(float)


def test_what_tells_is_found_and_what_does_not_stays_small() -> None:
    card = pooled(*draws(4_000), trust=1.0)
    assert card.weights[0] == pytest.approx(1.2, abs=0.15)
    assert abs(card.weights[1]) < 0.12
    assert card.start == pytest.approx(-1.0, abs=0.12)


def test_with_little_trust_all_rows_stay_near_the_mean() -> None:
    rows, hit = draws(400)
    near, far = (np.ptp(pooled(rows, hit, trust).chance(rows)) for trust in (0.001, 1.0))
    assert near < far / 3
    assert pooled(rows, hit, 1e-6).chance(rows).mean() == pytest.approx(hit.mean(), abs=0.01)


def test_a_column_of_its_own_scale_counts_less_the_smaller_it_is() -> None:
    rows, hit = draws(400)
    small = rows * np.array([0.05, 1.0])
    weighed = pooled(small, hit, 0.1).chance(small)
    held = pooled(small, hit, 0.1, own_scale=1).chance(small)
    assert np.ptp(held) < np.ptp(weighed) / 2


def test_rows_that_all_ended_alike_are_refused() -> None:
    with pytest.raises(ValueError, match="all 3 rows ended alike"):
        pooled(np.zeros((3, 1)), np.ones(3), 1.0)


def test_own_answers_move_a_firm_only_as_far_as_they_tell() -> None:
    """Pool: one in ten. Firm 0 took 3 of 5, firm 1 none of 5, firm 2 never asked: 0.6 is not believed yet."""
    firm = np.array([0] * 5 + [1] * 5)
    hit = np.array([1.0, 1, 1, 0, 0] + [0.0] * 5)
    pool = np.full(10, np.log(0.1 / 0.9))
    (own,) = own_effects(pool, hit, [Grouping(firm, 3, 0.5)])
    chances = chance(np.log(0.1 / 0.9) + own)
    assert own[2] == 0
    assert 0.15 < chances[0] < 0.4
    assert 0.06 < chances[1] < 0.1


def test_with_many_answers_the_own_share_is_believed() -> None:
    hit = np.tile([1.0, 0, 0, 0, 0], 400)
    (own,) = own_effects(
        np.full(2_000, np.log(0.1 / 0.9)), hit, [Grouping(np.zeros(2_000, dtype=int), 1, 0.5)]
    )
    assert chance(np.log(0.1 / 0.9) + own)[0] == pytest.approx(0.2, abs=0.005)
