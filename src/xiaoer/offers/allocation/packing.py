"""Each place of one kind filled exactly: a knapsack with one choice a group, by dynamic programming.

Other kinds enter at their prices. Groups far from doubtful keep their dearest candidate; the doubtful ones, within the
value of one contact's room, share what is left (Kellerer, Pferschy and Pisinger 2004, chapter 11).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xiaoer.offers.allocation.places import Block
from xiaoer.offers.allocation.terms import Real, Whole

PLACES_AT_ONCE = 256
FINEST = 2048  # steps of room told apart at most; amounts are rounded up to them
DOUBTFUL = 1.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """Rows of doubtful groups: `line` tells the place, `layer` the group, then what each takes (steps), is worth."""

    row: Whole
    line: Whole
    layer: Whole
    takes: Whole
    value: Real


def packed(
    block: Block, net: Real, choice: Whole, kind: int, *, prices: Real, capacity: Real
) -> Iterator[Whole]:
    """Better choices for the groups of each place of the kind, as rows, a part of the places at a time."""
    place, amount, nowhere = block.place[kind], block.amount[kind], len(prices) - 1
    home = _home(block, net, choice, place, nowhere)
    inside = (place == home[block.of]) & (amount > 0)
    doubtful = _doubtful(block, net, inside, prices[home] * _largest(place, amount, len(prices))[home])
    doubtful &= home != nowhere
    fixed = choice[~doubtful & (place[choice] == home)]
    room = (capacity - np.bincount(place[fixed], amount[fixed], len(prices)))[:-1]
    step = max(1, int(np.gcd.reduce(amount[inside])) if inside.any() else 1)
    step = max(step, int(np.ceil(room[home[doubtful]].max(initial=0) / FINEST)))
    rows = np.flatnonzero(doubtful[block.of])
    rows = rows[_useful(block, net, inside, rows)]
    takes = np.where(inside[rows], -(-amount[rows].astype(np.int64) // step), 0)
    value = net[rows] + prices[home[block.of[rows]]] * np.where(inside[rows], amount[rows], 0)
    order = np.lexsort((rows, block.of[rows], home[block.of[rows]]))
    of, rows = block.of[rows][order], rows[order]
    doubt = Doubt(rows, home[of], of, takes[order], value[order])
    yield from _by_parts(doubt, room // step)


def _home(block: Block, net: Real, choice: Whole, place: Whole, nowhere: int) -> Whole:
    """The place of the kind each group is thought of in: its choice's, or else its best candidate's there."""
    here = place != nowhere
    inside = np.where(here, net, -np.inf)
    best = np.maximum.reduceat(inside, block.starts)
    hit = np.flatnonzero(here & (inside == best[block.of]))[::-1]
    home = np.full(len(block.starts), nowhere)
    home[block.of[hit]] = place[hit]
    mine = place[choice]
    return np.where(mine != nowhere, mine, home)


def _doubtful(block: Block, net: Real, inside: NDArray[np.bool_], reach: Real) -> NDArray[np.bool_]:
    """Groups with two candidates, one of them inside, whose difference is no more than a contact's room is worth."""
    best = np.maximum.reduceat(net, block.starts)
    near = net >= (best - DOUBTFUL * reach)[block.of]
    several = np.add.reduceat(near.astype(int), block.starts) > 1
    return several & (np.add.reduceat((near & inside).astype(int), block.starts) > 0)


def _largest(place: Whole, amount: Whole, places: int) -> Real:
    largest = np.zeros(places)
    np.maximum.at(largest, place, amount)
    return largest


def _useful(block: Block, net: Real, inside: NDArray[np.bool_], rows: Whole) -> Whole:
    """Of each group's rows the best outside, and inside the best of each size."""
    of = block.of[rows]
    size = np.where(inside[rows], 1, 0)
    order = np.lexsort((rows, -net[rows], size, of))
    first_outside = (size[order] == 0) & (np.diff(of[order] * 2 + size[order], prepend=-1) != 0)
    return np.sort(order[first_outside | (size[order] == 1)])


def _by_parts(doubt: Doubt, room: Real) -> Iterator[Whole]:
    """The best rows, of so many places at a time; rows come in order of places and groups."""
    places, first = np.unique(doubt.line, return_index=True)
    ends = np.append(first, len(doubt.row))
    for at in range(0, len(places), PLACES_AT_ONCE):
        some = places[at : at + PLACES_AT_ONCE]
        mine = slice(ends[at], ends[at + len(some)])
        line = np.searchsorted(some, doubt.line[mine])
        layer = _layers(doubt.layer[mine], line)
        yield _knapsack(Doubt(doubt.row[mine], line, layer, doubt.takes[mine], doubt.value[mine]), room[some])


def _layers(of: Whole, line: Whole) -> Whole:
    """Groups of each line counted from 0."""
    fresh = np.diff(of, prepend=-1) != 0
    count = np.cumsum(fresh) - 1
    begins = np.flatnonzero(np.diff(line, prepend=-1))
    return count - np.repeat(count[begins], np.diff(begins, append=len(of)))


def _knapsack(doubt: Doubt, room: Real) -> Whole:
    """The rows that bring most within each line's room; lines without room for anything are left out."""
    lines, width = len(room), int(max(room.max(initial=0), 0)) + 1
    best, taken = np.zeros((lines, width)), []
    order = np.argsort(doubt.layer, kind="stable")
    cuts = np.searchsorted(doubt.layer[order], np.arange(doubt.layer.max(initial=-1) + 2))
    for start, end in pairwise(cuts.tolist()):
        best, chosen = _layer(doubt, order[start:end], best)
        taken.append(chosen)
    return _traced(doubt, taken, room, width)


def _layer(doubt: Doubt, rows: Whole, before: Real) -> tuple[Real, Whole]:
    """One group of each line more: the best for each room, and the row that gives it (-1: the line has no group)."""
    lines, width = before.shape
    after, chosen = np.full((lines, width), -np.inf), np.full((lines, width), -1, dtype=np.int32)
    begins = np.flatnonzero(np.diff(doubt.line[rows], prepend=-1))
    turn = np.arange(len(rows)) - np.repeat(begins, np.diff(begins, append=len(rows)))
    for each in range(turn.max(initial=-1) + 1):
        row = rows[turn == each]
        line = doubt.line[row]
        at = np.arange(width) - doubt.takes[row][:, None]
        worth = np.where(at >= 0, before[line[:, None], at.clip(0)] + doubt.value[row][:, None], -np.inf)
        better = worth > after[line]
        after[line] = np.where(better, worth, after[line])
        chosen[line] = np.where(better, row[:, None], chosen[line])
    without = np.setdiff1d(np.arange(lines), doubt.line[rows])
    after[without] = before[without]
    return after, chosen


def _traced(doubt: Doubt, taken: list[Whole], room: Real, width: int) -> Whole:
    """The rows on the way back from each line's full room."""
    lines = np.flatnonzero(room >= 0)
    at, rows = room[lines].astype(int).clip(0, width - 1), []
    for chosen in reversed(taken):
        row = chosen[lines, at]
        there = row >= 0
        rows.append(doubt.row[row[there]])
        at = at - np.where(there, doubt.takes[row], 0)
    return np.concatenate(rows) if rows else np.zeros(0, dtype=int)
