"""From orders to invoices: when, how much, at which tax, in how many papers."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.counterparties import industry_of, near_kinds, outside_count
from xiaoer.simulator.days import DayBook
from xiaoer.simulator.draws import Days, Flags, Floats, Ints, choose, expand, flips
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.manners import Manners, trading
from xiaoer.simulator.network import Ties
from xiaoer.simulator.terms import Month, Plan

CENT = 0.01


@dataclass(frozen=True)
class Papers:
    """Invoices as first written: one line each."""

    tie: Ints
    day: Days
    net: Ints  # fen
    tax: Ints
    rate: Floats

    @property
    def gross(self) -> Ints:
        return self.net + self.tax


def write_papers(
    rng: np.random.Generator,
    plan: Plan,
    month: Month,
    book: DayBook,
    firms: pl.DataFrame,
    manners: Manners,
    ties: Ties,
    orders: Ints,
    exact: Flags,
    expected: Floats,
) -> Papers:
    """The month's invoices of so many orders along each tie; `exact` ties' tickets are sums, not means.

    `expected` is how many sales orders each firm would have had by its level of business.
    """
    order = expand(orders)
    owner = ties.owner[order]
    day = book.draw_by_habit(rng, firms["industry"].to_numpy()[owner], month, manners.free_days[owner])
    as_agreed = (ties.fixed | exact)[order]
    size = _sizes(rng, manners, ties, order, as_agreed=as_agreed)
    size = np.where(as_agreed, size, size * _evened(ties, order, expected))
    line, part = _pieces(rng, order, single=as_agreed)
    further = np.diff(line, prepend=-1) == 0
    tie = order[line]
    rate = _tax(rng, plan, firms, ties, tie, further)
    net, gross = _priced(rng, size[line] * part, rate, manners.round[ties.owner[tie]], ties.fixed[tie])
    return Papers(tie, day[line], net, gross - net, rate)


def _sizes(
    rng: np.random.Generator, manners: Manners, ties: Ties, order: Ints, *, as_agreed: Flags
) -> Floats:
    """Net yuan of each order; firms differ in how even their orders are, the mean stays the tie's."""
    owner = ties.owner[order]
    spread = np.where(ties.sale[order], manners.spread[owner], manners.buying_spread[owner])
    spread = np.where(as_agreed, 0.0, spread)
    drawn = np.exp(rng.normal(0, 1, len(order)) * spread - spread**2 / 2)
    sizes: Floats = (ties.ticket[order] * drawn).clip(trading("orders")["least"], trading("orders")["most"])
    return sizes


def _evened(ties: Ties, order: Ints, expected: Floats) -> Floats:
    """Smaller sales orders where a month has more of them than expected, larger ones where it has fewer."""
    sold = ties.sale[order]
    many = np.bincount(ties.owner[order], weights=sold, minlength=len(expected)).clip(1)
    factor = (expected.clip(1) / many).clip(0.25, 4) ** trading("orders")["evened"]
    return np.where(sold, factor[ties.owner[order]], 1.0)


def _pieces(rng: np.random.Generator, order: Ints, *, single: Flags) -> tuple[Ints, Floats]:
    """For every invoice the order it belongs to and its part of the order's sum."""
    rule = trading("orders")
    several = flips(rng, rule["split"], len(order)) & ~single
    many = 1 + several * (1 + choose(rng, rule["pieces"], len(order)))
    line = expand(many)
    raw = rng.gamma(2.0, 1.0, len(line)) + CENT
    return line, raw / np.bincount(line, weights=raw)[line]


def _tax(
    rng: np.random.Generator, plan: Plan, firms: pl.DataFrame, ties: Ties, tie: Ints, further: Flags
) -> Floats:
    """The seller's rate of tax, 3 % for small traders; further invoices of an order may carry services."""
    rule = trading("orders")
    rates = np.concatenate([column_of("tax").astype(float), [row["tax"] for row in near_kinds()]])
    seller = np.where(ties.sale[tie], ties.owner[tie], ties.other[tie])
    small = (firms["kind"].to_numpy() != "enterprise")[seller.clip(max=len(firms) - 1)] & (
        seller < len(firms)
    )
    rate = np.where(small, 0.03, rates[industry_of(firms, outside_count(plan), seller)])
    other = further & ~small & flips(rng, rule["other_rate"], len(tie))
    return np.where(other, rule["service_tax"], rate)


def _priced(
    rng: np.random.Generator, size: Floats, rate: Floats, round_share: Floats, fixed: Flags
) -> tuple[Ints, Ints]:
    """Net and gross in fen; agreed prices are round, most others at least whole yuan, fixed sums always the same."""
    gross = size * (1 + rate)
    step = 10 ** np.floor(np.log10(gross.clip(10)) - 1)
    agreed = flips(rng, round_share, len(size)) & ~fixed
    whole = fixed | flips(rng, trading("orders")["whole"], len(size))
    unit = np.where(agreed, step, np.where(whole, 1.0, CENT))
    fen = np.round(np.round(gross / unit) * unit * 100).astype(np.int64).clip(1)
    return np.round(fen / (1 + rate)).astype(np.int64), fen
