"""The week of a bank that works with the product: see, learn, weigh, choose; a few firms are left alone by lot."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from bench.policies.choosing import Desks, chosen
from bench.policies.product.accepting import Accepting, Edges
from bench.policies.product.failing import Failing, failing_from
from bench.policies.product.lending import Lending, lending_from
from bench.policies.product.memory import Memory
from bench.policies.product.proposing import Outlook, offers, relief, renewals, retention
from bench.policies.product.told import Told, told_of
from bench.policies.product.week import Week, week_of
from xiaoer.offers.worth import Worth
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.terms import MINUTES, Actions, together
from xiaoer.trials.families import HOLDOUT, Families, arm, dealt

LEARN_WEEKS = 8
OFFERS = "offers"  # the family of decisions whose hold-out is kept
CARRIED_YEARS = 0.85  # a further year, times the chance to stay
STILL, AWAY = 0.999, 0.99  # of last week's turnover in the same month: as before, flowing away


@dataclass
class Product:
    """`remembered` is what was watched before the year, `ends` the week in which it is over.

    `edges`: firms tied by an owner, a guarantee or trade, whose answers are to count; empty leaves relations out.
    `held_out`: whether a share of firms is offered nothing, as the product does.
    """

    ends: int
    remembered: Memory
    edges: Edges = field(default_factory=dict)
    held_out: bool = True
    memory: Memory = field(init=False)
    accepting: Accepting | None = None
    failing: Failing | None = None
    lending: Lending | None = None
    going: np.ndarray | None = None
    weeks: int = 0

    def __post_init__(self) -> None:
        self.memory = self.remembered.copy()

    def __call__(self, living: LivingBank) -> Actions:
        known, terms = told_of(living), Worth.in_force(living.day)
        week = week_of(living, known, self.memory, terms)
        self._learn(week, known, terms)
        look = self._outlook(week, terms)
        count = len(week.managed)
        held_out = left_alone(known, week, count) if self.held_out else np.zeros(count, dtype=bool)
        wishes = [
            *offers(week, look, held_out),
            *renewals(week, look),
            *retention(week, look),
            *relief(week, look),
        ]
        wish = together([one for one, _ in wishes])
        value = np.concatenate([worth for _, worth in wishes])
        desks = Desks(week.desk[wish.firm], MINUTES[wish.channel], living.setting.minutes)
        return wish.only(chosen(wish.firm, value, desks, value > 0))

    def _learn(self, week: Week, known: Told, terms: Worth) -> None:
        """Chances and loans anew every eighth week; answers and flows every week."""
        if self.accepting is None:
            self.accepting = Accepting(week.young_here, self.edges)
        self.accepting.traits = week.young_here
        self.accepting.take_in(known, self.memory)
        if self.weeks % LEARN_WEEKS == 0:
            self.accepting.learn()
            self.failing = failing_from(self.memory, week.traits)
            self.lending = lending_from(self.memory, week.turnover, week.traits[:, 0], terms)
        self.accepting.weigh()
        self.going = flowing_away(self.memory, self.going)
        self.weeks += 1

    def _outlook(self, week: Week, terms: Worth) -> Outlook:
        assert self.accepting is not None
        assert self.failing is not None
        assert self.lending is not None
        assert self.going is not None
        asked = np.flatnonzero(week.may["offer"])
        return Outlook(
            terms=terms,
            takes=self.accepting.table(week.now, asked),
            asked=asked,
            fails=self.failing.within_horizon(self.memory, week.traits),
            going=self.going,
            lending=self.lending,
            years=max(self.ends - week.now.week, 0) / 52 + CARRIED_YEARS,
        )


def flowing_away(memory: Memory, going: np.ndarray | None) -> np.ndarray:
    """Firms whose turnover shrank from week to week within a month; a month's turn tells nothing new."""
    now, before = memory.now, memory.before
    assert now is not None
    if going is None or before is None:
        return np.zeros(len(now.turnover), dtype=bool)
    if now.day.astype("datetime64[M]") != before.day.astype("datetime64[M]"):
        return going & now.here
    left = now.turnover / np.maximum(before.turnover, 1)
    return np.asarray(np.where(left < AWAY, True, np.where(left >= STILL, False, going)) & now.here)


def left_alone(known: Told, week: Week, count: int) -> np.ndarray:
    """Firms offered nothing this half-year, by the product's own lot."""
    family = Families.in_force(week.day).of[OFFERS]
    first = dealt(family, week.day)
    out = np.zeros(count, dtype=bool)
    firms = known["customers"]
    out[firms["i"]] = [drawn(family, number, first)[0] == HOLDOUT for number in firms["customer_id"]]
    return out


drawn = cache(arm)
