"""Stages, parts and steps of an application, papers and exceptions; figures of a day from parameters.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

from xiaoer.kit.facts.terms import Fact
from xiaoer.kit.money import FEN_PER_YUAN
from xiaoer.kit.parameters import in_force

ROOM = "applications"
FEN_PER_WAN = 10_000 * FEN_PER_YUAN
EXEMPTION = "exemption"  # not a part of its own: a decision beside review and approval


class Stage(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"
    SURVEY = "survey"
    FORM = "form"
    REVIEW = "review"
    APPROVAL = "approval"
    SIGNING = "signing"
    DRAWDOWN = "drawdown"
    DRAWN = "drawn"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What moves an application."""

    REQUEST = "request"
    TAKE = "take"
    SURVEYED = "surveyed"
    SUBMIT = "submit"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    SIGN = "sign"
    DRAW = "draw"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"


class Part(StrEnum):
    """Who of an application: three posts and the two decisions between them."""

    MARKETING = "marketing"
    INVESTIGATION = "investigation"
    REVIEW = "review"
    APPROVAL = "approval"
    BACK_OFFICE = "back_office"


class PaperState(StrEnum):
    """How an item of the checklist stands."""

    MISSING = "missing"
    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"
    EXEMPT = "exempt"


RIGHTS: Mapping[str, str] = {  # what a post must carry for a part
    Part.MARKETING: "applications.marketing",
    Part.INVESTIGATION: "applications.investigation",
    Part.REVIEW: "applications.review",
    Part.APPROVAL: "applications.approval",
    Part.BACK_OFFICE: "applications.back_office",
}
STAGES = tuple(Stage)
ENDED = frozenset({Stage.DRAWN, Stage.DECLINED, Stage.WITHDRAWN})
OPEN = tuple(stage for stage in STAGES if stage not in ENDED)
PRODUCTS = ("credit", "mortgage", "guarantee", "invoice")
SOURCES = ("manager", "app", "branch", "referral", "campaign")
DECLINE_REASONS = ("credit_record", "cash_flow", "collateral", "policy", "documents", "other")
LONGEST_WORDS = 500
LARGEST_AMOUNT = (
    1_000 * FEN_PER_WAN
)  # inclusive lending ends here: 普惠型 at most ten million yuan per customer
LONGEST_TERM = 120


@dataclass(frozen=True, slots=True)
class Move:
    """A verb in a stage: where it leads, and whose part it is."""

    stage: Stage
    verb: Verb
    to: Stage
    part: Part


def _moves() -> tuple[Move, ...]:
    on_the_way = (
        (Verb.TAKE, Part.INVESTIGATION), (Verb.SURVEYED, Part.INVESTIGATION), (Verb.SUBMIT, Part.INVESTIGATION),
        (Verb.RECOMMEND, Part.REVIEW), (Verb.APPROVE, Part.APPROVAL), (Verb.SIGN, Part.BACK_OFFICE),
        (Verb.DRAW, Part.BACK_OFFICE),
    )  # fmt: skip
    ahead = [Move(OPEN[at], verb, STAGES[at + 1], part) for at, (verb, part) in enumerate(on_the_way)]
    back = [Move(one.stage, Verb.SEND_BACK, STAGES[at], one.part) for at, one in enumerate(ahead[1:])]
    no = [Move(one.stage, Verb.DECLINE, Stage.DECLINED, one.part) for one in ahead[3:5]]
    gone = [Move(stage, Verb.WITHDRAW, Stage.WITHDRAWN, Part.MARKETING) for stage in OPEN]
    return (*ahead, *back, *no, *gone)


MOVES: Mapping[tuple[Stage, Verb], Move] = {(one.stage, one.verb): one for one in _moves()}


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody had a part in an application; `part` is a Part or EXEMPTION."""

    staff_id: str
    part: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist with how it stands."""

    kind: str
    state: PaperState = PaperState.MISSING
    expires_date: date | None = None

    @property
    def open(self) -> bool:
        return self.state not in {PaperState.VERIFIED, PaperState.EXEMPT}


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to a paper, in order; `expires_date` is its last good day."""

    kind: str
    state: PaperState
    expires_date: date | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """An exception granted for an item, through its last day or for good."""

    kind: str
    until_date: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """All of an application that a step depends on. `amount` in fen."""

    stage: Stage
    amount: int
    deeds: tuple[Deed, ...] = ()
    items: tuple[Item, ...] = ()
    appraised: bool = False
    joins: tuple[tuple[str, str], ...] = ()  # parts one person may hold together here: tracks.py


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to act: rights of the posts held, and the largest amount they may approve (fen)."""

    staff_id: str
    rights: frozenset[str] = frozenset()
    authority: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What comes with a step. Amounts in fen, rate a fraction per year, minutes of work."""

    words: str = ""
    minutes: int | None = None
    reason: str = ""
    amount: int | None = None
    rate: float | None = None
    term_months: int | None = None
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked for. Amount in fen."""

    customer_id: str
    product: str
    amount: int
    term_months: int
    purpose: str
    source: str = "manager"


@dataclass(frozen=True, slots=True)
class Clocks:
    """Office hours, planned waiting minutes per stage, planned work [least, most] of survey and form."""

    opens: time
    closes: time
    planned_minutes: Mapping[str, int]
    work_minutes: Mapping[str, tuple[int, int]]

    @classmethod
    def in_force(cls, on: date) -> Clocks:
        """As parameters.toml has them on a day."""
        told = in_force(ROOM, "clocks", on)
        work = {stage: (int(low), int(high)) for stage, (low, high) in told["work_minutes"].items()}
        return cls(told["opens"], told["closes"], dict(told["planned_minutes"]), work)


@dataclass(frozen=True, slots=True)
class Checklists:
    """Which papers a product needs from which amount (fen) on; `from_date` names the version."""

    from_date: date
    papers: Mapping[str, tuple[tuple[str, int], ...]]
    bank_products: Mapping[str, str]

    @classmethod
    def in_force(cls, on: date) -> Checklists:
        """As parameters.toml has them on a day."""
        return cls.of(in_force(ROOM, "checklists", on))

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Checklists:
        """One version of the section."""
        papers = {
            product: tuple((one["kind"], int(one.get("from_wan", 0)) * FEN_PER_WAN) for one in told[product])
            for product in PRODUCTS
        }
        return cls(told["from_date"], papers, dict(told.get("bank_products", {})))

    def needed(self, product: str, amount: int) -> tuple[str, ...]:
        """Kinds of paper for a product and amount; every kind of the list for an unknown product."""
        lines = self.papers.get(product) or {line: None for all_of in self.papers.values() for line in all_of}
        return tuple(dict.fromkeys(kind for kind, least in lines if amount >= least))


def authority(posts: tuple[str, ...], on: date) -> int:
    """The largest amount (fen) that somebody with these posts may approve."""
    limits = in_force(ROOM, "authority", on)["limits_wan"]
    return max((int(limits.get(post, 0)) for post in posts), default=0) * FEN_PER_WAN


@dataclass(frozen=True, kw_only=True)
class ApplicationMoved(Fact):
    """An application went from one stage to another."""

    application_id: int
    verb: str
    stage: str
    day: date
