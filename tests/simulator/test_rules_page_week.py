"""A whole week of docs/rules/simulator.md, written from the page alone and held against the code.

Mood, tiredness, relief, approval, what is taken and what the week earns, firm by firm; see test_rules_page.
"""

from copy import deepcopy
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from tests.simulator.test_rules_page import (
    FIRMS,
    LOANS,
    ONE_DAY,
    PLAN,
    PRODUCTS,
    M,
    Page,
    drawn,
    same,
    sigma,
    sum_of,
    wishes,
)
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.terms import (
    CALL,
    CONTRARY,
    MESSAGE,
    OFFER,
    RESCUE,
    RETENTION,
    Actions,
    actions,
    together,
)
from xiaoer.simulator.world import open_bank

Array = Any
CARE, COLLECTION = 1, 4
CHANNELS = ("visit", "call", "message")


class Earning(Page):
    """The letters again, and what a firm owes and keeps here."""

    @cached_property
    def owed(self) -> Array:
        book = self.life.book
        gone = (self.day - book.drawn).astype(float) / (book.due - book.drawn).astype(float)
        left = np.where(book.slides, 1 - np.clip(gone, 0, 1), 1.0)
        return np.where((book.amount > 0) & (book.drawn <= self.day), book.amount * left, 0.0)

    @cached_property
    def f(self) -> Array:
        way = (self.life.week - self.life.going) / np.maximum(self.life.closing - self.life.going, 1)
        return np.where(self.life.going >= 0, 1 - 0.85 * np.clip(way, 0, 1), 1.0)

    @cached_property
    def deposits(self) -> Array:
        liked = 0.34 * self.firms["sales"] * self.firms["settles_here"]
        liked *= np.exp(0.45 * self.firms["cash_buffer"])
        return liked * np.clip(self.level, 0.05, 3) ** 0.7 * self.f


class Week:
    """A bank before and after a week of many wishes, what the log of the week tells, and its contacts as columns."""

    def __init__(self) -> None:
        bank, _ = open_bank(PLAN)
        bank.live_by_habit(30)
        life, rng = bank.life, np.random.default_rng(6)
        life.hot[:], life.tired, life.going[5::7], life.closing[5::7] = True, rng.random(FIRMS) * 4, 27, 38
        life.stops[::4] = np.datetime64(bank.day) + np.arange(0, 75) * 3 - 40
        life.dies[::8] = life.stops[::8] + 60
        life.talked[3::5] = 0
        bank.setting.folk.liking[:, LOANS] = 1.0
        self.before = Earning(LivingBank(bank.setting, deepcopy(life)))
        old = {what: len(blocks) for what, blocks in life.log.blocks.items()}
        bank.step(bank.day, self.wished(rng))
        life.week -= 1
        self.after = Earning(bank)
        self.log = {
            what: {
                name: np.concatenate([block[name] for block in blocks[old.get(what, 0) :]])
                for name in blocks[0]
            }
            for what, blocks in life.log.blocks.items()
            if len(blocks) > old.get(what, 0)
        }
        self.met = self.log["contacts"]
        self.reached = self.met["outcome"] != "not_reached"

    @staticmethod
    def wished(rng: np.random.Generator) -> Actions:
        """Relief for a quarter of the firms, loans by campaign for another, anything for the rest."""
        relief = actions(np.arange(0, FIRMS, 4), RESCUE, CALL)
        firms = np.arange(1, FIRMS, 4)
        loans = actions(firms, OFFER, MESSAGE, LOANS[firms % 3], concession=20, campaign=0)
        return together([relief, loans, wishes(rng, 2500)])


@pytest.fixture(scope="module")
def week() -> Week:
    return Week()


def _asked(week: Week) -> Array:
    """Per application whether it followed from an offer."""
    accepted = week.met["outcome"] == "accepted"
    spoken = set(
        zip(week.met["firm"][accepted].tolist(), week.met["product"][accepted].tolist(), strict=True)
    )
    applied = week.log["applications"]
    pairs = zip(applied["i"].tolist(), LOANS[applied["product"]].tolist(), strict=True)
    return np.array([pair in spoken for pair in pairs])


def _effects(week: Week) -> Array:
    by, met, before = M["mood"], week.met, week.before
    i, channel, now = met["firm"], met["channel"], before.life.week
    rng = drawn("week meetings", now)
    talk = [rng.random(FIRMS) for _ in range(2)][1][i]
    rested = (now - before.life.talked[i] >= 6) & (before.firms["patience"][i] > -1.3)
    care = np.array([by[f"care_{word}"] for word in CHANNELS])[channel]
    effect = np.where(rested, care, np.where(channel == MESSAGE, 0, by["pestered"]))
    contrary = before.folk.nature[i, met["product"]] == CONTRARY
    refused = np.where(
        talk < np.where(contrary, 0.9, 0.34), np.where(contrary, by["unwelcome"], by["refused"]), 0
    )
    offer = np.where(met["outcome"] == "accepted", by["accepted"], refused)
    effect = np.where(met["kind"] == OFFER, offer, np.where(met["kind"] == COLLECTION, 0, effect))
    return np.where(week.reached, effect, 0)


