"""How late a firm or a note was through time: each change of bucket, and what made it.

A stretch is a due that was a note's oldest open one, from a day on up to and without another; the night works them
out of plans and repayments, and everything here follows from them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xiaoer.loans.terms import CURRENT, Buckets, ClassRule, RuleBook

ONE_DAY = timedelta(days=1)


class Cause(StrEnum):
    """What moved a firm or note from one bucket to another."""

    UNPAID = "unpaid"  # a due was not paid in full
    OLDER = "older"  # an open due grew older
    PAID = "paid"  # the oldest open due was paid


@dataclass(frozen=True)
class Stretch:
    """A due of a note that was its oldest open one; `until` is None while it is."""

    note_id: str
    due: date
    since: date
    until: date | None

    def runs(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)

    def days(self, on: date) -> int:
        """Days past due."""
        return (on - self.due).days


@dataclass(frozen=True)
class Change:
    """From one bucket to another on a day, by which note's due; buckets by their first day, 0 for none."""

    day: date
    before: int
    after: int
    stretch: Stretch
    cause: Cause
    left: Stretch | None  # the oldest due still open from that day on

    @property
    def days(self) -> int:
        """Days past due from that day on."""
        return self.left.days(self.day) if self.left else 0


def worst(stretches: Iterable[Stretch], on: date) -> Stretch | None:
    """The oldest due open on a day, over all notes; of equals the note with the smallest number."""
    running = [one for one in stretches if one.runs(on)]
    return min(running, key=lambda one: (one.due, one.note_id), default=None)


def days_late(stretches: Iterable[Stretch], on: date) -> int:
    """The most days past due of any note on a day."""
    oldest = worst(stretches, on)
    return oldest.days(on) if oldest else 0


def changes(stretches: Sequence[Stretch], buckets: Buckets, today: date) -> list[Change]:
    """Every change of bucket up to a day, the first one first."""
    days = sorted({day for one in stretches for day in _turns(one, buckets) if day <= today})
    seen = (_change(stretches, buckets, day) for day in days)
    return [one for one in seen if one is not None]


def rule_of(days: int, book: RuleBook) -> ClassRule | None:
    """The rule that so many days past due meet; None for none past due."""
    counted = [one for one in book.rules if one.measure == "days_past_due" and one.holds({one.measure: days})]
    return max(counted, key=lambda one: one.at_least.grade, default=None)


def _turns(one: Stretch, buckets: Buckets) -> list[date]:
    """Days on which this stretch may change a bucket."""
    reached = [one.due + timedelta(days=floor) for floor in buckets.floors]
    return [one.since, *([one.until] if one.until else []), *(day for day in reached if one.runs(day))]


def _change(stretches: Sequence[Stretch], buckets: Buckets, day: date) -> Change | None:
    before, after = worst(stretches, day - ONE_DAY), worst(stretches, day)
    was = buckets.of(before.days(day - ONE_DAY)) if before else CURRENT
    now = buckets.of(after.days(day)) if after else CURRENT
    if was == now:
        return None
    if before and (after is None or now < was):
        return Change(day, was, now, before, Cause.PAID, after)
    assert after is not None  # the bucket rose, so something is open  # noqa: S101
    grew = after.runs(day - ONE_DAY)
    return Change(day, was, now, after, Cause.OLDER if grew else Cause.UNPAID, after)
