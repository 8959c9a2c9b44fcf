"""Weeks as a whole: the same luck for everybody, both outcomes of each offer, a bank that can be put down and taken up."""

from copy import deepcopy
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.simulator.people.test_gate import PRODUCT, free_firms
from xiaoer.simulator.people import chances
from xiaoer.simulator.people.habits import habit
from xiaoer.simulator.people.living import LivingBank, keep, take_up
from xiaoer.simulator.people.seen import seen
from xiaoer.simulator.people.step import taking_luck
from xiaoer.simulator.people.terms import (
    CALL,
    CARE,
    CONTRARY,
    MESSAGE,
    OFFER,
    RESCUE,
    RETENTION,
    VISIT,
    Actions,
    actions,
    nothing,
)

LOAN = 9


def live(bank: LivingBank, wish: Actions) -> LivingBank:
    """A copy of the bank a week later."""
    other = LivingBank(bank.setting, deepcopy(bank.life))
    other.step(other.day, wish)
    return other


def test_each_offer_ends_as_its_truth_says(half_a_year: LivingBank) -> None:
    made = half_a_year.life.log.joined("offers")
    assert len(made["took"]) > 200
    expected = np.where(made["reached"], made["takes_if_asked"], made["takes_if_left"])
    assert (made["took"] == expected).all()
    assert (made["takes_if_asked"] == (made["luck"] < made["chance_if_asked"])).all()
    log = half_a_year.life.log
    shelf, applied = log.joined("takings"), log.joined("applications")
    came = set(zip(shelf["firm"], shelf["product"], shelf["asked"], strict=True))
    wanted = set(zip(applied["i"], applied["product"] + LOAN, strict=True))
    took = made["took"]
    for firm, product, reached in zip(
        made["firm"][took], made["product"][took], made["reached"][took], strict=True
    ):
        assert (firm, product) in wanted or (firm, product, reached) in came


def test_the_outcome_not_seen_is_the_one_that_would_have_come(bank: LivingBank) -> None:
    """Ask in one world, leave alone in the other: the log's two outcomes are what really happens in each."""
    firm = free_firms(bank)
    before = bank.life.held[firm, PRODUCT]
    asked = live(bank, actions(firm, OFFER, CALL, PRODUCT))
    left = live(bank, nothing())
    told = asked.life.log.blocks["offers"][-1]
    in_time = told["firm"]
    happened = asked.life.held[in_time, PRODUCT]
    assert not before.any()
    assert (happened == told["took"]).all()
    assert (left.life.held[in_time, PRODUCT] == told["takes_if_left"]).all()
    assert told["took"].sum() > told["takes_if_left"].sum()


def test_what_is_done_to_one_firm_does_not_move_the_luck_of_others(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    one, other = live(bank, actions(firm, OFFER, CALL, PRODUCT)), live(bank, nothing())
    rest = np.delete(np.arange(300), firm)
    for name in ("lately", "tired", "since", "hot", "going", "earned", "talked"):
        ours, theirs = getattr(one.life, name)[rest], getattr(other.life, name)[rest]
        assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind in "fM"), name
    assert one.life.tired[firm] > other.life.tired[firm]


def test_luck_hangs_on_the_week_alone(bank: LivingBank) -> None:
    assert np.array_equal(taking_luck(bank.setting, 30), taking_luck(bank.setting, 30))
    assert not np.array_equal(taking_luck(bank.setting, 30), taking_luck(bank.setting, 31))


def test_put_down_and_taken_up_it_lives_on_the_same(bank: LivingBank, tmp_path: Path) -> None:
    keep(bank.life, tmp_path / "life.npz")
    again = LivingBank(bank.setting, take_up(tmp_path / "life.npz"))
    for each in (bank, again):
        each.live_by_habit(6)
    for name in ("lately", "since", "closed", "earned", "going"):
        ours, theirs = getattr(bank.life, name), getattr(again.life, name)
        assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind in "fM"), name
    for what in bank.life.log.blocks:
        for name, column in bank.life.log.joined(what).items():
            assert column.tolist() == again.life.log.joined(what)[name].tolist(), (what, name)


