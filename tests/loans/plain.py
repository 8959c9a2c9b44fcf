"""A second, plain telling of the rules, day by day and note by note, that shares nothing with the product's."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]
FLOORS = (1, 31, 61, 91, 181, 271, 361)


def cash_by_note(schedules: Iterable[Row], repayments: Iterable[Row]) -> dict[str, list[tuple[date, int]]]:
    """Money of each note with the day on which it counts."""
    repayments, schedules = list(repayments), list(schedules)
    begins = min((row["repaid_date"] for row in repayments), default=date.max)
    due = {(row["note_id"], row["instalment"]): row["due_date"] for row in schedules}
    cash: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for row in schedules:
        if row["paid_date"] and row["paid_date"] < begins:
            cash[row["note_id"]].append(
                (row["paid_date"], (row["paid_principal"] or 0) + (row["paid_interest"] or 0))
            )
    for row in repayments:
        day = row["repaid_date"]
        if row["early"]:
            day = max(day, due.get((row["note_id"], row["instalment"]), day))
        cash[row["note_id"]].append((day, (row["principal"] or 0) + (row["interest"] or 0)))
    return cash


def days_past_due(dues: list[Row], cash: list[tuple[date, int]], until: date) -> Iterator[tuple[date, int]]:
    """Each day from the first due to `until` with its days past due, by paying off one due after another."""
    open_dues = [[row["due_date"], (row["principal"] or 0) + (row["interest"] or 0)]
                 for row in sorted(dues, key=lambda row: (row["due_date"], row["instalment"]))]  # fmt: skip
    came = defaultdict(int)
    for paid_on, amount in cash:
        came[paid_on] += amount
    purse = sum(amount for paid_on, amount in came.items() if open_dues and paid_on < open_dues[0][0])
    day = open_dues[0][0] if open_dues else until + timedelta(1)
    while day <= until:
        purse += came[day]
        while open_dues and open_dues[0][0] <= day and purse >= open_dues[0][1]:
            purse -= open_dues.pop(0)[1]
        late = bool(open_dues) and open_dues[0][0] < day
        yield day, (day - open_dues[0][0]).days if late else 0
        day += timedelta(1)


def band(days: int) -> int:
    """The first day of the bucket."""
    return max((floor for floor in FLOORS if floor <= days), default=0)


def in_and_out(days: Iterable[tuple[date, int]]) -> list[tuple[int, date, date | None]]:
    """Bucket, day in, day out (None while it lasts), for one note."""
    told: list[tuple[int, date, date | None]] = []
    now, since = 0, date.min
    for day, late in days:
        if band(late) != now:
            if now:
                told.append((now, since, day))
            now, since = band(late), day
    if now:
        told.append((now, since, None))
    return told


def five_class(days: int) -> str:
    """By days alone, as for retail notes."""
    if days > 360:
        return "loss"
    if days > 270:
        return "doubtful"
    if days > 90:
        return "substandard"
    return "special_mention" if days else "normal"
