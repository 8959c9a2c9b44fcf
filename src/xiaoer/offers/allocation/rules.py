"""The choice that brings most within all limits at once: docs/rules/allocation.md says it in words."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from xiaoer.kit.refusal import Refusal
from xiaoer.offers.allocation.cycling import cycle
from xiaoer.offers.allocation.filling import Filling
from xiaoer.offers.allocation.places import Block, Places, blocks, over
from xiaoer.offers.allocation.prices import Settled, settled
from xiaoer.offers.allocation.swapping import swap
from xiaoer.offers.allocation.terms import NOWHERE, Allocation, Candidates, Limit, Use, Whole

PLACE = "allocation"
FEW = 1_000  # candidates near their prices; so few can be tried in several ways
STARTS = (1.0, 0.95, 1.05)  # times the prices
EXACT = 1e-9  # floats add up to a bound no closer than this share of it


def allocate(candidates: Candidates | Iterable[Candidates], limits: Mapping[str, Limit]) -> Allocation:
    """Choose at most one candidate of each group, within every limit, so that together they bring most.

    Several batches of whole groups may be given as anything that can be gone through again and again (a list, or what
    reads them from disk each time); row numbers run through all of them. The same batches give the same answer. Raises
    Refusal where groups are out of order, or where a use and its limit do not fit each other.
    """
    batches = [candidates] if isinstance(candidates, Candidates) else candidates
    check(batches, limits)
    places = Places.of(limits)
    found = settled(lambda: blocks(batches, places), places)
    filling = _filled(found, places)
    more = _looked_again(blocks(batches, places), filling)
    worth = round(filling.brings + more.brings - more.paid)
    bound = math.floor(found.bound + EXACT * abs(found.bound))
    return Allocation(
        np.sort(np.concatenate([filling.chosen, more.chosen])),
        worth,
        max(worth, bound),
        places.by_kind(found.prices[:-1]),
        places.by_kind((places.capacity[:-1] - more.left[:-1]).astype(np.int64)),
    )


def _filled(found: Settled, places: Places) -> Filling:
    """The best of a few choices that begin at these prices or near them; of one where there is much to choose from."""
    starts = STARTS if len(found.core.rows) <= FEW else STARTS[:1]
    made = [_begun(Filling(found.core, places, found.prices * factor)) for factor in starts]
    return max(made, key=lambda one: one.brings - one.paid)


def _begun(filling: Filling) -> Filling:
    filling.begin()
    filling.fill()
    swap(filling)
    cycle(filling)
    swap(filling)
    return filling


def _looked_again(held: Iterable[Block], filling: Filling) -> Filling:
    """Whoever was put aside early on and fits into what is left over after all."""
    chosen, left = filling.chosen, filling.left

    def still(block: Block) -> Block:
        begin, end = (
            np.searchsorted(chosen, at) for at in (block.rows[block.starts], block.rows[_ends(block)] + 1)
        )
        fits = (begin == end)[block.of] & (block.worth > -filling.places.dearest)
        for place, amount in zip(block.place, block.amount, strict=True):
            fits &= (amount <= left[place]) | np.isfinite(filling.places.ceiling[place])
        return block.among(np.flatnonzero(fits))

    found = [block for block in over(still, held) if len(block.of)]
    more = Filling(Block.joined(found), replace(filling.places, capacity=left), filling.prices)
    more.fill()
    return more


def _ends(block: Block) -> Whole:
    return np.append(block.starts[1:], len(block.of)) - 1


def check(batches: Iterable[Candidates], limits: Mapping[str, Limit]) -> None:
    """Refuse candidates that are out of order, or that take of what nobody gave a capacity for."""
    last = None
    for batch in batches:
        group = batch.group if last is None else np.concatenate([[last], batch.group])
        if (np.diff(group) < 0).any():
            raise Refusal(
                "candidates are not in order of their groups", PLACE, "group numbers that never fall"
            )
        if set(batch.uses) != set(limits):
            raise Refusal(
                f"candidates take of {sorted(batch.uses)}",
                PLACE,
                f"each of {sorted(limits)}, with place -1 for none",
            )
        for name, use in batch.uses.items():
            _check(name, use, len(batch.group), limits[name])
        last = batch.group[-1] if len(batch.group) else last


def _check(name: str, use: Use, rows: int, limit: Limit) -> None:
    places, strict = len(limit.capacity), limit.beyond is None
    if not len(use.place) == len(use.amount) == rows:
        raise Refusal(
            f"{name!r} is given for {len(use.place)} of {rows} candidates", PLACE, "one entry for each"
        )
    if rows and not NOWHERE <= use.place.min() <= use.place.max() < places:
        raise Refusal(
            f"{name!r} names a place outside 0 … {places - 1}", PLACE, "a place with a capacity, or -1"
        )
    if strict and (np.min(use.amount, initial=0) < 0 or np.min(limit.capacity, initial=0) < 0):
        raise Refusal(f"{name!r} takes or holds less than nothing", PLACE, "whole numbers from 0 up")
