"""Limits of all kinds laid side by side, and candidates cut into blocks that refer to them by one number."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import TypeVar

import numpy as np

from xiaoer.offers.allocation.terms import NOWHERE, Candidates, Limit, Real, Whole

ROWS_AT_ONCE = 262_144  # what a processor's cache holds of a few columns
THREADS = 2
WORTH_A_THREAD = 8_192  # rows of a block; fewer are done sooner than handed over
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places:
    """Every place of every kind by one number; the last one is nowhere, and has room for everything."""

    first: Mapping[str, int]
    capacity: Real
    ceiling: Real  # of the price: what going beyond costs

    @classmethod
    def of(cls, limits: Mapping[str, Limit]) -> "Places":
        """Kinds in the order they are given."""
        sizes = [len(limit.capacity) for limit in limits.values()]
        dear = [np.inf if limit.beyond is None else float(limit.beyond) for limit in limits.values()]
        return cls(
            dict(zip(limits, np.cumsum([0, *sizes]).tolist(), strict=False)),
            np.concatenate([*(limit.capacity for limit in limits.values()), [np.inf]]).astype(float),
            np.append(np.repeat(dear, sizes), np.inf),
        )

    @property
    def nowhere(self) -> int:
        """The number of the place that takes from nobody."""
        return len(self.capacity) - 1

    @property
    def soft(self) -> bool:
        """Whether any place may be gone beyond at a price."""
        return bool(np.isfinite(self.ceiling).any())

    @property
    def dearest(self) -> float:
        """The most that making a shortage good by a unit of each kind may save."""
        soft = [self.ceiling[here] for here in self.spans() if np.isfinite(self.ceiling[here]).all()]
        return float(sum(price.max(initial=0.0) for price in soft))

    def spans(self) -> list[slice]:
        """Where each kind's places stand."""
        return [slice(start, end) for start, end in pairwise([*self.first.values(), self.nowhere])]

    def by_kind(self, values: np.ndarray) -> dict[str, np.ndarray]:
        """Values of all places, parted by kind again."""
        return {name: values[here] for name, here in zip(self.first, self.spans(), strict=True)}


@dataclass(frozen=True, slots=True)
class Block:
    """Candidates of whole groups: `rows` their numbers, `of` each one's group, counted from 0, `starts` of each group.

    `place` and `amount` by kind, in the kinds' order.
    """

    rows: Whole
    starts: Whole
    of: Whole
    worth: Real
    place: tuple[Whole, ...]
    amount: tuple[Whole, ...]

    @classmethod
    def joined(cls, blocks: Sequence["Block"]) -> "Block":
        """Several as one; none as one without rows."""
        if not blocks:
            nothing = np.zeros(0, dtype=np.int64)
            return cls(nothing, nothing, nothing, np.zeros(0), (), ())
        groups = np.cumsum([0, *(len(block.starts) for block in blocks)])
        rows = np.cumsum([0, *(len(block.of) for block in blocks)])
        return cls(
            np.concatenate([block.rows for block in blocks]),
            np.concatenate([block.starts + at for block, at in zip(blocks, rows, strict=False)]),
            np.concatenate([block.of + at for block, at in zip(blocks, groups, strict=False)]),
            np.concatenate([block.worth for block in blocks]),
            tuple(map(np.concatenate, zip(*(block.place for block in blocks), strict=True))),
            tuple(map(np.concatenate, zip(*(block.amount for block in blocks), strict=True))),
        )

    def among(self, kept: Whole) -> "Block":
        """Some of the rows, given by where they stand, rising."""
        of = self.of[kept]
        starts = np.flatnonzero(np.diff(of, prepend=-1))
        return Block(
            self.rows[kept],
            starts,
            _counted(starts, len(kept)),
            self.worth[kept],
            tuple(one[kept] for one in self.place),
            tuple(one[kept] for one in self.amount),
        )

    def left(self, prices: Real) -> Real:
        """What each candidate brings above the price of what it takes."""
        left = self.worth.copy()
        for place, amount in zip(self.place, self.amount, strict=True):
            left -= prices.take(place) * amount
        return left


def blocks(batches: Iterable[Candidates], places: Places) -> Iterator[Block]:
    """Batches cut between groups; row numbers run through all of them."""
    rows = 0
    for batch in batches:
        begins = np.flatnonzero(np.diff(batch.group, prepend=batch.group[:1] - 1))
        wanted = np.arange(ROWS_AT_ONCE, len(batch.group), ROWS_AT_ONCE)
        cuts = begins[np.searchsorted(begins, wanted, "right") - 1]
        for start, end in pairwise(np.unique([0, *cuts, len(batch.group)]).tolist()):
            yield _block(batch, slice(start, end), rows, places)
        rows += len(batch.group)


def _block(batch: Candidates, piece: slice, rows: int, places: Places) -> Block:
    group = batch.group[piece]
    starts = np.flatnonzero(np.diff(group, prepend=group[:1] - 1))
    place, amount = [], []
    for name, first in places.first.items():
        here = batch.uses[name].place[piece]
        nowhere = here == NOWHERE
        place.append(np.where(nowhere, places.nowhere, here.astype(np.int32) + first).astype(np.int32))
        amount.append(np.where(nowhere, 0, batch.uses[name].amount[piece]))
    numbers = np.arange(rows + piece.start, rows + piece.stop)
    worth = batch.worth[piece].astype(float)
    return Block(numbers, starts, _counted(starts, len(group)), worth, tuple(place), tuple(amount))


def _counted(starts: Whole, rows: int) -> Whole:
    return np.repeat(np.arange(len(starts), dtype=np.int32), np.diff(starts, append=rows))


def over(work: Callable[[Block], T], held: Iterable[Block]) -> list[T]:
    """Work on blocks side by side, few at a time; answers in the blocks' order, so that sums come out alike."""
    rest = iter(held)
    begun = list(islice(rest, 2))
    if len(begun) < 2 or len(begun[0].of) < WORTH_A_THREAD:
        return [work(block) for block in chain(begun, rest)]
    waiting: deque[Future[T]] = deque()
    answers: list[T] = []
    with ThreadPoolExecutor(THREADS) as pool:
        for block in chain(begun, rest):
            waiting.append(pool.submit(work, block))
            if len(waiting) > THREADS:
                answers.append(waiting.popleft().result())
        return answers + [one.result() for one in waiting]
