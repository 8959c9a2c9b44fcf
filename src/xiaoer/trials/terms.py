"""What a trial is: two strategies, an arm for each firm, and how far the answer has come."""

from dataclasses import dataclass
from enum import StrEnum


class Arm(StrEnum):
    """Which strategy a firm belongs to, for as long as the trial lasts."""

    FIRST = "first"
    SECOND = "second"


class Order(StrEnum):
    """Whom a strategy approaches first."""

    NOBODY = "nobody"
    LOT = "lot"
    RESPONSE = "response"
    UPLIFT = "uplift"


class TrialState(StrEnum):
    """Until every planned outcome is in, nothing is concluded; after that the interval decides."""

    COLLECTING = "collecting"
    INCONCLUSIVE = "inconclusive"
    SEPARATED = "separated"


@dataclass(frozen=True)
class Strategy:
    """Approach so large a share of the arm's firms, in this order."""

    order: Order
    share: float = 0.2


@dataclass(frozen=True)
class Numbers:
    """What the models say of a firm: `asked`, its chance to take when approached; `effect`, what approaching adds."""

    asked: float
    effect: float

    def chance(self, *, approached: bool) -> float:
        """The chance that the firm takes."""
        return self.asked if approached else min(max(self.asked - self.effect, 0.0), 1.0)


@dataclass(frozen=True)
class Seen:
    """An arm so far: firms whose outcome is in, approached among them, and those that took."""

    firms: int
    approached: int
    took: int

    @property
    def share(self) -> float:
        return self.took / self.firms if self.firms else 0.0


@dataclass(frozen=True)
class Compared:
    """Second less first, as a difference of shares, with its 95 % interval (None before both arms have outcomes)."""

    difference: float | None
    low: float | None
    high: float | None
    state: TrialState

    @property
    def better(self) -> Arm | None:
        """The arm that did better; None unless they are separated."""
        if self.state is not TrialState.SEPARATED or self.difference is None:
            return None
        return Arm.SECOND if self.difference > 0 else Arm.FIRST
