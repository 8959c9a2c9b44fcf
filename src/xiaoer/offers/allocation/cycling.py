"""Up to three groups pass pieces of a quota on in a ring: each takes what another gives back; together they gain."""

import numpy as np

from xiaoer.offers.allocation.filling import TINY, Filling, Moves, first_best
from xiaoer.offers.allocation.terms import Real, Whole

MOST_PLACES = 48  # rings of three are looked for among so many at most
RINGS = 200


def cycle(filling: Filling, rounds: int = RINGS) -> None:
    """Ring by ring, the best first, for every kind of which a candidate takes one piece or none."""
    for kind in range(len(filling.block.place)):
        if _in_pieces(filling, kind):
            for _ in range(rounds):
                if not _one_ring(filling, kind):
                    break


def _in_pieces(filling: Filling, kind: int) -> bool:
    used = filling.block.place[kind]
    limited = np.unique(used)
    hard = bool(np.isinf(filling.places.ceiling[limited]).all())
    pieces = filling.block.amount[kind][used != filling.places.nowhere]
    return hard and len(limited) <= MOST_PLACES and bool((pieces == 1).all())


def _one_ring(filling: Filling, kind: int) -> bool:
    moves = filling.moves(beside=kind)
    places, end = np.unique(filling.block.place[kind], return_inverse=True)
    begin = end[filling.choice[filling.block.of[moves.row]]]
    size = len(places)
    best = first_best(moves.gain, begin * size + end[moves.row], size * size)
    gain = np.where(best >= 0, moves.gain[best], -np.inf) if len(moves.row) else np.full(size * size, -np.inf)
    for ring in _rings(best.reshape(size, size), gain.reshape(size, size)):
        if _taken(filling, moves.among(ring), kind):
            return True
    return False


def _rings(best: Whole, gain: Real) -> list[Whole]:
    """Rings that gain, the best few first; a place that passes nothing on makes a ring of two."""
    still = gain.copy()
    np.fill_diagonal(
        still, np.maximum(np.diagonal(gain), 0.0)
    )  # somebody may also change within a place, or nobody
    together = still[:, :, None] + still[None, :, :] + still.T[:, None, :]
    order = np.argsort(-together, axis=None, kind="stable")[:64]
    found = []
    for one, two, three in zip(*np.unravel_index(order, together.shape), strict=True):
        if together[one, two, three] <= TINY:
            break
        steps = [(one, two), (two, three), (three, one)]
        rows = dict.fromkeys(int(best[step]) for step in steps if step[0] != step[1] or gain[step] > 0)
        found.append(np.array(list(rows)))
    return found


def _taken(filling: Filling, ring: Moves, kind: int) -> bool:
    """Make a ring's moves when they are of different groups and other kinds have room for all of them."""
    groups = filling.block.of[ring.row]
    if len(np.unique(groups)) < len(groups) or not filling.all_fit(ring, but=kind).all():
        return False
    filling.make(ring.row)
    return True
