"""The stream of passing trade: partners met once, or for some months; drawn month by month and never all at once."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Flags, Floats, Ints, choose, expand, flips, stream
from xiaoer.simulator.manners import Manners, trading
from xiaoer.simulator.network import FOREVER, LAGS, LARGEST, Ties, joined, partners_of
from xiaoer.simulator.terms import Month, Plan, figure


@dataclass(frozen=True)
class Guests:
    """A month's passing ties and how many orders each brings."""

    ties: Ties
    orders: Ints

    def staying(self, month: Month) -> Ties:
        """Those that may come again."""
        return self.ties.only(self.ties.ends > month.index + 1)


def guests_of(
    plan: Plan, month: Month, firms: pl.DataFrame, manners: Manners, busy: Floats, staying: Ties | None
) -> Guests:
    """Those who came before and may come again, and newcomers; `busy` is per firm, 1 an ordinary month."""
    rng = stream(plan.seed, "passing", month.index)
    old = (
        staying
        if staying is not None
        else joined(_both(rng, plan, month, firms, manners, busy * 0 + 1, old=True))
    )
    new = joined(_both(rng, plan, month, firms, manners, busy, old=False))
    again = rng.poisson(old.rate * busy[old.owner])
    first = 1 + rng.poisson(trading("passing")["again"], len(new.owner))
    return Guests(joined([old, new]), np.concatenate([again, first]))


def _both(
    rng: np.random.Generator,
    plan: Plan,
    month: Month,
    firms: pl.DataFrame,
    manners: Manners,
    busy: Floats,
    *,
    old: bool,
) -> list[Ties]:
    return [_arrivals(rng, plan, month, firms, manners, busy, sale=sale, old=old) for sale in (True, False)]


def _arrivals(
    rng: np.random.Generator,
    plan: Plan,
    month: Month,
    firms: pl.DataFrame,
    manners: Manners,
    busy: Floats,
    *,
    sale: bool,
    old: bool,
) -> Ties:
    """Newcomers of the month; or, before the first month, those of earlier ones who are still about."""
    rule = trading("passing")
    mean = arrivals_per_month(manners, sale=sale) * busy
    mean = mean * (1 - rule["once"]) / rule["ends"] if old else mean
    owner = expand(rng.poisson(mean))
    internal = flips(rng, figure("internal_share"), len(owner)) & sale
    other = partners_of(rng, plan, firms, owner, internal, sale=sale, power=1.0)
    lasts = flips(rng, 0.0 if old else rule["once"], len(owner))
    ends = month.index + np.where(lasts, 1, 1 + rng.geometric(rule["ends"], len(owner)))
    ties = Ties(
        owner,
        other,
        np.full(len(owner), sale),
        internal,
        _rates(rng, len(owner)),
        _tickets(rng, manners, owner, sale=sale),
        np.full(len(owner), month.index - int(old)),
        ends,
        LAGS[choose(rng, rule["lags"], len(owner))],
        np.zeros(len(owner), dtype=bool),
        np.full(len(owner), FOREVER),
    )
    return ties.only(_different(ties))


def _different(ties: Ties) -> Flags:
    return ~ties.internal | (ties.other != ties.owner)


def arrivals_per_month(manners: Manners, *, sale: bool) -> Floats:
    """Newcomers per firm and ordinary month, so that passing orders come to their share of all orders."""
    rule = trading("passing")
    orders = manners.orders * manners.passing if sale else manners.buying * manners.passing_buying
    each = 1 + rule["again"] + (1 - rule["once"]) / rule["ends"] * rule["rate"]
    return orders / each


def _rates(rng: np.random.Generator, count: int) -> Floats:
    """Orders in a month of those who come again: some nearly every month, most now and then."""
    rule = trading("passing")
    return rng.gamma(rule["rate_shape"], rule["rate"] / rule["rate_shape"], count)


def _tickets(rng: np.random.Generator, manners: Manners, owner: Ints, *, sale: bool) -> Floats:
    """Sizes about a fixed part of the firm's usual order."""
    rule = trading("passing")
    share, orders, worth = (
        (manners.passing, manners.orders, manners.sales)
        if sale
        else (manners.passing_buying, manners.buying, manners.purchases)
    )
    usual = worth / orders * rule["size"] / (1 - share + share * rule["size"])
    spread = rule["size_spread"]
    sizes: Floats = usual[owner] * np.exp(rng.normal(-(spread**2) / 2, spread, len(owner)))
    return sizes.clip(30, LARGEST)
