"""The product's policy with one thing told that no bank can know: what not knowing it costs.

Each is the product as it is, with one figure replaced by the truth before it weighs its week.
"""

from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from bench.policies.product.memory import Memory
from bench.policies.product.policy import Product
from bench.policies.product.proposing import Outlook
from bench.policies.product.week import Week
from xiaoer.offers.worth import Worth, over
from xiaoer.simulator.people import chances
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.setting import Setting, by
from xiaoer.simulator.people.terms import CHANNELS, OFFER, Actions, Life, actions
from xiaoer.simulator.terms import figure

NEARLY = 0.9
LOAN_SHARES = 0.14 * np.array([0.6, 1.6, 1.0, 0.7]) * np.exp(0.125)  # of a year's sales, by loan product
LEAST, MOST = 50_000, 10_000_000


class Informed(Product):
    """The product told some of: answers, needs, weakness, fate, size."""

    def __init__(self, ends: int, remembered: Memory, told: str) -> None:
        super().__init__(ends, remembered)
        self.told = set(told.split())
        self.living: LivingBank | None = None

    def __call__(self, living: LivingBank) -> Actions:
        self.living = living
        return super().__call__(living)

    def _outlook(self, week: Week, terms: Worth) -> Outlook:
        look = super()._outlook(week, terms)
        assert self.living is not None
        return replace(look, **self._known(look, self.living.setting, self.living.life))

    def _known(self, look: Outlook, setting: Setting, life: Life) -> dict[str, Any]:
        known: dict[str, Any] = {}
        if self.told & {"answers", "needs"}:
            known["takes"] = answers(setting, life, look.asked, needs="needs" in self.told)
        if "weakness" in self.told:
            known["fails"] = over(by_weakness(setting), 1, 2)
        if "fate" in self.told:
            known["fails"] = by_fate(setting, life, self.ends)
        if "size" in self.told:
            amount = (setting.sales[:, None] * 12 * LOAN_SHARES).clip(LEAST, MOST)
            known["lending"] = replace(look.lending, amount=amount)
        return known


def answers(setting: Setting, life: Life, firms: np.ndarray, *, needs: bool) -> np.ndarray:
    """Channels × firms × products: the true chance to take it once reached; with needs apart, over who has one."""
    products = life.held.shape[1]
    firm, product = np.repeat(firms, products), np.tile(np.arange(products), len(firms))
    rises = chances.need_arising(setting, life.week)
    often = (rises / (rises + by("hot")["ends"]))[firm, product]
    wanting, calm = copy(life), copy(life)
    wanting.hot, calm.hot = np.ones_like(life.hot), np.zeros_like(life.hot)
    told = []
    for channel in range(len(CHANNELS)):
        todo = actions(firm, OFFER, channel, product)
        if needs:
            told.append(chances.taking_if_asked(setting, life, todo))
            continue
        with_need, without = (chances.taking_if_asked(setting, one, todo) for one in (wanting, calm))
        told.append(often * with_need + (1 - often) * without)
    return np.stack(told).reshape(len(CHANNELS), len(firms), products)


def by_weakness(setting: Setting) -> np.ndarray:
    """Per firm the true chance to fail within a year, as what is carried beyond the year is charged with it."""
    odds = np.exp(figure("default_steepness") * setting.folk.weakness)
    yearly: np.ndarray = (figure("distress_yearly") * odds / odds.mean()).clip(0, 0.6)
    return yearly


def by_fate(setting: Setting, life: Life, ends: int) -> np.ndarray:
    """Per firm, within half a year: nearly sure where it will stop within the year, else what its weakness leads to."""
    ahead = (life.stops - setting.day(life.week)).astype("timedelta64[D]").astype(float)
    stops = (ahead >= 0) & (ahead < 7 * max(ends - life.week, 1))
    return np.where(stops, NEARLY, over(by_weakness(setting), 1, 4))


def informed(ends: int, remembered: Memory) -> dict[str, Product]:
    """Each by its name, the product as it is first."""
    made: dict[str, Product] = {"product as it is": Product(ends, remembered)}
    for told in (
        "answers",
        "answers needs",
        "weakness",
        "fate",
        "size",
        "answers weakness",
        "answers needs fate size",
    ):
        made[f"product told {told.replace(' ', ', ')}"] = Informed(ends, remembered, told)
    made["product without a hold-out"] = Product(ends, remembered, held_out=False)
    return made
