"""The short survey after a contact."""

from dataclasses import dataclass
from datetime import date

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
