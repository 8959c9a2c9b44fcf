"""What a week brings the bank: margins and fees, less running cost, contacts, complaints and losses."""

import numpy as np

from xiaoer.simulator.catalogue import is_loan
from xiaoer.simulator.curves import COSTS
from xiaoer.simulator.draws import Floats, Ints
from xiaoer.simulator.people import borrowing, chances
from xiaoer.simulator.people.setting import Setting, by
from xiaoer.simulator.people.terms import CARE, MESSAGE, RETENTION, Actions, Life
from xiaoer.simulator.terms import figure

PARTING_SHARE = 0.85


def earn(setting: Setting, life: Life, todo: Actions, met: Actions, complained: Ints) -> None:
    """Add the week to what each firm has earned the bank so far; `met` are the approaches that reached somebody."""
    life.earned += running(setting, life) + borrowing.interest(setting, life)
    life.earned -= borrowing.write_down(setting, life)
    np.add.at(life.earned, todo.firm, -cost_of(todo))
    np.add.at(life.earned, met.firm, -given_away(setting, life, met))
    np.add.at(life.earned, complained, -by("income")["complaint"])


def running(setting: Setting, life: Life) -> Floats:
    """Per firm fees and margins of a week in yuan, less the products' running cost, loans' interest apart."""
    here = setting.present(life.week, life.closed)
    live = life.held & ~is_loan()[None, :] & (life.since <= setting.day(life.week))
    products = np.where(live, setting.folk.worth, 0.0).sum(axis=1)
    busy = setting.level(life.week).clip(0, 3) ** 0.7
    flows = by("income")["turnover"] * 12 * setting.sales * setting.settles
    kept = by("income")["deposit"] * deposits(setting, life)
    return (products * (0.4 + 0.6 * busy) * staying(life) + flows * busy * staying(life) + kept) * here / 52


def deposits(setting: Setting, life: Life, level: Floats | None = None) -> Floats:
    """Per firm the yuan it keeps on its current accounts in a week, at the week's level of business or another."""
    level = setting.level(life.week) if level is None else level
    likes = 0.34 * setting.sales * setting.settles * np.exp(0.45 * setting.cash)
    return likes * level.clip(0.05, 3) ** 0.7 * staying(life)


def staying(life: Life) -> Floats:
    """Per firm how much of its business is still here while it is on its way out, 1 for the others."""
    way = (life.week - life.going) / np.maximum(life.closing - life.going, 1)
    return np.where(life.going >= 0, 1 - PARTING_SHARE * way.clip(0, 1), 1.0)


def given_away(setting: Setting, life: Life, met: Actions) -> Floats:
    """Yuan per talk meant to keep a firm: the concession for a year, on what it owes and keeps here.

    A concession on a new or renewed loan is in its rate, and so in the interest of the weeks to come.
    """
    base = borrowing.owed(life, setting.day(life.week)).sum(axis=1) + deposits(setting, life)
    meant = np.isin(met.kind, [RETENTION, CARE]) & (met.channel != MESSAGE)
    return np.where(meant, met.concession / 10_000 * base[met.firm], 0.0)


def cost_of(todo: Actions) -> Floats:
    """Yuan per approach: the manager's time and the way, as in the bank's own cost table."""
    return np.array([COSTS["visit"], COSTS["call"], COSTS["message"]], dtype=float)[todo.channel]


def carried(setting: Setting, life: Life) -> Floats:
    """Per firm a further year's income in yuan on what is held now, times the chance to stay with no contact."""
    figures = by("income")
    stays = (1 - chances.leaving(setting, life)) ** figures["carried_weeks"]
    stays = np.where(life.going >= 0, figures["carried_going"], stays)
    year = 52 * (running(setting, life) + borrowing.interest(setting, life)) * stays
    return (year - expected_loss(setting, life)) * setting.present(life.week, life.closed)


def expected_loss(setting: Setting, life: Life) -> Floats:
    """Per firm the yuan a further year's failures are expected to cost on what it owes and pays so far."""
    odds = np.exp(figure("default_steepness") * setting.folk.weakness)
    fails = (figure("distress_yearly") * odds / odds.mean()).clip(0, 0.6) * np.isnat(life.stops)
    share = np.array([by("income")[name] for name in borrowing.LOSSES])
    return fails * (borrowing.owed(life, setting.day(life.week)) * share).sum(axis=1)
