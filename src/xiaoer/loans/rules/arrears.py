"""Money against dues, oldest first, for one note; the night does the same for all notes at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xiaoer.loans.terms import Due


@dataclass(frozen=True)
class Paid:
    """Money that came in for a note: fen of principal and interest together, penalties left out."""

    day: date
    amount: int


@dataclass(frozen=True)
class Standing:
    """How a note stands on a day: days past due, what is overdue (fen), the oldest day not paid for."""

    days_past_due: int
    overdue_amount: int
    oldest_due_date: date | None


def standing(dues: Sequence[Due], money: Sequence[Paid], on: date) -> Standing:
    """What came in up to a day covers dues in the order of their days; the first one not covered counts the days."""
    left = sum(one.amount for one in money if one.day <= on)
    overdue, oldest = 0, None
    for one in sorted(dues, key=lambda due: (due.day, due.number)):
        if one.day > on:
            break
        short = max(one.owed - max(left, 0), 0)
        left -= one.owed
        overdue += short
        oldest = one.day if short and oldest is None else oldest
    days = (on - oldest).days if oldest else 0
    return Standing(days, overdue if days else 0, oldest if days else None)
