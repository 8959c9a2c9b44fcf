"""The product's policy: it sees what the bank sees, leaves its hold-out alone, keeps the hours, and is worth having."""

from copy import copy, deepcopy
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bench.policies.choosing import Desks, chosen
from bench.policies.product.accepting import Accepting
from bench.policies.product.failing import figures
from bench.policies.product.memory import Memory
from bench.policies.product.policy import Product, flowing_away, left_alone
from bench.policies.product.pricing import leaning_from
from bench.policies.product.told import told_of
from bench.policies.product.week import week_of
from bench.policies.rivals import balance, none
from bench.policies.running import history, lived
from xiaoer.offers.worth import Worth
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.setting import Setting
from xiaoer.simulator.people.terms import OFFER, Actions, Life

END = date(2026, 10, 31)
Before = tuple[LivingBank, Memory]


@pytest.fixture(scope="module")
def before() -> Before:
    return history(600, 7, END)


def policy(before: Before) -> Product:
    return Product(before[0].setting.weeks, before[1])


def rows(wish: Actions) -> list[list[int]]:
    return [column.tolist() for column in vars(wish).values()]


def with_other_hearts(setting: Setting, life: Life) -> LivingBank:
    """The same registers over firms of quite other traits, needs and fates."""
    other, rng = copy(setting), np.random.default_rng(1)
    folk, count = setting.folk, len(setting.firms)
    mixed = rng.permutation(count)
    hearts = {name: getattr(folk, name)[mixed] for name in ("mood", "patience", "price", "liking", "nature")}
    hearts |= {
        name: getattr(folk, name)[mixed] for name in ("hot_start", "channel", "hour", "wilful", "weakness")
    }
    object.__setattr__(other, "folk", replace(folk, **hearts))
    life = deepcopy(life)
    ahead = life.stops > setting.day(life.week)
    life.stops[ahead], life.dies[:] = np.datetime64("NaT"), np.datetime64("NaT")
    life.hot, life.tired, life.lately = ~life.hot, life.tired[mixed], life.lately[mixed]
    return LivingBank(other, life)


def test_what_nobody_can_see_moves_nothing(before: Before) -> None:
    bank = before[0]
    wish = policy(before)(bank)
    assert len(wish) > 50
    assert rows(policy(before)(with_other_hearts(bank.setting, bank.life))) == rows(wish)


def test_the_hold_out_is_offered_nothing(before: Before) -> None:
    bank, memory = before
    wish = policy(before)(bank)
    known = told_of(bank)
    week = week_of(bank, known, memory.copy(), Worth.in_force(bank.day))
    alone = left_alone(known, week, len(bank.setting.firms))
    assert 0.02 < alone.mean() < 0.09
    assert not alone[wish.firm[wish.kind == OFFER]].any()


def test_nobody_is_wished_for_twice_or_against_the_banks_caps(before: Before) -> None:
    bank = LivingBank(before[0].setting, deepcopy(before[0].life))
    doing, held = policy(before), 0
    for _ in range(6):
        wish = doing(bank)
        assert len(np.unique(wish.firm)) == len(wish)
        stopped = bank.step(bank.day, wish)
        held += stopped.pop("held")  # a loan asked for unasked stands in no register until it is drawn
        assert {why: many for why, many in stopped.items() if many and why not in {"hours", "group"}} == {}
    assert held <= 3


def test_money_flowing_away_is_noticed(before: Before) -> None:
    bank, memory = LivingBank(before[0].setting, deepcopy(before[0].life)), before[1].copy()
    going = None
    for _ in range(9):
        memory.note(bank, told_of(bank))
        going = flowing_away(memory, going)
        bank.step(bank.day, none(bank))
    assert going is not None
    leaves = (bank.life.going >= 0) & (bank.life.going < bank.life.week - 5) & np.isnat(bank.life.closed)
    assert leaves.sum() >= 5  # one may have been missed: the first week of a month tells nothing
    assert going[leaves].mean() > 0.8
    assert going[~leaves & memory.now.here].mean() < 0.05  # type: ignore[union-attr]


def test_the_bank_s_own_prices_tell_weak_firms_from_strong_ones(before: Before) -> None:
    """What a firm would be asked above others rises with its weakness, for those never priced too."""
    bank, memory = before[0], before[1].copy()
    now = memory.note(bank, told_of(bank))
    known = figures(memory, len(memory.months) - 1, now, np.zeros((len(now.turnover), 1)))
    leaning = leaning_from(memory, known)
    asked = leaning.of(len(memory.months) - 1, known)
    priced, weakness = leaning.prices.count[-1] > 0, bank.setting.folk.weakness
    for group, least in ((priced, 0.6), (~priced & now.here, 0.3)):
        assert np.corrcoef(asked[group], weakness[group])[0, 1] > least


def test_whom_a_yes_of_a_tied_firm_is_told_of() -> None:
    accepting = Accepting(np.zeros((4, 1)), {"owner": (np.array([0, 1, 2]), np.array([1, 0, 3]))})
    accepting.said_yes[1] = 100
    firms = np.arange(4)
    assert accepting._related(firms, np.datetime64(200, "D"))[:, 0].tolist() == [1, 0, 0, 0]
    assert not accepting._related(firms, np.datetime64(100 + 365, "D")).any()


def test_it_earns_more_than_the_largest_balances_with_fewer_contacts(before: Before) -> None:
    living = before[0]
    nobody, rival = lived("none", none, living), lived("balance", balance, living)
    ours = lived("product", policy(before), living)
    assert ours.profit > rival.profit > nobody.profit
    assert ours.contacts < rival.contacts


def test_the_worthiest_minutes_fill_a_desk() -> None:
    """Two desks of 90 minutes; at the first a visit of 100 yuan gives way to calls of 40 each."""
    firm, desk = np.array([0, 1, 2, 3, 4]), np.array([0, 0, 0, 0, 1])
    value, minutes = np.array([100.0, 40, 40, 40, 5]), np.array([75, 9, 9, 9, 75])
    best = chosen(firm, value, Desks(desk, minutes, np.array([90, 90])), np.ones(5, dtype=bool))
    assert sorted(best.tolist()) == [1, 2, 3, 4]


def test_a_firm_gets_its_worthiest_wish_and_no_loss_is_made() -> None:
    firm, value = np.array([0, 0, 1]), np.array([3.0, 9.0, -1.0])
    desks = Desks(np.zeros(3, dtype=int), np.full(3, 9), np.array([90]))
    assert chosen(firm, value, desks, np.ones(3, dtype=bool)).tolist() == [1]
