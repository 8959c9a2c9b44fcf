"""Who takes what when asked: pooled over alike firms and products, with each firm's own answers, never from truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from bench.policies.product.memory import LOANS, PRODUCTS, Memory, Standing
from bench.policies.product.told import Table, Told, only, places
from xiaoer.scores.pooling import Grouping, Pooled, chance, own_effects, pooled
from xiaoer.simulator.catalogue import product_file
from xiaoer.simulator.people.terms import CHANNELS

Edges = Mapping[str, tuple[np.ndarray, np.ndarray]]  # by kind: firms, and those they are tied to

TRUST = 0.1
APART = 0.7  # how far single products may lie from what the catalogue leads to expect
FIRM_VARIANCE, TASTE_VARIANCE = 0.2, 0.6
NEVER = 10_000
YEAR_DAYS = 365
VISIT_COLUMN = len(PRODUCTS)


def _expected() -> np.ndarray:
    """The catalogue's response rates as log-odds."""
    rate = product_file()["base_rate"].cast(pl.Float64).to_numpy().clip(0.01, 0.5)
    return np.asarray(np.log(rate / (1 - rate)))


EXPECTED = _expected()


@dataclass
class Accepting:
    """Every offer that reached somebody, and what was learnt from them."""

    traits: np.ndarray
    edges: Edges = field(default_factory=dict)  # along which a yes of another firm counts
    contacts: int = 0
    firm: list[np.ndarray] = field(default_factory=list)
    product: list[np.ndarray] = field(default_factory=list)
    took: list[np.ndarray] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    said_yes: np.ndarray = field(init=False)
    card: Pooled | None = None
    own: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.said_yes = np.full(len(self.traits), -NEVER)  # the day of each firm's last yes

    def take_in(self, known: Told, memory: Memory) -> None:
        """The answers since the last time."""
        met = only(known["contacts"], np.s_[self.contacts :])
        self.contacts += len(met["i"])
        asked = only(
            met, (met["purpose"] == "offer") & (met["outcome"] != "not_reached") & (places(met) >= 0)
        )
        asked = only(asked, np.lexsort((asked["i"], asked["contact_date"])))
        days, first = np.unique(asked["contact_date"], return_index=True)
        for day, begin, end in zip(days, first, [*first[1:], len(asked["i"])], strict=True):
            self._of_a_day(day, only(asked, np.s_[begin:end]), memory)

    def _of_a_day(self, day: np.datetime64, asked: Table, memory: Memory) -> None:
        firm, product = asked["i"], places(asked)
        took = (asked["outcome"] == "accepted").astype(float)
        channel = np.array([CHANNELS.index(name) for name in asked["channel"]])
        then = next((one for one in reversed(memory.months) if one.day <= day), memory.months[0])
        self.firm.append(firm)
        self.product.append(product)
        self.took.append(took)
        self.rows.append(self._columns(then, firm, product, channel, day))
        self.said_yes[firm[took > 0]] = day.astype(int)

    def learn(self) -> None:
        """The pool anew."""
        rows, took = np.concatenate(self.rows), np.concatenate(self.took)
        self.card = pooled(rows, took, TRUST, own_scale=len(PRODUCTS))

    def weigh(self) -> None:
        """Each firm's own answers anew."""
        assert self.card is not None
        rows, firm = np.concatenate(self.rows), np.concatenate(self.firm)
        taste = firm * len(PRODUCTS) + np.concatenate(self.product)
        groupings = [
            Grouping(firm, len(self.traits), FIRM_VARIANCE),
            Grouping(taste, len(self.traits) * len(PRODUCTS), TASTE_VARIANCE),
        ]
        self.own = own_effects(self.card.log_odds(rows), np.concatenate(self.took), groupings)

    def table(self, now: Standing, firms: np.ndarray) -> np.ndarray:
        """Channels × firms × products: the chance to take it once reached."""
        assert self.card is not None
        count = len(PRODUCTS)
        firm, product = np.repeat(firms, count), np.tile(np.arange(count), len(firms))
        by_message = np.full(len(firm), len(CHANNELS) - 1)
        odds = self.card.log_odds(self._columns(now, firm, product, by_message, now.day))
        odds = odds + self.own[0][firm] + self.own[1][firm * count + product]
        more = np.append(self.card.weights[VISIT_COLUMN : VISIT_COLUMN + len(CHANNELS) - 1], 0.0)
        return chance(odds[None, :] + more[:, None]).reshape(len(CHANNELS), len(firms), count)

    def _columns(
        self, then: Standing, firm: np.ndarray, product: np.ndarray, channel: np.ndarray, day: np.datetime64
    ) -> np.ndarray:
        loan = np.isin(product, LOANS)
        size, growth = np.log(np.nan_to_num(then.turnover) + 1000)[firm], np.nan_to_num(then.growth)[firm]
        return np.column_stack(
            [
                np.eye(len(PRODUCTS))[product] * APART,
                np.eye(len(CHANNELS))[channel][:, :-1],
                EXPECTED[product],
                size,
                size * loan,
                growth,
                growth * loan,
                then.held.sum(axis=1)[firm],
                self.traits[firm],
                self._related(firm, day),
            ]
        )

    def _related(self, firm: np.ndarray, day: np.datetime64) -> np.ndarray:
        """A column an edge: whether a firm tied along it said yes within a year."""
        columns = np.zeros((len(firm), len(self.edges)))
        for at, (mine, others) in enumerate(self.edges.values()):
            told = np.zeros(len(self.traits))
            told[mine[day.astype(int) - self.said_yes[others] < YEAR_DAYS]] = 1.0
            columns[:, at] = told[firm]
        return columns
