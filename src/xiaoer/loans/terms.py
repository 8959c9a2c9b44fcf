"""Words of lending: notes, plans, arrears, the five classes, and the dated parameters they are judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from xiaoer.kit.facts.terms import Fact
from xiaoer.kit.parameters import in_force

FEN_PER_WAN = 1_000_000
CURRENT = 0  # the bucket of a note with nothing past due


class AssetClass(StrEnum):
    """How a claim is judged; one that nobody marked is judged as non-retail, the stricter way."""

    RETAIL = "retail"
    NON_RETAIL = "non_retail"


class FiveClass(StrEnum):
    """The five classes, best first; the last three are non-performing."""

    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"

    @property
    def grade(self) -> int:
        """0 for normal to 4 for loss."""
        return list(FiveClass).index(self)

    @property
    def non_performing(self) -> bool:
        return self.grade >= NON_PERFORMING


NON_PERFORMING = 2  # the grade of substandard


class Method(StrEnum):
    """How a note is repaid."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_THEN_PRINCIPAL = "interest_then_principal"
    BULLET = "bullet"
    REVOLVING = "revolving"


class DayRule(StrEnum):
    """Where a due day goes that is no working day."""

    AS_WRITTEN = "as_written"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    PRECEDING = "preceding"


class Repricing(StrEnum):
    """When a floating rate takes the LPR of the day."""

    NEW_YEAR = "new_year_repricing"
    ANNIVERSARY = "anniversary"


class Step(StrEnum):
    """The three hands a class change passes through, or its end."""

    MADE = "made"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RETURNED = "returned"


class Escalation(StrEnum):
    """Who hears of a check that is due or over."""

    MANAGER = "manager"
    HEAD = "branch_head"
    RISK = "risk_officer"


@dataclass(frozen=True)
class Loan:
    """What a plan is worked out from: principal in fen, the rate a fraction per year, the last day to pay."""

    principal: int
    rate: Fraction
    drawn: date
    matures: date
    months: int
    method: Method
    pay_day: int = 21
    day_rule: DayRule = DayRule.AS_WRITTEN


@dataclass(frozen=True)
class Due:
    """One instalment: its day, principal and interest in fen."""

    number: int
    day: date
    principal: int
    interest: int

    @property
    def owed(self) -> int:
        return self.principal + self.interest


@dataclass(frozen=True)
class ClassRule:
    """At least this class for a claim whose `measure` lies above a limit, or makes up more than a share `of` another.

    `above` and `reaches` are in the measure's own unit (days, 1 for yes), or percent where `of` is named.
    """

    code: str
    article: str
    at_least: FiveClass
    applies: str  # all | retail | non_retail
    measure: str
    of: str = ""
    above: int | None = None
    reaches: int | None = None
    view: str = "note"  # note | debtor: the second looks at all claims on the debtor
    on: bool = True
    checked: bool = True
    source: str = ""  # where it was read
    missing: str = ""  # what nobody has compared with the official text yet

    def concerns(self, asset_class: str) -> bool:
        return self.applies in {"all", asset_class}

    def holds(self, facts: Mapping[str, int]) -> bool:
        """Whether facts (whole numbers: days, fen, 1 for yes) meet the condition; nothing known, nothing held."""
        value, limit = facts.get(self.measure, 0), facts.get(self.of, 0) if self.of else 1
        if self.of:
            value = value * 100
        if self.above is not None:
            return limit > 0 and value > self.above * limit
        return limit > 0 and value >= (self.reaches or 1) * limit


