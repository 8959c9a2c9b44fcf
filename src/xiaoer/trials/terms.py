"""What is known of two arms, and what may be said of their difference."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xiaoer.kit.parameters import in_force
from xiaoer.kit.refusal import Refusal


class State(StrEnum):
    """What a difference allows to say: wait; nothing either way; one arm is better."""

    COLLECTING = "collecting"
    INCONCLUSIVE = "inconclusive"
    SEPARATED = "separated"


@dataclass(frozen=True)
class Arm:
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
    state: State


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
