"""Early repayment and default compete; a fall of rates makes old notes dear."""

import numpy as np
import pytest

from xiaoer.scores.competing import ends, scenario


def test_what_becomes_of_a_note_adds_up() -> None:
    found = ends(np.array([0.2]), np.array([0.1]), np.array([12.0]))
    # Two half years: 0.7 × 0.7 runs on; of the 0.51 that ended two thirds were paid early.
    assert found.in_full == pytest.approx([0.49])
    assert found.early == pytest.approx([0.34])
    assert found.default == pytest.approx([0.17])


def test_one_period_is_the_chance_itself_and_none_left_is_none() -> None:
    found = ends(np.array([0.2, 0.2, 0.0]), np.array([0.1, 0.1, 0.0]), np.array([6.0, -1.0, 24.0]))
    assert found.early == pytest.approx([0.2, 0, 0])
    assert found.default == pytest.approx([0.1, 0, 0])
    assert found.in_full == pytest.approx([0.7, 1, 1])


def test_chances_beyond_one_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="more than 1"):
        ends(np.array([0.7]), np.array([0.4]), np.array([6.0]))


def test_a_scenario_moves_what_is_measured_against_the_market() -> None:
    columns = {"note_rate_above_market": np.array([0.01, np.nan]), "note_rate": np.array([0.05, 0.05])}
    moved = scenario(columns, -50)
    assert moved["note_rate_above_market"][0] == pytest.approx(0.015)
    assert np.isnan(moved["note_rate_above_market"][1])
    assert moved["note_rate"].tolist() == [0.05, 0.05]
