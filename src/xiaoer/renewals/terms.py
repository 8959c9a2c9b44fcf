"""Words of renewing a loan without repaying its principal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xiaoer.kit.parameters import in_force
from xiaoer.kit.text import Reason


class Condition(StrEnum):
    """What must hold; the first five as the notice lists them."""

    LAWFUL = "lawful_operation"
    GOING = "going_concern"
    CREDIT = "good_credit"
    STANDARD = "granting_standard"
    OWN = "own_conditions"
    NORMAL = "now_normal"
    IN_TIME = "in_time"


class State(StrEnum):
    """How a condition stands: met, not known enough, failed."""

    MET = "met"
    GAP = "gap"
    FAILED = "failed"


class Stage(StrEnum):
    """Where a maturing note stands."""

    FAILING = "failing"
    OPEN = "gaps_open"
    FIT = "fit"
    SIGNED = "signed"


@dataclass(frozen=True)
class Finding:
    """A condition, how it stands, and the evidence."""

    condition: Condition
    state: State
    because: tuple[Reason, ...]


@dataclass(frozen=True)
class Maturing:
    """What is known of a note that ends soon; None where nobody delivered it. Days, fen, fractions."""

    due_date: date
    grade: int
    late_days: int
    last_late_date: date | None
    secured_by_mortgage: bool
    records: tuple[str, ...] | None  # kinds of grave public records
    days_since_sale: int | None
    sales_share: float | None  # of the year before's
    bad_elsewhere: bool | None
    pd: float | None
    valued_date: date | None
    signed_date: date | None  # of the contract that follows


@dataclass(frozen=True)
class Terms:
    """The parameters in force."""

    days_ahead: int
    grave_records: frozenset[str]
    records_days: int
    most_quiet_days: int
    least_of_before: float
    most_late_days: int
    clean_days: int
    most_pd: float
    valuation_days: int

    @classmethod
    def in_force(cls, on: date) -> "Terms":
        held: Mapping[str, object] = in_force("renewals", "renewals", on)
        kept = {name: held[name] for name in cls.__annotations__}
        return cls(**(kept | {"grave_records": frozenset(kept["grave_records"])}))  # type: ignore[call-overload]
