"""The short survey after a contact; requests, questions, faults and complaints of firms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xiaoer.kit.parameters import in_force

LINK, CALL = "message", "call"  # ways a survey goes out: a link the bank sends, or a script for a call
WORST, BEST = 0, 10
LONGEST_COMMENT = 500


@dataclass(frozen=True)
class SurveyRule:
    """After which outcomes a survey goes out, how many days it is open, which scores are called back, its topics."""

    after: frozenset[str]
    valid_days: int
    low_score: int
    topics: tuple[str, ...]

    @classmethod
    def in_force(cls, on: date) -> "SurveyRule":
        held = in_force("satisfaction", "survey", on)
        return cls(frozenset(held["after"]), held["valid_days"], held["low_score"], tuple(held["topics"]))


@dataclass(frozen=True)
class Said:
    """What a firm answered: a score of 0 to 10, topics it named, its own words."""

    score: int
    topics: tuple[str, ...] = ()
    comment: str = ""


class Kind(StrEnum):
    """What a firm came with."""

    COMPLAINT = "complaint"
    FAULT = "fault"
    REQUEST = "request"
    QUESTION = "question"


class State(StrEnum):
    """Where it stands: solved waits for the firm's word; only closed lets go of a complaint's stop."""

    OPEN = "open"
    SOLVED = "solved"
    CLOSED = "closed"


class Deed(StrEnum):
    """What somebody does with one."""

    RECORDED = "recorded"
    TAKEN = "taken"
    HANDED = "handed"
    DUE = "due"
    NOTE = "note"
    SOLVED = "solved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"


TURNS = (Deed.SOLVED, Deed.CONFIRMED, Deed.REOPENED)  # the last of these decides the state
TOPICS = ("fees", "speed", "attitude", "system", "loan", "account", "harassment", "other")
WAYS_IN = ("visit", "call", "message", "email", "branch", "app")
LONGEST_WORDS, SHORTEST_REASON = 500, 4


@dataclass(frozen=True)
class RequestRule:
    """Working days by kind, months closed ones are kept, how far a deadline may lie ahead, outcomes that become one."""

    due_days: Mapping[str, int]
    kept_months: int
    furthest_days: int
    becomes: Mapping[str, str]

    @classmethod
    def in_force(cls, on: date) -> "RequestRule":
        held = in_force("satisfaction", "requests", on)
        return cls(held["due_days"], held["kept_months"], held["furthest_days"], held["becomes"])


@dataclass(frozen=True)
class Asked:
    """What a firm came with, as written down: its kind, what it is about, how it came, in its words."""

    kind: str
    topic: str
    channel: str
    words: str


@dataclass(frozen=True)
class Step:
    """A deed with what it needs: an owner, a day, words."""

    deed: Deed
    owner_id: str = ""
    due: date | None = None
    words: str = ""
