"""Industry climate: by hand, beside the others, chance that raises nothing, and what is too few to speak of."""

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from xiaoer.kit.text import say
from xiaoer.scores.alarms import Findings, alarms
from xiaoer.scores.climate import Climate, around_the_middle, climate
from xiaoer.scores.stability import Moved
from xiaoer.scores.terms import Level, Watch

RULES = Watch.in_force(date(2026, 10, 31))
STILL = Moved("score", 0.01, 0.0, 0.05, 500)
SECTORS = [letter for letter in "ACFGH" for _ in range(300)]


def months(seed: int, of: dict[str, float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """1,500 firms of very many sizes, this month and last year's; some sectors at another level."""
    draw = np.random.default_rng(seed)
    size = np.exp(draw.normal(13, 2, len(SECTORS)))
    level = np.array([of.get(letter, 1.0) for letter in SECTORS])
    return size * level * np.exp(draw.normal(0, 0.6, len(SECTORS))), size


def loud(found: list[Climate]) -> list[str]:
    return [one.sector for one in found if RULES.level(one.distance, RULES.climate) is not Level.CALM]


def test_a_change_by_hand() -> None:
    """All at 0.9 of last year but C at 0.45: (0.45 + 0.05) ÷ (0.9 + 0.05) − 1 = −47.4 %."""
    before = np.full(len(SECTORS), 100.0)
    now = np.where(np.array(SECTORS) == "C", 45.0, 90.0)
    found = {one.sector: one for one in climate(SECTORS, now, before, 0.001)}
    assert found["C"].change == pytest.approx(-0.474, abs=0.001)
    assert found["F"].change == pytest.approx(0.0, abs=1e-9)
    assert found["C"].firms == 300
    assert found["C"].distance == pytest.approx(0.474, abs=0.001)


def test_a_sector_is_told_and_no_other() -> None:
    for seed in range(20):
        assert loud(climate(SECTORS, *months(seed, {"F": 0.6}), 0.001)) == ["F"]


def test_what_befalls_all_and_chance_alone_raise_nothing() -> None:
    everywhere = dict.fromkeys("ACFGH", 0.5)
    cried = [
        letter for seed in range(200) for letter in loud(climate(SECTORS, *months(seed, everywhere), 0.001))
    ]
    assert len(cried) <= 2


def test_the_middle_is_held_as_often_as_promised() -> None:
    draw = np.random.default_rng(1)
    within = [around_the_middle(np.sort(draw.standard_t(2, 120)), 0.1) for _ in range(2000)]
    missed = np.mean([not low <= 0 <= high for low, high in within])
    assert 0.05 < missed <= 0.1


def test_too_few_say_nothing() -> None:
    now, before = months(1, {"C": 0.2})
    assert climate(["A", "C", *[""] * 1498], now, before, 0.001) == []
    assert climate(SECTORS, now, np.zeros_like(before), 0.001) == []
    two = [letter if letter in "AC" else None for letter in SECTORS]
    assert climate(two, now, before, 0.001) == []


def test_the_alarm_says_what_fell_and_by_how_much() -> None:
    fell = Climate("C", 1438, -0.42, -0.51, -0.33)
    raised = alarms(Findings(500, 500, 500, STILL, (), (), climate=[fell]), RULES)
    assert [(one.key, one.level) for one in raised] == [("climate:C", Level.ACT)]
    said = say(raised[0].because, "en")
    assert "manufacturing" in said
    assert "-42%" in said
