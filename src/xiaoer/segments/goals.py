"""Goals of an account plan: where one stands against the way from its start to its day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xiaoer.kit.parameters import in_force

WORDS = "words"
MEASURES = ("deposits", "turnover", "products", "loans", "contribution", WORDS)
AMOUNTS = ("deposits", "turnover", "loans", "contribution")


class State(StrEnum):
    """How a goal stands; LATE: its day has passed."""

    REACHED = "reached"
    ON_WAY = "on_way"
    BEHIND = "behind"
    LATE = "late"


@dataclass(frozen=True)
class Wanted:
    """A goal as somebody sets it; `target` in fen, or pieces, None for a goal of words."""

    measure: str
    target: int | None
    due: date
    words: str = ""


@dataclass(frozen=True)
class Way:
    """From where to where, and between which days; fen, or pieces for products."""

    start: int
    target: int
    begun: date
    due: date

    def share(self, value: int) -> float:
        """The part of the way that is behind us, from 0 to 1; at the target 1, wherever one began."""
        if value >= self.target:
            return 1.0
        length = self.target - self.start
        return max(0.0, (value - self.start) / length) if length > 0 else 0.0

    def expected(self, today: date) -> float:
        """The part of the time that is behind us, from 0 to 1."""
        days = (self.due - self.begun).days
        return min(1.0, max(0.0, (today - self.begun).days / days)) if days > 0 else 1.0

    def outlook(self, value: int, today: date, least_days: int) -> int | None:
        """Where the pace so far leads by the goal's day; None before so many days have shown a pace."""
        gone = (today - self.begun).days
        if gone < least_days or today >= self.due:
            return None
        return round(self.start + (value - self.start) * (self.due - self.begun).days / gone)


@dataclass(frozen=True)
class Patience:
    """How far behind the way a goal may be before it is said, how soon a pace counts, how many goals a firm has."""

    slack: float
    least_days: int
    most_goals: int
    furthest_days: int

    @classmethod
    def in_force(cls, on: date) -> "Patience":
        held = in_force("segments", "account_plan", on)
        return cls(held["slack"], held["least_days"], held["most_goals"], held["furthest_days"])


def state(way: Way, value: int | None, today: date, patience: Patience) -> State:
    """How a measured goal stands; a value nobody knows is behind only when its day has passed."""
    if value is not None and value >= way.target:
        return State.REACHED
    if today > way.due:
        return State.LATE
    if value is None or (today - way.begun) < timedelta(days=patience.least_days):
        return State.ON_WAY
    behind = way.expected(today) - way.share(value)
    return State.BEHIND if behind > patience.slack else State.ON_WAY
