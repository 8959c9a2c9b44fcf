"""What docs/rules/simulator.md says, written a second time from the page alone and held against the code.

Traits, wishes and what a week's log tells are taken as they are; every formula here comes from the page and from the
figures of the TOML files, none from the functions under test.
"""

import tomllib
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from xiaoer.simulator.fates import draw_fates
from xiaoer.simulator.network import Ties
from xiaoer.simulator.people import chances
from xiaoer.simulator.people.gate import admit
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.terms import KINDS, Actions, actions
from xiaoer.simulator.spreading import spread
from xiaoer.simulator.terms import Plan
from xiaoer.simulator.world import open_bank

Array = Any
FIRMS = 300
PLAN = Plan(firms=FIRMS, months=12, seed=5, end=date(2026, 10, 31))
OFFER, CARE, _, RENEWAL, COLLECTION, RETENTION, RESCUE = range(len(KINDS))
ONE_DAY = np.timedelta64(1, "D")


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("xiaoer.simulator").joinpath(f"{name}.toml").read_text("utf-8"))


M, CALIBRATION, PRODUCTS = toml("mechanisms"), toml("calibration"), toml("products")["product"]
CATEGORY = np.array([row["category"] for row in PRODUCTS])
LOANS = np.flatnonzero(CATEGORY == "loan")


def sum_of(group: str, **values: Array) -> Array:
    """Figures of a section, each times its value."""
    return sum(M[group][name] * np.asarray(value, dtype=float) for name, value in values.items())


def sigma(odds: Array) -> Array:
    return 1 / (1 + np.exp(-odds))


def drawn(purpose: str, index: int = 0) -> np.random.Generator:
    return np.random.default_rng([PLAN.seed, crc32(purpose.encode()), index])


def same(got: Array, expected: Array, near: float = 1e-12) -> None:
    np.testing.assert_allclose(got, expected, rtol=0, atol=near)


class Page:
    """The letters of the page for a bank as it stands: m, T, v, p, s, per firm."""

    def __init__(self, bank: LivingBank) -> None:
        self.setting, self.life, self.folk = bank.setting, bank.life, bank.setting.folk
        self.firms = {name: bank.setting.firms[name].to_numpy() for name in bank.setting.firms.columns}
        self.day = np.datetime64(bank.setting.months[0].first) + 7 * self.life.week
        self.p = self.firms["price_sensitivity"] / 0.4
        self.here = (self.firms["opened_date"] <= self.day) & ~(self.life.closed <= self.day)
        self.held, self.owing = ~np.isnat(self.life.since), (self.life.book.amount > 0).any(axis=1)

    @cached_property
    def s(self) -> Array:
        manager = np.maximum(self.folk.keeper, 0)
        early = self.life.week < self.folk.handed[manager]
        skill = np.where(early, self.folk.skill_before[manager], self.folk.skill[manager])
        return np.where(self.folk.keeper >= 0, skill, 0.0)

    @cached_property
    def m(self) -> Array:
        return self.firms["satisfaction"] + M["mood"]["keeper"] * self.s + self.life.lately

    @cached_property
    def v(self) -> Array:
        bears = sum_of("tiredness", bearable=1, bearable_patience=self.firms["patience"])
        return np.clip(self.life.tired - np.maximum(0.2, bears), 0, 4)

    @cached_property
    def level(self) -> Array:
        month = sum(np.datetime64(month.first) <= self.day for month in self.setting.months) - 1
        return self.setting.fates.level[:, month]


@pytest.fixture(scope="module")
def opened() -> tuple[LivingBank, Ties]:
    living, ties = open_bank(PLAN)
    living.live_by_habit(30)
    return living, ties


