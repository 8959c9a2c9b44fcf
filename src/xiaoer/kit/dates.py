"""Days, months, the Chinese calendar, and the clock, which is always an argument.

This is the only file that may ask the machine what time it is.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from lunar_python import Lunar
from lunar_python.util import HolidayUtil

# China keeps one time and has had no summer time since 1991; a fixed offset needs no time-zone files.
CHINA = timezone(timedelta(hours=8), "CST")
_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = 12


class Clock(Protocol):
    """What time it is, handed in by whoever starts the work."""

    def now(self) -> datetime:
        """The instant, with a time zone."""
        ...

    def today(self) -> date:
        """The day in China."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The present day in China."""
        return self.now().astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: tests, demonstrations, a night run for a past date."""

    day: date
    hour: int = 9
    minute: int = 0

    def now(self) -> datetime:
        """The fixed instant."""
        return datetime(self.day.year, self.day.month, self.day.day, self.hour, self.minute, tzinfo=CHINA)

    def today(self) -> date:
        """The fixed day."""
        return self.day


def day_number(day: date) -> int:
    """Days since 1970-01-01; engines without date subtraction subtract these."""
    return day.toordinal() - _EPOCH


def from_day_number(number: int) -> date:
    """The day with this number."""
    return date.fromordinal(number + _EPOCH)


def month_start(day: date) -> date:
    """The first of the day's month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_ends(last: date, count: int) -> list[date]:
    """A day and the ends of the months before its own, so many in all, the oldest first."""
    found = [last]
    while len(found) < count:
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return found[::-1]


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the month's last day where that day does not exist."""
    years, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def months_between(earlier: date, later: date) -> int:
    """Calendar months from one day's month to the other's; negative when they are the wrong way round."""
    return (later.year - earlier.year) * _MONTHS + later.month - earlier.month


def month_label(day: date) -> str:
    """The month as "2025-11"."""
    return f"{day.year:04d}-{day.month:02d}"


def last_months(day: date, count: int) -> list[str]:
    """Labels of the last `count` months, oldest first, ending with the day's own month."""
    return [month_label(add_months(month_start(day), -back)) for back in range(count - 1, -1, -1)]


class Feast(StrEnum):
    """Days a small firm's year turns on."""

    NEW_YEAR = "new_year"
    SPRING_FESTIVAL = "spring_festival"
    LANTERN = "lantern"
    QINGMING = "qingming"
    LABOUR_DAY = "labour_day"
    DRAGON_BOAT = "dragon_boat"
    GHOST = "ghost"
    MID_AUTUMN = "mid_autumn"
    NATIONAL_DAY = "national_day"
    DOUBLE_NINTH = "double_ninth"
    WINTER_SOLSTICE = "winter_solstice"


_FIXED = {Feast.NEW_YEAR: (1, 1), Feast.LABOUR_DAY: (5, 1), Feast.NATIONAL_DAY: (10, 1)}
_LUNAR = {
    Feast.SPRING_FESTIVAL: (1, 1),
    Feast.LANTERN: (1, 15),
    Feast.DRAGON_BOAT: (5, 5),
    Feast.GHOST: (7, 15),
    Feast.MID_AUTUMN: (8, 15),
    Feast.DOUBLE_NINTH: (9, 9),
}
_SOLAR_TERMS = {Feast.QINGMING: "清明", Feast.WINTER_SOLSTICE: "DONG_ZHI"}  # the table's names for them


@lru_cache(maxsize=1024)
def feast_day(feast: Feast, year: int) -> date:
    """The feast's day in this solar year, also for the feasts of the lunar calendar."""
    if feast in _FIXED:
        return date(year, *_FIXED[feast])
    if feast in _LUNAR:
        solar = Lunar.fromYmd(year, *_LUNAR[feast]).getSolar()
    else:
        solar = Lunar.fromYmd(year, 3, 1).getJieQiTable()[_SOLAR_TERMS[feast]]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def next_feast(feast: Feast, after: date) -> date:
    """The feast's first day strictly after the given one."""
    this_year = feast_day(feast, after.year)
    return this_year if this_year > after else feast_day(feast, after.year + 1)


@lru_cache(maxsize=8192)
def is_working_day(day: date) -> bool:
    """Whether offices work, by the State Council's list where it is known.

    The list moves weekends about and comes out a year ahead at most; for later years weekends and the
    feasts themselves are free.
    """
    listed = HolidayUtil.getHoliday(day.year, day.month, day.day)
    if listed is not None:
        return bool(listed.isWork())
    return day.weekday() < calendar.SATURDAY and not (_unlisted(day.year) and day in _free_feasts(day.year))


def next_working_day(day: date) -> date:
    """The day itself if offices work, else the first later day on which they do."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The working day `count` working days after the given day."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def working_minutes(start: datetime, end: datetime, *, opens: time, closes: time) -> int:
    """Whole minutes of office hours between two instants, China time; 0 when they are the wrong way round."""
    begun, ended = start.astimezone(CHINA), end.astimezone(CHINA)
    span = (ended.date() - begun.date()).days
    days = (begun.date() + timedelta(days=step) for step in range(span + 1))
    return sum(_office_minutes(day, begun, ended, opens, closes) for day in days if is_working_day(day))


def _office_minutes(day: date, begun: datetime, ended: datetime, opens: time, closes: time) -> int:
    first = max(begun, datetime.combine(day, opens, CHINA))
    last = min(ended, datetime.combine(day, closes, CHINA))
    return max(0, int((last - first).total_seconds()) // 60)


def _unlisted(year: int) -> bool:
    return HolidayUtil.getHoliday(year, 10, 1) is None


@lru_cache(maxsize=64)
def _free_feasts(year: int) -> frozenset[date]:
    long = (Feast.SPRING_FESTIVAL, Feast.NATIONAL_DAY)
    short = (Feast.NEW_YEAR, Feast.QINGMING, Feast.LABOUR_DAY, Feast.DRAGON_BOAT, Feast.MID_AUTUMN)
    days = {feast_day(feast, year) for feast in short}
    days |= {feast_day(feast, year) + timedelta(days=more) for feast in long for more in range(3)}
    return frozenset(days)
