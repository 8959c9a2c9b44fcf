"""A small bank that has lived half a year by habit, and what is needed to let it live on in several ways."""

from copy import deepcopy
from datetime import date

import pytest

from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.terms import Plan
from xiaoer.simulator.world import open_bank

PLAN = Plan(firms=300, months=12, seed=5, end=date(2026, 10, 31))
HISTORY_WEEKS = 26


@pytest.fixture(scope="session")
def half_a_year() -> LivingBank:
    living, _ = open_bank(PLAN)
    living.live_by_habit(HISTORY_WEEKS)
    return living


@pytest.fixture
def bank(half_a_year: LivingBank) -> LivingBank:
    """A bank of one's own to live on with."""
    return LivingBank(half_a_year.setting, deepcopy(half_a_year.life))