@pytest.fixture
def bank(opened: tuple[LivingBank, Ties]) -> LivingBank:
    """Half a year on, on the eve of a hand-over: many tired, some on their way out, owners with two firms each."""
    folk = replace(opened[0].setting.folk, hands=np.arange(FIRMS) // 2)
    living = LivingBank(replace(opened[0].setting, folk=folk), deepcopy(opened[0].life))
    rng, life = np.random.default_rng(1), living.life
    leaving = rng.random(FIRMS) < 0.2
    life.going[leaving], life.closing[leaving] = life.week - 4, life.week + rng.integers(1, 9, leaving.sum())
    life.tired += rng.random(FIRMS) * 4
    return living


def wishes(rng: np.random.Generator, many: int) -> Actions:
    firm, kind, channel = (rng.integers(0, size, many) for size in (FIRMS, len(KINDS), 3))
    product = np.where(kind == OFFER, rng.integers(0, len(PRODUCTS), many), -1)
    concession = rng.choice([0, 0, 0, 5, 20, 30, 31, -1], many)
    hour, campaign = rng.choice([-1, -1, 7, 8, 12, 20, 21], many), rng.choice([-1, -1, 3], many)
    return actions(firm, kind, channel, product, concession=concession, hour=hour, campaign=campaign)


def test_taken_if_asked_and_unasked(bank: LivingBank) -> None:
    page, at, life = Page(bank), wishes(np.random.default_rng(2), 9000), bank.life
    at = at.only(at.kind == OFFER)
    i, k, nature = at.firm, at.product, page.folk.nature[at.firm, at.product]
    odds = page.folk.liking[i, k].astype(float) + page.folk.channel[i, at.channel]
    odds += sum_of("take", hot=life.hot[i, k], cold=~life.hot[i, k])
    odds += sum_of("take", mood=page.m[i], skill=page.s[i], tired=page.v[i])
    odds += sum_of("take", price=np.isin(k, LOANS) * page.p[i] * at.concession / 100)
    odds += sum_of("take", visit=at.channel == 0, call=at.channel == 1, message=at.channel == 2)
    odds += sum_of("take", self_starter=nature == 1, not_interested=nature == 2, contrary=nature == 3)
    same(chances.taking_if_asked(page.setting, life, at), sigma(odds))
    comes = np.isin(page.folk.nature, [1, 3]) & life.hot
    free = ~page.held & (page.here & (life.going < 0) & (life.put_off <= life.week))[:, None]
    same(chances.taking_unasked(page.setting, life), free * sum_of("take", own_hot=comes, own_cold=~comes))


def test_complaining_and_leaving(bank: LivingBank) -> None:
    page, asked = Page(bank), np.arange(FIRMS) % 2
    plain = sum_of("complaint", plain=1, asked=asked * np.exp(M["complaint"]["tired"] * page.v))
    expected = np.minimum(0.5, np.exp(sum_of("complaint", mood=page.m)) * plain)
    same(chances.complaining(page.setting, page.life, asked), expected)
    held, weekly = page.held.sum(axis=1), CALIBRATION["weekly_leaving"]["value"]
    odds = sum_of("leaving", mood=page.m, tired=page.v, price=page.p - 1, product=held, owing=page.owing)
    same(chances.leaving(page.setting, page.life), np.minimum(0.3, weekly * np.exp(odds)))


def test_bringing_back(bank: LivingBank) -> None:
    page, life, at = Page(bank), bank.life, wishes(np.random.default_rng(3), 2000)
    at = at.only(life.going[at.firm] >= 0)
    i = at.firm
    late = (life.week - life.going[i]) / (life.closing[i] - life.going[i]) > 0.6
    odds = sum_of("leaving", saved=1, saved_mood=page.m[i], saved_visit=at.channel == 0, saved_late=late)
    odds += sum_of("leaving", saved_price=page.p[i] * at.concession / 100)
    same(chances.bringing_back(page.setting, life, at), sigma(odds))


def test_renewing_and_paying_early(bank: LivingBank) -> None:
    page, book, market = Page(bank), bank.life.book, 0.03 + M["market"]["spread"]
    i, k = np.nonzero(book.amount > 0)
    spoken = np.arange(len(i)) % 2
    gap = page.p[i] * np.clip(book.rate[i, k] - spoken * 0.0025 - market, -0.02, 0.03)
    odds = sum_of("renewal", plain=1, mood=page.m[i], gap=gap, spoken=spoken, skill=page.s[i])
    same(chances.renewing(page.setting, page.life, i, k, spoken, spoken * 25), sigma(odds))
    early = M["early"]["plain"] * np.exp(sum_of("early", gap=np.clip(book.rate - market, -0.03, 0.03)))
    same(chances.repaying_early(page.setting, page.life), early * (book.amount > 0))


def _fit(page: Page) -> Array:
    consumer = np.array([row["consumer"] for row in toml("industries")["industry"]])[page.firms["industry"]]
    codes = np.where(consumer > 0.05, 6, 0.05)
    making = np.array([1.6 if code[0] in "CF" else 0.2 for code in page.firms["industry_code"]])
    staff = np.clip(page.firms["staff_count"] / 12, 0.15, 2.5)
    by = {"S02": codes, "S03": codes, "S01": staff, "S04": staff, "F01": making}
    return np.array([by.get(row["id"], np.ones(FIRMS)) for row in PRODUCTS]).T


def _lift_of_loans(page: Page) -> Array:
    days, weeks = page.setting.days.weights, page.setting.weeks
    starts = [min(7 * week, days.shape[1] - 7) for week in range(weeks + 8)]
    weekly = np.array([days[:, start : start + 7].sum(axis=1) for start in starts])
    ahead = np.array([weekly[week : week + 8].mean(axis=0) for week in range(weeks)])
    season = np.log((ahead[page.life.week] + 0.05) / (ahead.mean(axis=0) + 0.05))[page.firms["industry"]]
    a_year_ago = page.setting.fates.level[:, 0]  # the window has no earlier month
    growth = np.clip(np.log((page.level + 0.02) / (a_year_ago + 0.02)), -1.5, 1.5)
    return np.exp(sum_of("hot", loan=1, season=season, growth=growth))[:, None]


def test_needs_arise(bank: LivingBank) -> None:
    page, start = Page(bank), M["hot"]["start"]
    rich = page.firms["cash_buffer"][:, None] * np.isin(CATEGORY, ["deposit", "wealth"])
    lift = np.exp(sum_of("hot", need=page.firms["need"][:, None], rich=rich) - 0.25)
    chance = np.minimum(0.05, start * np.minimum(_fit(page), 2.5) * lift).astype(np.float32)
    chance[:, 0] = 0
    first_year = page.day - page.firms["opened_date"] < 365 * ONE_DAY
    young = np.exp(sum_of("hot", young=first_year[:, None] & np.isin(CATEGORY, ["electronic", "card"])))
    chance = (chance * young).astype(np.float32)
    chance[:, LOANS] = np.minimum(0.2, chance[:, LOANS] * _lift_of_loans(page))
    same(chances.need_arising(page.setting, page.life.week), chance, 0)


def _first_missed(stops: Array) -> Array:
    month = stops.astype("datetime64[M]")
    due = month.astype("datetime64[D]") + 20
    return due if due >= stops else (month + 1).astype("datetime64[D]") + 20


def _why(page: Page, at: Actions, n: int) -> str:
    """The first rule of the table that a wish breaks by itself, "" for none."""
    i, life, consent = at.firm[n], page.life, page.folk.consent
    sells, call, word = at.kind[n] == OFFER, at.channel[n] == 1, at.channel[n] == 2
    no_call = call and at.kind[n] != COLLECTION and not consent["consent_call"][i]
    no_word = word and not consent["consent_message"][i]
    rules = {
        "absent": not page.here[i] or (at.channel[n] == 0 and page.folk.keeper[i] < 0),
        "consent": (sells and not consent["consent_marketing"][i]) or no_call or no_word,
        "complaint": sells and life.silent_until[i] > life.week,
        "workout": sells and page.owing[i] and _first_missed(life.stops[i]) <= page.day,
        "held": sells and page.held[i, at.product[n]],
        "cap": sells and min(life.marketed[i]) >= life.week - 3,
        "pause": sells and min(life.refused[i]) >= life.week - 7,
        "price": not 0 <= at.concession[n] <= 30 or (at.kind[n] == RESCUE and word),
        "quiet": at.hour[n] >= 0 and not 8 <= at.hour[n] < 21,
    }
    return next((why for why, broken in rules.items() if broken), "")


def _gate(page: Page, at: Actions) -> dict[int, str]:
    """Per wish why it is dropped, "" where it is let through; standing rules, week, group, hours in turn."""
    why = {n: _why(page, at, n) for n in range(len(at))}
    for rule, who in (("week", at.firm), ("group", page.folk.hands[at.firm])):
        seen: set[int] = set()
        for n in [n for n in why if not why[n] and (rule == "week" or at.kind[n] == OFFER)]:
            why[n] = rule if who[n] in seen else ""
            seen.add(who[n])
    minutes = [360 * 5 * CALIBRATION["outreach_share"]["value"]] * len(page.folk.skill)
    minutes.append(len(page.setting.bank.call_agents) * 420 * 5 * 0.8)
    for n in [n for n in why if not why[n]]:
        desk = -1 if at.campaign[n] >= 0 else page.folk.keeper[at.firm[n]]
        cost = 0 if at.campaign[n] >= 0 and at.channel[n] == 2 else (75, 9, 2)[at.channel[n]]
        why[n] = "hours" if cost > minutes[desk] else ""
        minutes[desk] -= 0 if why[n] else cost
    return why


def test_gate(bank: LivingBank) -> None:
    rng, life = np.random.default_rng(4), bank.life
    life.silent_until = life.week + rng.integers(-9, 4, FIRMS)
    life.marketed, life.refused = (life.week - rng.integers(1, 12, (FIRMS, 2)) for _ in range(2))
    life.closed[:9] = np.datetime64(bank.day)
    life.stops = life.closed[0] + rng.integers(-60, 30, FIRMS)
    at = wishes(rng, 6000)
    why = _gate(Page(bank), at)
    todo, stopped = admit(bank.setting, life, at)
    assert todo.firm.tolist() == [at.firm[n] for n in why if not why[n]]
    assert stopped == Counter(word for word in why.values() if word)
    assert min(stopped.values()) > 0


def _failures(opened: tuple[LivingBank, Ties], stops: Array, borrower: Array) -> Array:
    """When each firm stops once failures are followed: the earliest that hits it, and a delay."""
    rng, ties = drawn("chains"), opened[1]
    hits: list[list[Array]] = [[] for _ in range(FIRMS)]
    luck, delay = rng.random((2, FIRMS)), rng.integers(60, 180, FIRMS)
    worth, standing = ties.rate * ties.ticket, ties.sale & (ties.begins <= 0)
    for tie in np.flatnonzero(ties.sale & ties.internal):
        firm, buyer = ties.owner[tie], ties.other[tie]
        share = min(1, worth[tie] / max(worth[standing & (ties.owner == firm)].sum(), 1e-9))
        if luck[0, firm] < CALIBRATION["chain_failure"]["value"] * share:
            hits[firm].append(stops[buyer])
    circle = drawn("circles").random(-(-FIRMS // 4)) < CALIBRATION["circle_share"]["value"]
    for failing in np.flatnonzero(borrower & circle[np.arange(FIRMS) // 4]):
        surety = failing // 4 * 4 + (failing % 4 + 1) % 4
        if luck[1, surety] < CALIBRATION["circle_failure"]["value"]:
            hits[surety].append(stops[failing])
    days = [[day for day in hit if not np.isnat(day)] for hit in hits]
    late = [min(day) + int(delay[i]) if day else np.datetime64("NaT", "D") for i, day in enumerate(days)]
    return np.where(np.isnat(stops), np.array(late), stops)


def test_who_is_hit_by_a_failure(opened: tuple[LivingBank, Ties]) -> None:
    setting, every_other = opened[0].setting, np.arange(FIRMS) % 2 == 0
    days = np.datetime64("2026-01-05") + np.arange(FIRMS)
    stops = np.where(every_other, days, np.datetime64("NaT", "D"))
    fates = replace(draw_fates(PLAN, setting.months, setting.firms), stops=stops)
    got = spread(PLAN, setting.months, fates, opened[1], setting.firms["substitution"].to_numpy()).stops
    expected = _failures(opened, stops, fates.borrower)
    np.testing.assert_array_equal(got, expected)
    alone = _failures(opened, stops, np.zeros(FIRMS, dtype=bool))
    assert FIRMS // 2 < (~np.isnat(alone)).sum() < (~np.isnat(got)).sum()
