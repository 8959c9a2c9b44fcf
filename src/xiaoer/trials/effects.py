"""What difference it made to be approached: intervals for shares, and the state a difference is in.

In words, with a worked example: docs/rules/effects.md.
"""

from dataclasses import dataclass
from datetime import date
from math import sqrt

from xiaoer.kit.parameters import in_force
from xiaoer.kit.refusal import Refusal
from xiaoer.trials.terms import TrialState


@dataclass(frozen=True)
class Counted:
    """So many firms, of which it came true for so many."""

    firms: int
    hits: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.firms:
            raise Refusal(
                f"{self.hits} of {self.firms} firms", "an arm", "no more hits than firms, none below 0"
            )

    @property
    def share(self) -> float:
        return self.hits / self.firms if self.firms else 0.0


@dataclass(frozen=True)
class Effect:
    """Treated less held out, as a share of firms, with its interval; None while an arm is empty."""

    difference: float | None
    low: float | None
    high: float | None
    state: TrialState


@dataclass(frozen=True)
class Caution:
    """How careful to be: firms each arm must hold, hits both together must show, and the interval's z."""

    least_firms: int
    least_hits: int
    z: float

    @classmethod
    def in_force(cls, on: date) -> "Caution":
        held = in_force("trials", "caution", on)
        return cls(held["least_firms"], held["least_hits"], held["z"])


def wilson(arm: Counted, z: float) -> tuple[float, float]:
    """The interval of a share (Wilson 1927), within 0 and 1; all of it for an arm without firms."""
    if not arm.firms:
        return 0.0, 1.0
    n, p = arm.firms, arm.share
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def newcombe(one: Counted, other: Counted, z: float) -> tuple[float, float, float]:
    """The share of one less the other's, with its interval from both Wilson intervals (Newcombe 1998, method 10)."""
    (low_1, high_1), (low_2, high_2) = wilson(one, z), wilson(other, z)
    p_1, p_2 = one.share, other.share
    low = p_1 - p_2 - sqrt((p_1 - low_1) ** 2 + (high_2 - p_2) ** 2)
    high = p_1 - p_2 + sqrt((high_1 - p_1) ** 2 + (p_2 - low_2) ** 2)
    return p_1 - p_2, low, high


def effect(treated: Counted, held_out: Counted, caution: Caution) -> Effect:
    """Treated less held out, its interval, and its state."""
    if not treated.firms or not held_out.firms:
        return Effect(None, None, None, TrialState.COLLECTING)
    difference, low, high = newcombe(treated, held_out, caution.z)
    return Effect(difference, low, high, _state(treated, held_out, low, high, caution))


def _state(treated: Counted, held_out: Counted, low: float, high: float, caution: Caution) -> TrialState:
    """Too little is too little even where the interval leaves 0 out: the first hits come in clusters."""
    few = min(treated.firms, held_out.firms) < caution.least_firms
    if few or treated.hits + held_out.hits < caution.least_hits:
        return TrialState.COLLECTING
    return TrialState.INCONCLUSIVE if low <= 0 <= high else TrialState.SEPARATED
