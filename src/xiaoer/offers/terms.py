"""What can be proposed to a manager for a morning, and what it takes and brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from xiaoer.kit.parameters import in_force
from xiaoer.kit.scope import POOL
from xiaoer.kit.text import Reason
from xiaoer.offers.worth import Worth
from xiaoer.trials.families import Families

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
    families: Families
    loss_given_default: float
    efforts: Mapping[str, Effort]
    loan: Mapping[str, Any]
    weights: Mapping[str, int]
    context: Mapping[
        str, float
    ]  # by rule: how much likelier than a model says it is, the occasion being there
    worth: Worth

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
            families=Families.in_force(on),
            loss_given_default=held["loss_given_default"],
            efforts={name: Effort(**entry) for name, entry in held["rules"].items()},
            loan=held["loan"],
            weights=held["weights"],
            context=held["context"],
            worth=Worth.in_force(on),
        )

    def with_figures(self, figures: Mapping[str, int], families: Families) -> "Terms":
        """These terms with figures and hold-outs that two persons changed."""
        return replace(self, rest_days=figures.get("rest_days", self.rest_days), families=families)


@dataclass(frozen=True, slots=True)
class Room:
    """What there is on a day: minutes of managers and pools, and what the bank has set limits for; money in fen.

    `budget` by branch and what a contact of a rule `spends` of it; `quota` of contacts by rule, `products` of contacts
    about a product, both for the whole bank; `missed`: what it costs not to meet a firm whose turn it is. Empty, or 0:
    no such limit.
    """

    minutes: Mapping[str, int]
    budget: Mapping[str, int] = field(default_factory=dict)
    spends: Mapping[str, int] = field(default_factory=dict)
    quota: Mapping[str, int] = field(default_factory=dict)
    missed: int = 0
    products: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def in_force(cls, on: date, minutes: Mapping[str, int]) -> "Room":
        """Minutes of staff as the bank delivers them, pools and other limits as parameters set them."""
        held = in_force("offers", "room", on)
        pools = {f"{POOL}{branch}": minutes for branch, minutes in held["pool_minutes"].items()}
        return cls(
            {**pools, **minutes},
            {branch: round(yuan * 100) for branch, yuan in held["budget_yuan"].items()},
            {rule: round(yuan * 100) for rule, yuan in held["spends_yuan"].items()},
            dict(held["quota"]),
            round(held["missed_yuan"] * 100),
            dict(held["product_quota"]),
        )


def one_of_a_group(on: date) -> bool:
    """Whether of firms that belong together one is approached a day."""
    return bool(in_force("offers", "room", on)["one_of_a_group"])


def most_firms(on: date) -> int:
    """How many firms one manager can look after; more are flagged."""
    return int(in_force("offers", "room", on)["most_firms"])


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
    prize: int | None = None  # fen it brings, where it is not its rule's
    product_id: str = ""  # what is offered
    likely: "Likely | None" = None  # what a model says it comes to; without, the chance of its rule


@dataclass(frozen=True, slots=True)
class Likely:
    """The chance that it comes to it, the model that says so, and whether that is what asking adds (uplift)."""

    chance: float
    told_by: str
    added: bool = False


@dataclass(frozen=True, slots=True)
class Factors:
    """What the lever multiplies: propensity × context × prize − cost − patience; money in fen.

    `told_by`: the model that gave the propensity, "" where it is the bank's own figure for the rule.
    """

    propensity: float
    told_by: str
    context: float
    prize: int
    patience: int

    @property
    def chance(self) -> float:
        """Propensity in its context: at most certain."""
        return min(self.propensity * self.context, 1.0)


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
    belongs_to: str = ""  # firms that belong together carry the same
    wearied: float = 0.0  # what approaches of late still weigh
    met_by: str = ""  # who stands in for the manager on that day

    @property
    def group(self) -> str:
        """Of a group one firm is approached a day, and of a firm one occasion is taken."""
        return self.belongs_to or self.customer_id


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
    lever: float = 1.0  # how much more it counts for being urgent or promised
    family: str = ""  # of decisions with a hold-out; "" where nobody is left alone
    unit: str = ""  # the firm or group that was dealt its arm
    dealt_date: date | None = None
    factors: Factors | None = None

    @property
    def open(self) -> bool:
        """Nothing forbids it, and its firm is not left alone for comparison."""
        return not self.stopped and self.arm != "holdout"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of a manager's morning."""

    offer_id: str
    candidate: Candidate
    because: tuple[Reason, ...]
    rank: int
    fits: bool
    changed: Reason | None
    dropped: Reason | None = None  # why it did not fit
    hour_price: int = 0  # fen an hour of its manager brings that day at the margin


@dataclass(frozen=True, slots=True)
class PlacePrice:
    """A place of a kind of capacity: how much there was and is used; `price`: fen one more hour, yuan or piece brings.

    `left_out`: firms worth meeting that found no place, `left_worth`: what they would have brought (fen).
    """

    kind: str
    place: str
    branch_id: str
    manager_id: str
    capacity: int
    used: int
    price: int
    left_out: int
    left_worth: int
