"""Firms that leave, are brought back, give up business, or are kept afloat by relief in time."""

import numpy as np

from xiaoer.simulator.draws import Flags, Ints
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.people import borrowing, chances
from xiaoer.simulator.people.setting import WEEK, Setting, by
from xiaoer.simulator.people.terms import (
    BUSINESS_CLOSED,
    CARE,
    MESSAGE,
    MOVED,
    OTHER_BANK,
    PRICE,
    RESCUE,
    RETENTION,
    SERVICE,
    Actions,
    Life,
)


def part(setting: Setting, life: Life, talks: Actions) -> None:
    """The week's partings; `talks` are the approaches that reached somebody."""
    _relieve(setting, life, talks.only(talks.kind == RESCUE))
    _bring_back(setting, life, talks)
    _decide(setting, life)
    _close(setting, life)


def _relieve(setting: Setting, life: Life, talks: Actions) -> None:
    """Relief around the day a firm would stop paying keeps a willing one afloat, whenever it is tried."""
    figures, first = by("rescue"), setting.day(life.week)
    luck = setting.draws("relief", 0).random(len(setting.firms))
    until = (life.stops[talks.firm] - first).astype("timedelta64[D]").astype(float)
    timely = (until >= -figures["to_days"]) & (until <= -figures["from_days"])
    owing = (life.book.amount[talks.firm] > 0).any(axis=1)
    helps = luck[talks.firm] < chances.relief_helps(setting, talks.firm)
    saved = talks.firm[timely & owing & helps & ~life.lost[talks.firm]]
    life.stops[saved], life.dies[saved] = NO_DAY, NO_DAY
    cost = by("income")["relief"] * borrowing.owed(life, first)[talks.firm].sum(axis=1)
    np.add.at(life.earned, talks.firm, -cost)


def _bring_back(setting: Setting, life: Life, talks: Actions) -> None:
    """A talk meant to keep a firm may bring back one that decided to leave."""
    meant = np.isin(talks.kind, [RETENTION, CARE]) & (talks.channel != MESSAGE)
    todo = talks.only(meant & (life.going[talks.firm] >= 0))
    luck = setting.draws("bringing back", life.week).random(len(setting.firms))[todo.firm]
    stays = luck < chances.bringing_back(setting, life, todo)
    back = todo.firm[stays]
    _note(setting, life, back, np.full(len(back), setting.day(life.week)), kept=True)
    life.going[back], life.closing[back] = -1, -1
    life.lately[back] += 0.2


def _note(setting: Setting, life: Life, firm: Ints, until: np.ndarray, *, kept: bool) -> None:
    since = setting.start + life.going[firm] * np.timedelta64(WEEK, "D")
    whole = setting.start + life.closing[firm] * np.timedelta64(WEEK, "D")
    life.log.add(
        "partings",
        firm=firm,
        since=since,
        planned=whole,
        until=until,
        kept=np.full(len(firm), kept),
        reason=life.reason[firm].copy(),
    )


def _decide(setting: Setting, life: Life) -> None:
    """Who decides this week to go, why, and when the account will be closed."""
    rng = setting.draws("leaving", life.week)
    luck, why, wait = (rng.random(len(setting.firms)) for _ in range(3))
    settled = setting.opened + np.timedelta64(120, "D") < setting.day(life.week)
    free = setting.present(life.week, life.closed) & (life.going < 0) & settled
    goes = np.flatnonzero(free & (luck < chances.leaving(setting, life)))
    figures = by("leaving")
    span = figures["closes_high"] - figures["closes_low"] + 1
    life.going[goes] = life.week
    life.closing[goes] = life.week + (figures["closes_low"] + wait[goes] * span).astype(int)
    life.reason[goes] = _reasons(setting, life, goes, why[goes])


def _reasons(setting: Setting, life: Life, firm: Ints, luck: np.ndarray) -> Ints:
    """Why they go: the price for the price-sensitive, service for the dissatisfied, else what happens."""
    weight = np.stack(
        [
            np.exp(0.9 * (setting.folk.price[firm] - 1)),
            0.7 * np.exp(-0.6 * chances.mood(setting, life)[firm]),
            np.full(len(firm), 0.7),
            np.full(len(firm), 0.25),
        ]
    )
    edges = np.cumsum(weight, axis=0) / weight.sum(axis=0)
    return np.array([PRICE, SERVICE, OTHER_BANK, MOVED])[(luck > edges[:-1]).sum(axis=0)]


def _close(setting: Setting, life: Life) -> None:
    """Accounts are closed at the end of the way out, and where the business itself ends."""
    ends = setting.day(life.week) + np.timedelta64(WEEK - 1, "D")
    here = np.isnat(life.closed) & (setting.opened <= ends)
    dead = here & (life.dies <= ends)
    life.reason[dead] = BUSINESS_CLOSED
    leaves = here & (life.going >= 0) & (life.closing <= life.week) & ~stuck(setting, life)
    going = np.flatnonzero(leaves | dead)
    day = np.minimum(np.full(len(going), ends), np.datetime64(setting.plan.end))
    able = ~stuck(setting, life)[going]
    borrowing.pay_all(life, going[able], day[able])
    decided = life.going[going] >= 0
    _note(setting, life, going[decided], day[decided], kept=False)
    life.closed[going] = day


def stuck(setting: Setting, life: Life) -> Flags:
    """Firms that owe and do not pay cannot close their accounts."""
    owing = (life.book.amount > 0).any(axis=1)
    return owing & (life.stops <= setting.day(life.week))
