"""What nobody may do, whoever advises: each rule stops what it names, and nothing else."""

import numpy as np
import pytest

from xiaoer.simulator.people.gate import WHY, admit
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.terms import CALL, CARE, COLLECTION, MESSAGE, OFFER, VISIT, Actions, actions

PRODUCT = 3


def free_firms(bank: LivingBank) -> np.ndarray:
    """Firms with a manager against whose approach by call nothing speaks."""
    setting, life, consent = bank.setting, bank.life, bank.setting.folk.consent
    well = setting.present(life.week, life.closed) & consent["consent_marketing"] & consent["consent_call"]
    well &= (setting.folk.keeper >= 0) & ~life.held[:, PRODUCT] & np.isnat(life.stops)
    well &= (life.silent_until <= life.week) & (life.marketed < life.week - 4).all(axis=1)
    well &= (life.refused < life.week - 8).all(axis=1)
    alone = np.bincount(setting.folk.hands, minlength=len(well))[setting.folk.hands] == 1
    return np.flatnonzero(well & alone)


def stopped_by(bank: LivingBank, wish: Actions) -> dict[str, int]:
    return {why: count for why, count in admit(bank.setting, bank.life, wish)[1].items() if count}


def test_a_free_firm_may_be_called(bank: LivingBank) -> None:
    wish = actions(free_firms(bank)[:2], OFFER, CALL, PRODUCT)
    todo, stopped = admit(bank.setting, bank.life, wish)
    assert todo.firm.tolist() == wish.firm.tolist()
    assert set(stopped) == set(WHY)
    assert not any(stopped.values())


def test_who_left_or_never_came_is_not_approached(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    bank.life.closed[firm] = bank.setting.day(bank.life.week) - np.timedelta64(1, "D")
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {"absent": 1}


@pytest.mark.parametrize(
    ("consent", "channel"),
    [("consent_marketing", VISIT), ("consent_call", CALL), ("consent_message", MESSAGE)],
)
def test_without_consent_nothing_is_offered(bank: LivingBank, consent: str, channel: int) -> None:
    firm = free_firms(bank)[:1]
    agrees = bank.setting.folk.consent[consent]
    kept = agrees[firm].copy()
    agrees[firm] = False
    try:
        assert stopped_by(bank, actions(firm, OFFER, channel, PRODUCT)) == {"consent": 1}
        if channel == CALL:
            assert stopped_by(bank, actions(firm, COLLECTION, channel)) == {}
    finally:
        agrees[firm] = kept


def test_a_complaint_stops_marketing_and_nothing_else(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    bank.life.silent_until[firm] = bank.life.week + 1
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {"complaint": 1}
    assert stopped_by(bank, actions(firm, CARE, CALL)) == {}


def test_a_firm_that_does_not_pay_gets_no_offers(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    bank.life.stops[firm] = bank.setting.day(bank.life.week) - np.timedelta64(31, "D")
    bank.life.book.amount[firm] = 0.0
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {}
    bank.life.book.amount[firm, 0] = 100_000.0
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {"workout": 1}
    bank.life.stops[firm] = bank.setting.day(bank.life.week) + np.timedelta64(1, "D")
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {}


def test_quiet_hours(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    for hour, expected in ((7, {"quiet": 1}), (8, {}), (20, {}), (21, {"quiet": 1})):
        assert stopped_by(bank, actions(firm, CARE, CALL, hour=hour)) == expected


def test_two_offers_in_four_weeks_are_enough(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    bank.life.marketed[firm] = bank.life.week - 3
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {"cap": 1}
    bank.life.marketed[firm, 0] = bank.life.week - 4
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {}


def test_two_refusals_in_eight_weeks_pause(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    bank.life.refused[firm] = bank.life.week - 7
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {"pause": 1}
    bank.life.refused[firm, 0] = bank.life.week - 8
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {}


def test_what_is_held_is_not_offered_and_prices_have_a_floor(bank: LivingBank) -> None:
    firm = free_firms(bank)[:1]
    assert stopped_by(bank, actions(firm, OFFER, CALL, 0)) == {"held": 1}
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT, concession=31)) == {"price": 1}
    assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT, concession=30)) == {}


def test_one_approach_a_firm_and_week_and_one_offer_a_group(bank: LivingBank) -> None:
    firm = free_firms(bank)[:2]
    twice = actions(np.repeat(firm, 2), CARE, CALL)
    assert admit(bank.setting, bank.life, twice)[0].firm.tolist() == firm.tolist()
    assert stopped_by(bank, twice) == {"week": 2}
    hands = bank.setting.folk.hands
    kept = hands[firm[1]]
    hands[firm[1]] = hands[firm[0]]
    try:
        assert stopped_by(bank, actions(firm, OFFER, CALL, PRODUCT)) == {"group": 1}
        assert stopped_by(bank, actions(firm, CARE, CALL)) == {}
    finally:
        hands[firm[1]] = kept


def test_hours_are_kept_in_the_order_of_the_list(bank: LivingBank) -> None:
    desk = bank.setting.folk.keeper
    manager = np.bincount(desk[desk >= 0]).argmax()
    mine = np.flatnonzero((desk == manager) & bank.setting.present(bank.life.week, bank.life.closed))[::-1]
    todo, stopped = admit(bank.setting, bank.life, actions(mine, CARE, VISIT))
    fit = int(bank.setting.minutes[manager] // 75)
    assert todo.firm.tolist() == mine[:fit].tolist()
    assert stopped["hours"] == len(mine) - fit > 0
    channel = np.where(np.arange(len(mine)) == len(mine) - 1, CALL, VISIT)
    todo, _ = admit(bank.setting, bank.life, actions(mine, CARE, channel))
    rest = bank.setting.minutes[manager] - 75 * fit
    assert (CALL in todo.channel) == (rest >= 9 and bool(bank.setting.folk.consent["consent_call"][mine[-1]]))