def test_only_the_next_week_can_be_lived(bank: LivingBank) -> None:
    with pytest.raises(ValueError, match="not the first day of the next week"):
        bank.step(date(2020, 1, 1), nothing())


def test_some_leave_when_pestered(bank: LivingBank) -> None:
    tired, rested = deepcopy(bank.life), deepcopy(bank.life)
    tired.tired[:] = 4.0
    rested.tired[:] = 0.0
    worse, calm = chances.leaving(bank.setting, tired), chances.leaving(bank.setting, rested)
    assert (worse > calm).mean() > 0.9
    patient = bank.setting.folk.patience.argmax()
    touchy = bank.setting.folk.patience.argmin()
    assert (worse / calm)[touchy] > (worse / calm)[patient]


def test_asking_puts_the_contrary_off_and_wins_the_others(bank: LivingBank) -> None:
    firm = np.arange(300)
    chance = chances.taking_if_asked(bank.setting, bank.life, actions(firm, OFFER, CALL, PRODUCT))
    contrary = bank.setting.folk.nature[:, PRODUCT] == CONTRARY
    assert chance[contrary].mean() < 0.4 * chance[~contrary].mean()
    visit = chances.taking_if_asked(bank.setting, bank.life, actions(firm, OFFER, VISIT, PRODUCT))
    message = chances.taking_if_asked(bank.setting, bank.life, actions(firm, OFFER, MESSAGE, PRODUCT))
    assert visit.mean() > chance.mean() > message.mean()
    loan = chances.taking_if_asked(bank.setting, bank.life, actions(firm, OFFER, CALL, LOAN))
    cheap = chances.taking_if_asked(bank.setting, bank.life, actions(firm, OFFER, CALL, LOAN, concession=30))
    assert (cheap > loan).all()


def test_a_talk_brings_some_back(bank: LivingBank) -> None:
    firm = np.flatnonzero(
        bank.setting.present(bank.life.week, bank.life.closed) & (bank.setting.folk.keeper >= 0)
    )
    firm = firm[np.unique(bank.setting.folk.keeper[firm], return_index=True)[1]]
    firm = np.concatenate([firm, np.setdiff1d(np.arange(40), firm)])
    bank.life.going[:] = np.where(
        bank.setting.present(bank.life.week, bank.life.closed), bank.life.week - 1, -1
    )
    bank.life.closing[:] = bank.life.week + 9
    bank.life.reason[:] = 0
    after = live(bank, actions(firm, RETENTION, CALL, concession=30))
    alone = live(bank, nothing())
    assert (alone.life.going >= 0).sum() > (after.life.going >= 0).sum()


def test_relief_keeps_the_willing_and_not_the_wilful(bank: LivingBank) -> None:
    owing = (bank.life.book.amount > 0).any(axis=1) & bank.setting.present(bank.life.week, bank.life.closed)
    firm = np.flatnonzero(owing)
    bank.life.stops[firm] = bank.setting.day(bank.life.week) + np.timedelta64(60, "D")
    bank.life.lost[:] = False
    saved = np.zeros(300, dtype=bool)
    for at in np.array_split(firm, 12):
        after = live(bank, actions(at, RESCUE, CALL))
        saved |= np.isnat(after.life.stops) & ~np.isnat(bank.life.stops)
    assert saved.any()
    assert not saved[bank.setting.folk.wilful].any()


def test_habit_keeps_its_distance(bank: LivingBank) -> None:
    """The usual way is not blocked wholesale, and nobody is met twice a week."""
    wish = habit(bank.setting, bank.life)
    after = live(bank, wish)
    met = after.life.log.blocks["contacts"][-1]
    assert len(met["firm"]) == len(np.unique(met["firm"]))
    assert len(met["firm"]) > 0.4 * len(wish)
    assert CARE in met["kind"]


def test_what_is_seen_knows_no_month_that_is_not_over(bank: LivingBank) -> None:
    before = seen(bank)
    month = bank.setting.month_of[bank.life.week]
    level = bank.setting.fates.level
    kept = level[:, month:].copy()
    level[:, month:] = 0.001
    try:
        for name, frame in seen(bank).items():
            assert frame.equals(before[name]), name
    finally:
        level[:, month:] = kept