def test_mood(week: Week) -> None:
    by, before, applied = M["mood"], week.before, week.log["applications"]
    now, lately = before.life.week, before.life.lately.copy()
    asked = _asked(week)
    np.add.at(lately, applied["i"][asked & ~applied["granted"]], by["declined"])
    rng = drawn("week complaints", now)
    blunder = [rng.random(FIRMS) for _ in range(2)][1] < M["complaint"]["failure"]
    lately += by["failure"] * (blunder & before.here)
    lately[week.log["complaints"]["firm"]] += by["complaint_handled"]
    lately[week.met["firm"]] += _effects(week)
    managed = before.folk.keeper >= 0
    lately += by["neglect"] * (managed & (now - before.life.talked > 26))
    lately += by["handed_over"] * (managed & (before.folk.handed[np.maximum(before.folk.keeper, 0)] == now))
    lately *= by["recovery"]
    np.add.at(lately, applied["i"][~asked & ~applied["granted"]], by["declined"])
    lately[week.log["partings"]["firm"][week.log["partings"]["kept"]]] += 0.2
    same(week.after.life.lately, lately)


def test_tiredness(week: Week) -> None:
    tired = week.before.life.tired * M["tiredness"]["left"]
    tired[week.met["firm"]] += np.array([M["tiredness"][word] for word in CHANNELS])[week.met["channel"]]
    same(week.after.life.tired, tired)


def test_approval(week: Week) -> None:
    applied, life, now = week.log["applications"], week.before.life, week.before.life.week
    i, place, day = applied["i"], applied["product"], applied["day"]
    luck = drawn("week approval", now).random((FIRMS, 4))[i, place]
    weakness = week.before.setting.fates.weakness[i]
    granted = luck < sigma(sum_of("approval", plain=1, weakness=weakness))
    granted &= ~(life.stops[i] <= day) & (life.going[i] < 0) & ~(life.dies[i] <= day + 30 * ONE_DAY)
    assert (applied["granted"] == granted).all()
    assert 3 < granted.sum() < len(granted) - 3


def test_relief(week: Week) -> None:
    by, before, after = M["rescue"], week.before, week.after
    i = week.met["firm"][week.reached & (week.met["kind"] == RESCUE)]
    ahead = (before.life.stops[i] - before.day).astype(float)
    in_time = (ahead <= -by["from_days"]) & (ahead >= -by["to_days"]) & before.owing[i] & ~before.life.lost[i]
    luck = drawn("week relief").random(FIRMS)[i] < sigma(before.folk.relieved[i])
    saved = i[in_time & luck & ~before.folk.wilful[i]]
    changed = ~np.isnat(before.life.stops) & np.isnat(after.life.stops)
    assert np.flatnonzero(changed).tolist() == sorted(saved.tolist())
    assert len(saved) > 3
    assert np.isnat(after.life.dies[saved]).all()
    assert not np.isnat(before.life.dies[saved]).all()


def _running(page: Earning) -> Array:
    """Products, payments, deposits and interest of a week."""
    firms, by = page.firms, M["income"]
    fixed = np.array([12 * (row["fee"] - row["cost"]) for row in PRODUCTS])
    moved = np.array([row.get("margin", 0) * row.get("volume", 0) for row in PRODUCTS])
    worth = fixed + moved * firms["sales"][:, None]
    live = page.held & (page.life.since <= page.day)
    live[:, LOANS] = False
    busy = np.clip(page.level, 0, 3) ** 0.7
    products = (worth * live).sum(axis=1) * (0.4 + 0.6 * busy) * page.f
    payments = by["turnover"] * 12 * firms["sales"] * firms["settles_here"] * busy * page.f
    interest = (page.owed * (page.life.book.rate - by["money"])).sum(axis=1) * ~(page.life.stops <= page.day)
    return ((products + payments + by["deposit"] * page.deposits) * page.here + interest) / 52


def _losses(week: Week) -> Array:
    by, life = M["income"], week.after.life
    shares = [by["loss_credit"], by["loss_mortgage"], by["loss_guarantee"], by["loss_credit"]]
    fails = (life.stops < week.after.day + 7) & ~week.before.life.lost
    assert fails.sum() > 3
    return (week.after.owed * shares).sum(axis=1) * fails


def test_income(week: Week) -> None:
    after, met, by = week.after, week.met, M["income"]
    earned = _running(after) - _losses(week)
    earned[met["firm"]] -= np.array([180, 12, 0.1])[met["channel"]]
    earned[week.log["complaints"]["firm"]] -= by["complaint"]
    owed = after.owed.sum(axis=1)
    relief = met["firm"][week.reached & (met["kind"] == RESCUE)]
    earned[relief] -= by["relief"] * owed[relief]
    meant = np.isin(met["kind"], [CARE, RETENTION]) & (met["channel"] != MESSAGE)
    kept = week.reached & meant
    i = met["firm"][kept]
    earned[i] -= met["concession"][kept] / 10_000 * (owed[i] + after.deposits[i])
    assert met["concession"][kept].any()
    same(after.life.earned - week.before.life.earned, earned, 1e-6)
