"""The trade's calendar: before which days firms of an industry need money, by feast or by date."""

from dataclasses import dataclass
from datetime import date, timedelta

from xiaoer.kit.dates import Feast, next_feast
from xiaoer.kit.parameters import in_force


@dataclass(frozen=True)
class Season:
    """An occasion that lies ahead: its day, and the day from which it is spoken of.

    `industries`: beginnings of industry codes, none for every firm; `looks_at`: purchases or wages.
    """

    name: str
    day: date
    begins: date
    industries: tuple[str, ...]
    looks_at: str


def seasons(on: date) -> list[Season]:
    """The occasions spoken of on a day, the nearest first."""
    found = []
    for name, held in in_force("events", "calendar", on)["seasons"].items():
        day = _day(held, on)
        if held["until_days"] <= (day - on).days <= held["from_days"]:
            begins = day - timedelta(days=held["from_days"])
            found.append(Season(name, day, begins, tuple(held["industries"]), held["looks_at"]))
    return sorted(found, key=lambda one: (one.day, one.name))


def _day(held: dict[str, object], on: date) -> date:
    """The feast's next day, or the date's; the day itself counts."""
    if "feast" in held:
        return next_feast(Feast(str(held["feast"])), on - timedelta(days=1))
    month, day = (int(part) for part in str(held["on"]).split("-"))
    this_year = date(on.year, month, day)
    return this_year if this_year >= on else date(on.year + 1, month, day)
