"""Candidates, what each takes of which capacity, and what an allocation answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Whole: TypeAlias = NDArray[np.integer]
Real: TypeAlias = NDArray[np.float64]
NOWHERE = -1  # a candidate's place where it takes nothing of a kind


@dataclass(frozen=True, slots=True)
class Use:
    """What each candidate takes of one kind: `amount` (whole units) of `place`; NOWHERE where it takes none."""

    place: Whole
    amount: Whole


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates in order of their groups; of a group (a firm, or firms that belong together) one at most is chosen.

    `group`: whole numbers, never falling; `worth`: fen each would bring, costs taken off; `uses` by kind of capacity:
    minutes of a manager, minutes of a branch's pool, fen of a budget, pieces of a quota. All arrays of one length.
    """

    group: Whole
    worth: Whole
    uses: Mapping[str, Use]


@dataclass(frozen=True, slots=True)
class Limit:
    """How much there is of a kind in each place, in the units of its uses.

    `beyond` is what a unit above it costs (fen); None: it is never gone beyond.
    """

    capacity: Whole
    beyond: int | None = None


def at_least(wanted: Whole, missed: int) -> Limit:
    """A minimum service: `wanted` firms in each place, `missed` fen for each that is not served.

    A candidate that counts takes -1 of its place. Dear enough, everybody wanted is served where capacity allows.
    """
    return Limit(-np.asarray(wanted), missed)


@dataclass(frozen=True, slots=True)
class Allocation:
    """What was chosen and how good that is.

    `chosen`: row numbers, rising; `worth` (fen) less what going beyond limits costs, `bound` (fen) no choice can bring
    more, and the `gap` between them as a share of the bound; `prices`: fen one more unit of each place would bring;
    `used`: units taken; both by kind and place.
    """

    chosen: Whole
    worth: int
    bound: int
    prices: Mapping[str, Real]
    used: Mapping[str, Whole]

    @property
    def gap(self) -> float:
        """A share, 0 where the choice is as good as the bound."""
        return (self.bound - self.worth) / max(1, abs(self.bound))


class Cause(StrEnum):
    """Why a candidate was not chosen: the first of these that holds."""

    NO_GAIN = "no_gain"
    BETTER_ONE = "better_one"
    TOO_DEAR = "too_dear"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A candidate that was not chosen: why, the kind that stood most in its way, and what it takes of it.

    `price`: fen a unit of that kind brings elsewhere; `asked`: fen all that the candidate takes would bring elsewhere.
    """

    cause: Cause
    kind: str = ""
    takes: int = 0
    price: float = 0.0
    asked: int = 0
