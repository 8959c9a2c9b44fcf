"""Rules of attention, as dated parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from xiaoer.kit.parameters import in_force

FEN_PER_WAN = 1_000_000


class Rule(StrEnum):
    """What can be noticed about a firm."""

    TURNOVER_FALLS = "turnover_falls"
    TURNOVER_GROWS = "turnover_grows"
    SILENCE = "silence"
    MAIN_BUYER_LOST = "main_buyer_lost"
    MAIN_BUYER_NEW = "main_buyer_new"
    SEASON_AHEAD = "season_ahead"
    RED_PAPERS = "red_papers"
    BALANCE_FALLS = "balance_falls"
    LOAN_MATURES = "loan_matures"
    OVERDUE = "overdue"
    MISSING_FACTS = "missing_facts"
    NEED_AHEAD = "need_ahead"
    OPENING = "opening"
    ACTIVATION = "activation"
    COOLING = "cooling"
    DORMANT = "dormant"
    LAPSED = "lapsed"
    LEAVING = "leaving"
    OWNER_CHANGED = "owner_changed"
    LEGAL_PERSON_CHANGED = "legal_person_changed"
    ADDRESS_CHANGED = "address_changed"
    STAFF_CHANGED = "staff_changed"
    RECORD_MONTH = "record_month"
    NEW_LINE = "new_line"
    PAYMENT_OUT = "payment_out"
    PAYMENT_IN = "payment_in"
    BAD_RECORD = "bad_record"
    GOOD_RECORD = "good_record"
    LOGIN_BEFORE_MATURITY = "login_before_maturity"


REGISTERED = (Rule.OWNER_CHANGED, Rule.LEGAL_PERSON_CHANGED, Rule.ADDRESS_CHANGED, Rule.STAFF_CHANGED)
FIRM_LIFE = (*REGISTERED, Rule.RECORD_MONTH, Rule.NEW_LINE)  # told from a file, which their goals name


class Stage(StrEnum):
    """How alive a firm is with us, by what it does of itself."""

    ACTIVE = "active"
    COOLING = "cooling"
    DORMANT = "dormant"
    LAPSED = "lapsed"


class RecordKind(StrEnum):
    """What a system of the bank may post by day."""

    PAYMENT = "payment"
    LOGIN = "login"
    PUBLIC_RECORD = "public_record"


class Severity(StrEnum):
    """Act: somebody must; watch: somebody should know; note: for the file."""

    ACT = "act"
    WATCH = "watch"
    NOTE = "note"


@dataclass(frozen=True)
class Posted:
    """One record as posted: `number` is the posting system's own; `told` holds the fields of its kind.

    payment: direction (in, out), amount (fen), purpose, reversed. login: channel. public_record: record, role,
    amount (fen), changed (what of its registration).
    """

    kind: RecordKind
    number: str
    customer_id: str
    day: date
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Stored:
    """What the last night knows of the firm; amounts in fen, None where nobody told."""

    balance: int | None = None
    turnover_12m: int | None = None
    loan_balance: int | None = None
    matures_date: date | None = None


@dataclass(frozen=True)
class Rules:
    """Every rule's parameters on a day."""

    held: Mapping[str, Mapping[str, Any]]

    @classmethod
    def in_force(cls, on: date) -> "Rules":
        held = in_force("events", "rules", on)
        return cls({rule.value: held[rule.value] for rule in Rule})

    def of(self, rule: Rule) -> Mapping[str, Any]:
        return self.held[rule.value]

    def by_record(self, kind: str) -> list[Rule]:
        """The rules that one record of this kind and the stored profile decide."""
        return [rule for rule in Rule if self.of(rule).get("record") == kind]

    def fen(self, rule: Rule, name: str) -> int:
        """An amount given in 万元, as fen."""
        return int(self.of(rule)[name] * FEN_PER_WAN)


@dataclass(frozen=True)
class Ladder:
    """When a firm cools, is dormant, has lapsed; and by stage and tier the days after which somebody turns to it."""

    least_moves: float
    most_of_before: float
    dormant_days: int
    lapsed_days: int
    stands_days: int
    steps: Mapping[Stage, Mapping[str, Sequence[int]]]

    @classmethod
    def in_force(cls, on: date) -> "Ladder":
        held = in_force("events", "ladder", on)
        steps = {Stage(stage): by_tier for stage, by_tier in held["steps"].items()}
        figures = ("least_moves", "most_of_before", "dormant_days", "lapsed_days", "stands_days")
        return cls(**{name: held[name] for name in figures}, steps=steps)
