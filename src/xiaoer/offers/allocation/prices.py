"""Prices of capacity, found as a market finds them: what is asked for more than there is becomes dearer.

Lagrangian relaxation (Fisher 1981): at any prices from 0 up, what every group would take for itself, with the capacity
at its price, is a bound no choice can beat. Smoothed by a little heat (Nesterov 2005), demand tells how much it yields
to a price; so every place makes Newton's step for itself, and the heat is lessened from round to round.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from xiaoer.offers.allocation.places import Block, Places, over
from xiaoer.offers.allocation.terms import Real, Whole

COOLING = 0.87
ROUNDS = 60
FAINT = -7.0  # a candidate that far behind, in units of heat, is not worth its share of a sum
SLOWER, FASTER, FASTEST = 0.5, 1.4, 4.0  # the pace of a price that overshot, of one that did not, at most
FARTHEST = 2.0  # a price moves no farther in a round, in units of heat by the kind's usual amount
NARROWED = (6, 12, 24)  # rounds after which only candidates are asked that may still matter …
NEAR = 6.0  # … which is told in units of heat
WHOLE = 20_000  # so many candidates are all kept
KEPT = 0.3  # of more, those so near to being chosen in the end, in units of the first heat
Blocks = Callable[[], Iterable[Block]]


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known before prices are asked: what a good candidate is worth, and each kind's usual amount."""

    heat: float
    usual: Real
    rows: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What groups ask for at some prices: their gain above them, units of each place, how these yield to a price."""

    gain: float
    units: Real
    yields: Real


@dataclass(frozen=True, slots=True)
class Settled:
    """Prices, the bound they prove, and the candidates that matter near them."""

    prices: Real
    bound: float
    core: Block


def outline(blocks: Iterable[Block], places: Places) -> Outline:
    """One look at all candidates."""
    worth, good, rows = 0.0, 0, 0
    spans = places.spans()
    taken, times = np.zeros(len(spans)), np.zeros(len(spans))
    for block in blocks:
        mine = block.worth[block.worth > 0]
        worth, good, rows = worth + float(mine.sum()), good + len(mine), rows + len(block.worth)
        taken += [float(np.abs(amount, dtype=float).sum()) for amount in block.amount]
        times += [int(np.count_nonzero(amount)) for amount in block.amount]
    usual = np.ones(len(places.capacity))
    for here, mean in zip(spans, taken / np.maximum(times, 1.0), strict=True):
        usual[here] = max(1.0, mean)
    return Outline(max(1.0, worth / max(good, 1)), usual, rows)


def settled(blocks: Blocks, places: Places, rounds: int = ROUNDS) -> Settled:
    """Prices at which about as much is asked for as there is."""
    begun = outline(blocks(), places)
    prices, pace = np.zeros(len(places.capacity)), np.ones(len(places.capacity))
    heat, before = begun.heat, np.zeros(len(prices))
    narrow: Sequence[Block] | None = None
    for at in range(rounds):
        asked = _asked(blocks() if narrow is None else narrow, prices, heat)
        excess = asked.units - places.capacity
        excess[-1] = 0.0  # nowhere has room for everything
        pace = np.where(excess * before < 0, pace * SLOWER, np.minimum(FASTEST, pace * FASTER))
        farthest = FARTHEST * heat / begun.usual
        step = (pace * excess / (asked.yields / heat + 1e-12)).clip(-farthest, farthest)
        prices, before = np.clip(prices + step, 0, places.ceiling), excess
        if at in NARROWED:
            narrow = _near(blocks() if narrow is None else narrow, prices, NEAR * heat)
        heat *= COOLING
    return _proved(blocks(), places, prices, np.inf if begun.rows <= WHOLE else KEPT * begun.heat)


def _proved(blocks: Iterable[Block], places: Places, prices: Real, reach: float) -> Settled:
    """The bound over every candidate, also those that were not asked to the end."""

    def told(block: Block) -> tuple[float, Block]:
        left = block.left(prices)
        best = np.maximum(np.maximum.reduceat(left, block.starts), 0)
        return float(best.sum()), block.among(np.flatnonzero(left > best.take(block.of) - reach))

    answers = over(told, blocks)
    gain = sum(gain for gain, _ in answers)
    capacity = float(prices[:-1] @ places.capacity[:-1])
    return Settled(prices, gain + capacity, Block.joined([block for _, block in answers if len(block.of)]))


def _asked(blocks: Iterable[Block], prices: Real, heat: float) -> Asked:
    nothing = np.zeros(len(prices))
    answers = over(lambda block: _asked_in(block, prices, heat), blocks)
    return Asked(
        sum(one.gain for one in answers),
        sum((one.units for one in answers), nothing),
        sum((one.yields for one in answers), nothing),
    )


def _asked_in(block: Block, prices: Real, heat: float) -> Asked:
    left = block.left(prices)
    best = np.maximum(np.maximum.reduceat(left, block.starts), 0)
    left -= best.take(block.of)
    left /= heat
    seen = np.flatnonzero(left > FAINT)
    of, share = block.of[seen], np.exp(left[seen])
    share /= (np.bincount(of, share, len(best)) + np.exp(-best / heat)).take(of)
    units, yields = np.zeros(len(prices)), np.zeros(len(prices))
    for place, amount in zip(block.place, block.amount, strict=True):
        here, much = place[seen], amount[seen].astype(float)
        units += np.bincount(here, share * much, len(prices))
        yields += _yields(here, of, share, much, len(prices))
    return Asked(float(best.sum()), units, yields)


def _yields(place: Whole, of: Whole, share: Real, amount: Real, places: int) -> Real:
    """The spread of what each group takes of a place: two candidates of one place stand in for each other."""
    runs = np.flatnonzero((np.diff(place, prepend=-1) != 0) | (np.diff(of, prepend=-1) != 0))
    if not len(runs):
        return np.zeros(places)
    mean = np.add.reduceat(share * amount, runs)
    spread = np.add.reduceat(share * amount * amount, runs) - mean * mean
    spreads: Real = np.bincount(place[runs], np.maximum(spread, 0.0), places).astype(float)
    return spreads


def _near(blocks: Iterable[Block], prices: Real, reach: float) -> list[Block]:
    """Candidates that could still be chosen if prices moved a little."""

    def kept(block: Block) -> Block:
        left = block.left(prices)
        best = np.maximum(np.maximum.reduceat(left, block.starts), 0)
        return block.among(np.flatnonzero(left > best.take(block.of) - reach))

    return [block for block in over(kept, blocks) if len(block.of)]