@dataclass(frozen=True)
class RuleBook:
    """The rules of a day, in the order in which they are named, and what they wait for."""

    rules: tuple[ClassRule, ...]
    observation_days: int
    observation_periods: int
    cure_days: int
    cure_periods: int

    @classmethod
    def in_force(cls, on: date) -> "RuleBook":
        held = in_force("loans", "classification", on)
        rules = [ClassRule(**(one | {"at_least": FiveClass(one["at_least"])})) for one in held["rules"]]
        if held["technical_delay_excepted"]:
            rules = [
                replace(one, above=held["technical_delay_days"]) if one.code == "overdue" else one
                for one in rules
            ]
        names = ("observation_days", "observation_periods", "cure_days", "cure_periods")
        return cls(tuple(one for one in rules if one.on), **{name: held[name] for name in names})

    def of_view(self, view: str) -> tuple[ClassRule, ...]:
        return tuple(one for one in self.rules if one.view == view)

    def article(self, code: str) -> str:
        """The article a rule stands in, empty for none."""
        return next((one.article for one in self.rules if one.code == code), "")


@dataclass(frozen=True)
class Buckets:
    """First days of the reporting buckets, smallest first; a bucket is called by its first day."""

    floors: tuple[int, ...]

    @classmethod
    def in_force(cls, on: date) -> "Buckets":
        return cls(tuple(in_force("loans", "buckets", on)["first_days"]))

    def of(self, days_past_due: int) -> int:
        """The bucket of a number of days, 0 for none past due."""
        return max((floor for floor in self.floors if floor <= days_past_due), default=CURRENT)


@dataclass(frozen=True)
class Inclusive:
    """What counts as an inclusive small-business loan."""

    most_limit: int  # fen
    sizes: frozenset[str]
    kinds: frozenset[str]
    bills: frozenset[str]

    @classmethod
    def in_force(cls, on: date) -> "Inclusive":
        held: Mapping[str, Any] = in_force("loans", "inclusive", on)
        return cls(
            held["most_limit_wan"] * FEN_PER_WAN,
            frozenset(held["sizes"]),
            frozenset(held["kinds"]),
            frozenset(held["bill_products"]),
        )


@dataclass(frozen=True)
class Checks:
    """When notes are checked, and how money is followed after a drawing; amounts in fen."""

    first_days: int
    class_days: tuple[int, ...]
    large_balance: int
    large_days: int
    product_days: Mapping[str, int]
    escalate_days: tuple[int, int]
    trace_days: int
    forbidden_purposes: frozenset[str]
    unclear_purposes: frozenset[str]
    most_forbidden_share: float
    traced_drawn_days: int

    @classmethod
    def in_force(cls, on: date) -> "Checks":
        held: Mapping[str, Any] = in_force("loans", "checks", on)
        to_head, to_risk = held["escalate_days"]
        plain = (
            "first_days",
            "large_days",
            "product_days",
            "trace_days",
            "most_forbidden_share",
            "traced_drawn_days",
        )
        return cls(
            class_days=tuple(held["class_days"]),
            large_balance=held["large_wan"] * FEN_PER_WAN,
            escalate_days=(to_head, to_risk),
            forbidden_purposes=frozenset(held["forbidden_purposes"]),
            unclear_purposes=frozenset(held["unclear_purposes"]),
            **{name: held[name] for name in plain},
        )


@dataclass(frozen=True)
class Flexible:
    """For whom there is an easier plan, and what it costs; `spread` in basis points."""

    least_drawn_days: int
    clean_days: int
    least_months_left: int
    spread: Fraction

    @classmethod
    def in_force(cls, on: date) -> "Flexible":
        held: Mapping[str, Any] = in_force("loans", "flexible", on)
        names = ("least_drawn_days", "clean_days", "least_months_left")
        return cls(**{name: held[name] for name in names}, spread=Fraction(held["spread_bp"]))


@dataclass(frozen=True)
class Plans:
    """From how much on (fen, one instalment) a delivered plan departs from its terms."""

    tolerance: int

    @classmethod
    def in_force(cls, on: date) -> "Plans":
        return cls(in_force("loans", "plans", on)["tolerance_fen"])


@dataclass(frozen=True, kw_only=True)
class ClassChanged(Fact):
    """Three people agreed on another class for a note."""

    note_id: str
    from_class: str
    to_class: str
    rule: str
    day: date
