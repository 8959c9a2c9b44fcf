"""Pairs of moves in one place: one gives room, the other takes it, and together they bring more."""

import numpy as np
from numpy.typing import NDArray

from xiaoer.offers.allocation.filling import TINY, Filling, Moves, first_best
from xiaoer.offers.allocation.terms import Real, Whole

FINEST = 64  # steps to either side by which differences of use are told apart, rounded up
SWAPS = 60  # rounds at most; each one betters the choice
LEAST = 1e-6  # a round that gains less than this share of the whole is the last one of its kind


def swap(filling: Filling, rounds: int = SWAPS) -> None:
    """Kind by kind, a pair for each place a round, until pairs gain next to nothing."""
    kinds = [kind for kind in range(len(filling.block.place)) if _hard(filling, kind)]
    for kind in kinds:
        for _ in range(rounds):
            before = filling.brings - filling.paid
            if not _swap(filling, kind) or filling.brings - filling.paid - before <= LEAST * abs(before):
                break
    filling.fill()


def _hard(filling: Filling, kind: int) -> bool:
    used = filling.block.place[kind]
    return bool(np.isinf(filling.places.ceiling[used]).all())


def _swap(filling: Filling, kind: int) -> int:
    """The best pair in each place of a kind, as far as other kinds have room."""
    moves, place = _inside(filling, kind)
    first, second = _pairs(filling, moves, place, kind)
    order = np.lexsort((first, -(moves.gain[first] + moves.gain[second])))
    both = moves.among(np.stack([first[order], second[order]], axis=1).ravel())
    kept = filling.all_fit(both, but=kind).reshape(-1, 2).all(axis=1)
    groups = filling.block.of[both.row].reshape(-1, 2)
    kept &= _once(groups)
    filling.make(both.row[np.repeat(kept, 2)])
    return int(kept.sum())


def _once(groups: Whole) -> NDArray[np.bool_]:
    """Pairs of which no group stands in a pair before: a group changes once a round."""
    first = np.zeros(groups.size, dtype=bool)
    first[np.unique(groups.ravel(), return_index=True)[1]] = True
    pairs = first.reshape(-1, 2)
    both: NDArray[np.bool_] = pairs[:, 0] & pairs[:, 1]
    return both


def _inside(filling: Filling, kind: int) -> tuple[Moves, Whole]:
    """Moves that touch one place of the kind at most, and which."""
    moves, nowhere = filling.moves(beside=kind), len(filling.places.capacity) - 1
    used = filling.block.place[kind]
    to, out = used[moves.row], used[filling.choice[filling.block.of[moves.row]]]
    place = np.where(to == nowhere, out, to)
    kept = (place != nowhere) & ((to == out) | (to == nowhere) | (out == nowhere))
    return moves.among(kept), place[kept]


def _pairs(filling: Filling, moves: Moves, place: Whole, kind: int) -> tuple[Whole, Whole]:
    """For each place the two moves that gain most within its room."""
    places, at = np.unique(place, return_inverse=True)
    more = moves.more[kind] - moves.less[kind]
    step = max(1.0, np.ceil(np.abs(more).max(initial=0) / FINEST))
    width = 2 * FINEST + 1
    bucket = np.ceil(more / step).astype(int) + FINEST
    found = first_best(moves.gain, at * width + bucket, len(places) * width).reshape(len(places), width)
    gain = np.where(found >= 0, moves.gain[found], -np.inf) if len(moves.row) else np.zeros((0, width))
    room = np.floor(filling.left[places] / step).clip(-width, width).astype(int)
    first, second, best = _best_pair(found, gain, room, filling.block.of[moves.row])
    good = best > TINY
    return first[good], second[good]


def _best_pair(found: Whole, gain: Real, room: Whole, group: Whole) -> tuple[Whole, Whole, Real]:
    """Over both moves' steps: their gains together, where they fit and are of different groups."""
    places, width = gain.shape
    upto, line = _best_up_to(gain), np.arange(places)
    best, one, two = np.full(places, -np.inf), np.zeros(places, dtype=int), np.zeros(places, dtype=int)
    for bucket in range(width):
        last = room - (bucket - FINEST) + FINEST
        other = upto[line, last.clip(0, width - 1)]
        sum_of = np.where(last >= 0, gain[:, bucket] + gain[line, other], -np.inf)
        a, b = found[:, bucket], found[line, other]
        better = (sum_of > best) & (a >= 0) & (b >= 0)
        better[better] = group[a[better]] != group[b[better]]
        best[better], one[better], two[better] = sum_of[better], a[better], b[better]
    return one, two, best


def _best_up_to(gain: Real) -> Whole:
    """For each step the best one up to it."""
    best = np.maximum.accumulate(gain, axis=1)
    fresh = np.where(gain == best, np.arange(gain.shape[1]), 0)
    return np.maximum.accumulate(fresh, axis=1)
