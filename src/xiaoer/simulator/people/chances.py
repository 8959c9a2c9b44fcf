"""The chances behind every reaction, as functions of where everybody stands; no random numbers here."""

import numpy as np

from xiaoer.simulator.draws import Floats, Ints
from xiaoer.simulator.lending import lpr
from xiaoer.simulator.people.folk import skill_of
from xiaoer.simulator.people.setting import Setting, by, channels_and_cards, loan_columns, loans
from xiaoer.simulator.people.terms import (
    CALL,
    CONTRARY,
    NOT_INTERESTED,
    SELF_STARTER,
    VISIT,
    Actions,
    Life,
)
from xiaoer.simulator.terms import figure

YEAR_DAYS = 365
LATE_SHARE = 0.6


def chance(odds: Floats) -> Floats:
    """Log-odds as a chance."""
    return 1 / (1 + np.exp(-odds))


def mood(setting: Setting, life: Life) -> Floats:
    """Per firm its satisfaction of the moment; 0 is ordinary, one is much."""
    return setting.folk.mood + by("mood")["keeper"] * skill_of(setting.folk, life.week) + life.lately


def worn(setting: Setting, life: Life) -> Floats:
    """Per firm the tiredness beyond what it bears, never below zero."""
    figures = by("tiredness")
    bears = figures["bearable"] + figures["bearable_patience"] * setting.folk.patience
    return (life.tired - bears.clip(0.2)).clip(0, 4)


def reaching(setting: Setting, life: Life, todo: Actions) -> Floats:
    """Per action the chance to get through."""
    figures = by("reach")
    plain = np.array([figures["visit"], figures["call"], figures["message"]])[todo.channel]
    good = np.abs(todo.hour - setting.folk.hour[todo.firm]) <= 1
    more = np.where((todo.channel == CALL) & good, figures["good_hour"], 0.0)
    return (plain + more + figures["worn"] * life.tired[todo.firm]).clip(0.05, 0.99)


def taking_if_asked(setting: Setting, life: Life, todo: Actions) -> Floats:
    """Per action the chance that the product spoken of is taken, once the firm is reached."""
    figures, folk = by("take"), setting.folk
    firm, product = todo.firm, todo.product.clip(0)
    odds = folk.liking[firm, product].astype(float)
    odds += np.where(life.hot[firm, product], figures["hot"], figures["cold"])
    odds += figures["mood"] * mood(setting, life)[firm] + figures["skill"] * skill_of(folk, life.week)[firm]
    odds += np.array([figures["visit"], figures["call"], figures["message"]])[todo.channel]
    odds += folk.channel[firm, todo.channel] + figures["tired"] * worn(setting, life)[firm]
    odds += figures["price"] * folk.price[firm] * todo.concession / 100 * loans()[product]
    nature = folk.nature[firm, product]
    odds += np.select(
        [nature == SELF_STARTER, nature == NOT_INTERESTED, nature == CONTRARY],
        [figures["self_starter"], figures["not_interested"], figures["contrary"]],
    )
    return chance(odds)


def taking_unasked(setting: Setting, life: Life) -> Floats:
    """Firms × products: the chance that a firm takes a product in a week of its own accord."""
    figures, nature = by("take"), setting.folk.nature
    comes = (nature == SELF_STARTER) | (nature == CONTRARY)
    plain = np.where(comes & life.hot, figures["own_hot"], figures["own_cold"])
    open_ = setting.present(life.week, life.closed) & (life.going < 0)
    free = ~life.held & (open_ & (life.put_off <= life.week))[:, None]
    return plain * free


def complaining(setting: Setting, life: Life, approached: Floats) -> Floats:
    """Per firm the chance to complain in a week; `approached` is 1 where the bank approached it."""
    figures = by("complaint")
    feel = np.exp(figures["mood"] * mood(setting, life))
    asked = figures["asked"] * approached * np.exp(figures["tired"] * worn(setting, life))
    return (feel * (figures["plain"] + asked)).clip(0, 0.5)


def leaving(setting: Setting, life: Life) -> Floats:
    """Per firm the chance to decide in a week to leave."""
    figures, folk = by("leaving"), setting.folk
    owing = (life.book.amount > 0).any(axis=1)
    odds = (
        figures["mood"] * mood(setting, life)
        + figures["tired"] * worn(setting, life)
        + figures["price"] * (folk.price - 1)
        + figures["product"] * life.held.sum(axis=1)
        + figures["owing"] * owing
    )
    return (figure("weekly_leaving") * np.exp(odds)).clip(0, 0.3)


def bringing_back(setting: Setting, life: Life, todo: Actions) -> Floats:
    """Per talk with a firm that decided to leave, the chance that it stays."""
    figures, firm = by("leaving"), todo.firm
    way = (life.week - life.going[firm]) / np.maximum(life.closing[firm] - life.going[firm], 1)
    odds = (
        figures["saved"]
        + figures["saved_mood"] * mood(setting, life)[firm]
        + figures["saved_price"] * setting.folk.price[firm] * todo.concession / 100
        + figures["saved_visit"] * (todo.channel == VISIT)
        + figures["saved_late"] * (way > LATE_SHARE)
    )
    return chance(odds)


def renewing(
    setting: Setting, life: Life, firm: Ints, place: Ints, spoken: Floats, less: Ints | int = 0
) -> Floats:
    """Per loan falling due, the chance that it is renewed here; `place` among loan products, `less` basis points."""
    figures, folk = by("renewal"), setting.folk
    gap = (life.book.rate[firm, place] - less / 10_000 - market_rate(setting, life.week)).clip(-0.02, 0.03)
    odds = (
        figures["plain"]
        + figures["mood"] * mood(setting, life)[firm]
        + figures["gap"] * gap * folk.price[firm]
        + figures["spoken"] * spoken
        + figures["skill"] * skill_of(folk, life.week)[firm]
    )
    return chance(odds)


def repaying_early(setting: Setting, life: Life) -> Floats:
    """Firms × loan products: the chance that a loan is paid off before its time in a week."""
    figures = by("early")
    gap = (life.book.rate - market_rate(setting, life.week)).clip(-0.03, 0.03)
    return np.where(life.book.amount > 0, figures["plain"] * np.exp(figures["gap"] * gap), 0.0)


def market_rate(setting: Setting, week: int) -> float:
    """What an ordinary firm pays elsewhere for a new loan, per year."""
    return float(lpr(np.array([setting.day(week)]))[0]) + by("market")["spread"]


def relief_helps(setting: Setting, firm: Ints) -> Floats:
    """Per firm the chance that relief in time keeps it paying; none for those who could pay."""
    return np.where(setting.folk.wilful[firm], 0.0, chance(setting.folk.relieved[firm]))


def need_arising(setting: Setting, week: int) -> Floats:
    """Firms × products: the chance that a need arises in a week; loans follow season and growth."""
    figures, chance_ = by("hot"), setting.folk.hot_start.copy()
    young = (setting.day(week) - setting.opened).astype(int) < YEAR_DAYS
    chance_[:, channels_and_cards()] *= np.where(young, np.exp(figures["young"]), 1.0)[:, None]
    lift = np.exp(
        figures["loan"] + figures["season"] * setting.season(week) + figures["growth"] * setting.growth(week)
    )
    columns = loan_columns()
    chance_[:, columns] = (chance_[:, columns] * lift[:, None]).clip(0, 0.2)
    return chance_
