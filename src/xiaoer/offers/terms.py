"""What can be proposed to a manager for a morning, and what it takes and brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xiaoer.kit.parameters import in_force
from xiaoer.kit.text import Reason

FEN_PER_WAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Effort:
    """What a contact of one sort takes (minutes), its chance, and what it brings."""

    kind: str
    purpose: str
    minutes: int
    chance: float
    brings: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters of proposing on a day; money in fen."""

    minute_cost: int
    capacity_minutes: int
    more_than_fits: int
    rest_days: int
    least_visit_minutes: int
    roll: tuple[tuple[int, float], ...]
    holdout_share: float
    loss_given_default: float
    efforts: Mapping[str, Effort]
    loan: Mapping[str, Any]
    weights: Mapping[str, int]

    @classmethod
    def in_force(cls, on: date) -> "Terms":
        held = in_force("offers", "contacts", on)
        return cls(
            minute_cost=round(held["minute_cost_yuan"] * 100),
            capacity_minutes=held["capacity_minutes"],
            more_than_fits=held["more_than_fits"],
            rest_days=held["rest_days"],
            least_visit_minutes=held["least_visit_minutes"],
            roll=tuple((int(days), chance) for days, chance in held["roll"]),
            holdout_share=held["holdout_share"],
            loss_given_default=held["loss_given_default"],
            efforts={name: Effort(**entry) for name, entry in held["rules"].items()},
            loan=held["loan"],
            weights=held["weights"],
        )


@dataclass(frozen=True, slots=True)
class Occasion:
    """One reason to see a firm: an event, a promise that falls due, or the contact plan.

    `effort` comes with a rule the bank wrote itself; every other occasion has its own in the parameters.
    """

    rule: str
    severity: str
    because: Reason
    goal: Reason
    amount: int
    source: str = ""
    kind: str | None = None
    effort: Effort | None = None


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """What proposing needs to know of a firm; amounts in fen."""

    customer_id: str
    branch_id: str
    manager_id: str
    potential: int
    loan_balance: int
    probability: float | None
    band: str | None
    days_past_due: int = 0
    occasions: tuple[Occasion, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Candidate:
    """An occasion weighed for a firm: what it brings, costs, and its place in the queue."""

    firm: FirmFacts
    occasion: Occasion
    effort: Effort
    expected_return: int
    cost: int
    priority: float
    stopped: Reason | None = None
    arm: str = "treated"
    arm_probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of a manager's morning."""

    offer_id: str
    candidate: Candidate
    because: tuple[Reason, ...]
    rank: int
    fits: bool
    changed: Reason | None
