"""A whole choice from prices: what is over a limit steps back, then single moves and swaps fill what is left.

A choice is one row for each group, its own "nothing" among them. No step takes more than there is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaoer.offers.allocation.packing import packed
from xiaoer.offers.allocation.places import Block, Places
from xiaoer.offers.allocation.terms import Real, Whole

FILLS = 40  # rounds at most; each one betters the choice
TINY = 1e-6


def with_nothing(block: Block, places: Places) -> Block:
    """Every group gets a first candidate that takes and brings nothing."""
    at, nowhere = block.starts, len(places.capacity) - 1
    return Block(
        np.insert(block.rows, at, -1),
        block.starts + np.arange(len(at)),
        np.insert(block.of, at, np.arange(len(at), dtype=np.int32)),
        np.insert(block.worth, at, 0.0),
        tuple(np.insert(place, at, nowhere) for place in block.place),
        tuple(np.insert(amount, at, 0) for amount in block.amount),
    )


@dataclass(frozen=True, slots=True)
class Moves:
    """For some rows: what the choice gains when their groups change to them, and what that takes of each kind.

    `more` is taken at the row's place, `less` given back at the place the group leaves (0 where it is the same).
    """

    row: Whole
    gain: Real
    more: tuple[Real, ...]
    less: tuple[Real, ...]

    def among(self, kept: Whole | NDArray[np.bool_]) -> "Moves":
        """Some of them."""
        more, less = ([one[kept] for one in side] for side in (self.more, self.less))
        return Moves(self.row[kept], self.gain[kept], tuple(more), tuple(less))


class Filling:
    """A choice under way: `choice` of each group, nothing at first, and the room `left` in each place."""

    def __init__(self, block: Block, places: Places, prices: Real) -> None:
        self.block, self.places, self.prices = with_nothing(block, places), places, prices
        self.net = self.block.left(prices)
        self.choice, self.left = self.block.starts.copy(), places.capacity.copy()

    def begin(self) -> None:
        """What every group would take at the prices, places filled exactly, and what is too much stepped back."""
        self.choice = first_best(self.net, self.block.of, len(self.block.starts))
        self._pack()
        self.left = self.places.capacity - self.taken(self.choice)
        self._step_back()

    @property
    def chosen(self) -> Whole:
        """Row numbers of the choice, rising."""
        rows = self.block.rows[self.choice]
        return np.sort(rows[rows >= 0])

    @property
    def brings(self) -> float:
        """What the chosen candidates are worth together."""
        return float(self.block.worth[self.choice].sum())

    @property
    def paid(self) -> float:
        """What is paid for going beyond limits."""
        soft = np.isfinite(self.places.ceiling)
        return float(np.maximum(-self.left[soft], 0) @ self.places.ceiling[soft])

    def taken(self, rows: Whole) -> Real:
        """Units that rows take of each place."""
        total = np.zeros(len(self.places.capacity))
        for place, amount in zip(self.block.place, self.block.amount, strict=True):
            total += np.bincount(place[rows], amount[rows], len(total))
        return total

    def fill(self, rounds: int = FILLS) -> None:
        """Single moves that better the choice and fit, as long as there are any."""
        for _ in range(rounds):
            moves = self.moves()
            best = first_best(
                self._above(moves) + moves.gain * TINY, self.block.of[moves.row], len(self.choice)
            )
            if not self._take(moves.among(best[best >= 0])):
                return

    def moves(self, beside: int | None = None) -> Moves:
        """Changes that fit, each for itself, and gain; or all that fit, but for the room of the kind `beside`."""
        rows = self._asking(beside)
        now = self.choice[self.block.of[rows]]
        gain, fits = self.block.worth[rows] - self.block.worth[now], np.ones(len(rows), dtype=bool)
        more, less = [], []
        for kind, (place, amount) in enumerate(zip(self.block.place, self.block.amount, strict=True)):
            to, out = place[rows], place[now]
            back = amount[now].astype(float)
            step: Real = amount[rows].astype(float) - np.where(to == out, back, 0.0)
            back = np.where(to == out, 0.0, back)
            more.append(step)
            less.append(back)
            gain -= self._dearer(to, step) + self._dearer(out, -back)
            fits &= (step <= self.left[to]) | np.isfinite(self.places.ceiling[to]) | (kind == beside)
        return Moves(rows, gain, tuple(more), tuple(less)).among(
            fits if beside is not None else fits & (gain > TINY)
        )

    def make(self, rows: Whole) -> None:
        """Groups change to these rows."""
        groups = self.block.of[rows]
        self.left += self.taken(self.choice[groups]) - self.taken(rows)
        self.left[-1] = np.inf
        self.choice[groups] = rows

    def all_fit(self, moves: Moves, but: int | None = None) -> NDArray[np.bool_]:
        """Which moves fit when all before them are made too, nothing given back; the kind `but` is not asked."""
        fit, now = np.ones(len(moves.row), dtype=bool), self.choice[self.block.of[moves.row]]
        for kind, (place, more, less) in enumerate(
            zip(self.block.place, moves.more, moves.less, strict=True)
        ):
            if kind != but:
                fit &= self._room(place[moves.row], more) & self._room(place[now], -less)
        return fit

    def _asking(self, beside: int | None) -> Whole:
        now = self.choice.take(self.block.of)
        if beside is None and not self.places.soft:
            return np.flatnonzero(self.block.worth > self.block.worth[now])
        return np.flatnonzero(now != np.arange(len(now)))

    def _above(self, moves: Moves) -> Real:
        """What moves gain above the prices of what they take."""
        return self.net[moves.row] - self.net[self.choice[self.block.of[moves.row]]]

    def _dearer(self, place: Whole, more: Real) -> Real | float:
        """What is paid more for going beyond limits when so much more is taken."""
        if not self.places.soft:
            return 0.0
        left, price = self.left[place], self.places.ceiling[place]
        soft = np.isfinite(price)
        return np.where(soft, np.maximum(more - left, 0) - np.maximum(-left, 0), 0.0) * np.where(
            soft, price, 0.0
        )

    def _take(self, moves: Moves) -> int:
        """Make moves of different groups, the best above prices first, as far as there is room for all of them."""
        order = np.lexsort((moves.row, -self._above(moves)))
        taken = order[self.all_fit(moves.among(order))]
        self.make(moves.row[taken])
        return len(taken)

    def _room(self, place: Whole, more: Real) -> NDArray[np.bool_]:
        """Room for what is taken; where going beyond has a price, no gain of making a shortage good counts twice."""
        room, soft = self.left[place], np.isfinite(self.places.ceiling[place])
        takes, gives = (more > 0) & ~(soft & (room <= 0)), soft & (more < 0) & (room < 0)
        fits = np.ones(len(place), dtype=bool)
        fits[takes] = running(place[takes], more[takes]) <= room[takes]
        fits[gives] = running(place[gives], -more[gives]) <= -room[gives]
        return fits

    def _pack(self) -> None:
        """Fill the places of the kind exactly where rounding would cost most."""
        loss = [self._rounding(kind) for kind in range(len(self.block.place))]
        kind = int(np.argmax(loss)) if loss else 0
        if loss and loss[kind] > 0:
            room = {"prices": self.prices, "capacity": self.places.capacity}
            for rows in packed(self.block, self.net, self.choice, kind, **room):
                self.choice[self.block.of[rows]] = rows

    def _rounding(self, kind: int) -> float:
        """What half a contact's room in each place of a kind is worth."""
        used = np.unique(self.block.place[kind])
        if not np.isinf(self.places.ceiling[used]).all():
            return 0.0
        return float(self.prices[used].sum() * self.block.amount[kind].mean()) / 2

    def _step_back(self) -> None:
        """Where more is taken than there is, those step back whose next best is nearly as good."""
        net = self.net.copy()
        net[self.choice] = -np.inf
        second = np.maximum.reduceat(net, self.block.starts) if len(net) else net
        regret = self.net[self.choice] - np.maximum(second, 0)
        for place, amount in zip(self.block.place, self.block.amount, strict=True):
            at, much = place[self.choice], amount[self.choice].astype(float)
            asks = np.flatnonzero((much > 0) & (self.left[at] < 0) & np.isinf(self.places.ceiling[at]))
            asks = asks[np.lexsort((asks, -regret[asks] / much[asks]))]
            back = asks[running(at[asks], much[asks]) > self.places.capacity[at[asks]]]
            self.make(self.block.starts[back])


def first_best(value: Real, key: Whole, keys: int) -> Whole:
    """For each key the place of its highest value, the first where there are several; -1 where there is none."""
    best, found = np.full(keys, -np.inf), np.full(keys, -1)
    np.maximum.at(best, key, value)
    hit = np.flatnonzero(value == best[key])[::-1]
    found[key[hit]] = hit
    return found


def running(key: Whole, amount: Real) -> Real:
    """Sums up to and with each entry, for each key apart."""
    order = np.argsort(key, kind="stable")
    sums = np.cumsum(amount[order])
    begins = np.flatnonzero(np.diff(key[order], prepend=-1))
    before = np.repeat(np.concatenate([[0.0], sums])[begins], np.diff(begins, append=len(key)))
    told = np.empty(len(key))
    told[order] = sums - before
    return told
