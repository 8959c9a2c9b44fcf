"""By when a request is to be dealt with, and where it stands."""

from datetime import date, timedelta
from typing import Any

from xiaoer.kit.dates import add_working_days
from xiaoer.satisfaction.terms import Deed, RequestRule, State


def due_date(kind: str, received: date, rule: RequestRule) -> date:
    """The last working day for a request of this kind; the day it was received does not count."""
    return add_working_days(received, rule.due_days[kind])


def deadlines(first: date, last: date, rule: RequestRule) -> list[dict[str, Any]]:
    """kind, requested_date and due_date of every day from `first` to `last`."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return [
        {"kind": kind, "requested_date": day, "due_date": due_date(kind, day, rule)}
        for kind in rule.due_days
        for day in days
    ]


def may_follow(state: State, deed: Deed) -> bool:
    """Whether a deed makes sense in a state: notes always, a closed one is first opened again."""
    if deed is Deed.NOTE:
        return True
    if deed is Deed.CONFIRMED:
        return state is State.SOLVED
    if deed is Deed.REOPENED:
        return state is not State.OPEN
    if deed is Deed.SOLVED:
        return state is State.OPEN
    return state is not State.CLOSED
