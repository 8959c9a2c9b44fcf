"""The calendar: working days, month ends, lunar feasts, and how each industry's year runs."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from xiaoer.kit.dates import Feast, feast_day, is_working_day, next_feast
from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints
from xiaoer.simulator.terms import Month, table

ORDINARY_MONTH = 22.0
SATURDAY = 5
DECEMBER = 12
TERMS = ((3, 1), (9, 1))


@dataclass(frozen=True)
class DayBook:
    """For every industry and day of the simulation, how much business an ordinary firm does on it."""

    weights: Floats  # industries × days
    first: date
    free: Flags  # per day: offices are closed

    def span(self, month: Month) -> slice:
        begin = (month.first - self.first).days
        return slice(begin, begin + month.days)

    def season(self, month: Month) -> Floats:
        """Per industry: the month's business against an ordinary month of 22 days."""
        return self.weights[:, self.span(month)].sum(axis=1) / ORDINARY_MONTH

    def draw(self, rng: np.random.Generator, industry: Ints, month: Month) -> Days:
        """One business day of the month for each row, by its industry's weights."""
        return _drawn(rng, self.weights[:, self.span(month)], industry, month)

    def draw_by_habit(
        self, rng: np.random.Generator, industry: Ints, month: Month, free_days: Floats
    ) -> Days:
        """As `draw`, where rows differ in working on free days: 0 never, 1 like everybody."""
        part, free = self.weights[:, self.span(month)], self.free[self.span(month)]
        busy = np.where(free, 0.0, part) + 1e-12
        at_rest = np.where(free, part, 0.0) + 1e-12
        chance = free_days * at_rest.sum(axis=1)[industry]
        chance = chance / (chance + busy.sum(axis=1)[industry])
        off = rng.random(len(industry)) < chance
        return _drawn(rng, np.concatenate([busy, at_rest]), industry + len(part) * off, month)

    def next_working(self, days: Days) -> Days:
        """Each day itself where offices are open, else the next one on which they are; not beyond the last day."""
        at = (days - np.datetime64(self.first)).astype(int)
        last = len(self.free) - 1
        following = np.minimum.accumulate(np.where(self.free, last, np.arange(last + 1))[::-1])[::-1]
        inside = following[at.clip(0, last)]
        return np.where(at <= last, np.datetime64(self.first) + inside.astype("timedelta64[D]"), days)


def _drawn(rng: np.random.Generator, part: Floats, row: Ints, month: Month) -> Days:
    """One day of the month for each entry of `row`, by that row of weights."""
    edges = np.cumsum(part, axis=1) / part.sum(axis=1, keepdims=True)
    flat = (edges + np.arange(len(part))[:, None]).ravel()
    place = np.searchsorted(flat, row + rng.random(len(row)), side="right")
    offset = (place - row * month.days).clip(0, month.days - 1)
    return np.datetime64(month.first) + offset.astype("timedelta64[D]")


def day_book(months: list[Month]) -> DayBook:
    """The day book of the whole simulation."""
    first, last = months[0].first, months[-1].last
    days = [first + timedelta(offset) for offset in range((last - first).days + 1)]
    common = np.array([_of_week(day) * _of_month(day) * _of_year(day) for day in days])
    rows = [_industry_days(row, days) * common for row in table("industries")["industry"]]
    return DayBook(np.array(rows), first, np.array([not is_working_day(day) for day in days]))


def _of_week(day: date) -> float:
    week = table("trade")["week"]
    if is_working_day(day):
        return float(week["weekdays"][day.weekday()] if day.weekday() < SATURDAY else week["moved"])
    if day.weekday() < SATURDAY:
        return float(week["holiday"])
    return float(week["saturday"] if day.weekday() == SATURDAY else week["sunday"])


def _of_month(day: date) -> float:
    month = table("trade")["month"]
    if day.day <= month["first"]:
        return float(month["first_days"])
    low, high = month["late"]
    return float(month["late_days"]) if low <= day.day <= high else 1.0


def _of_year(day: date) -> float:
    """The common course of the year; about Spring Festival the feast rules, but for the rush of the year's end."""
    course = float(table("trade")["year"]["months"][day.month - 1])
    for feast in (next_feast(Feast.SPRING_FESTIVAL, day), feast_day(Feast.SPRING_FESTIVAL, day.year)):
        away = (day - feast).days
        for low, high, factor in table("trade")["spring"]["phases"]:
            if low <= away <= high:
                return max(course, float(factor)) if day.month == DECEMBER else float(factor)
    return course


def _industry_days(row: Array, days: list[date]) -> Floats:
    return np.array([_factor(row, day) for day in days])


def _factor(row: Array, day: date) -> float:
    """What sets an industry apart: its own months, and stocking before the feasts and terms it lives on."""
    to = {
        "spring": _days_to(Feast.SPRING_FESTIVAL, day),
        "autumn": _days_to(Feast.MID_AUTUMN, day),
        "term": _days_to_term(day),
    }
    lift = sum(row[name] for name, left in to.items() if _within(table("trade")[name]["stocking"], left))
    return float(row["months"][day.month - 1] * max(1 + lift, 0.0))


def _within(limits: list[int], value: int) -> bool:
    return limits[0] <= value <= limits[1]


def _days_to(feast: Feast, day: date) -> int:
    return (next_feast(feast, day - timedelta(1)) - day).days


def _days_to_term(day: date) -> int:
    """Days until school begins again."""
    begins = [date(year, *term) for year in (day.year, day.year + 1) for term in TERMS]
    return min((begin - day).days for begin in begins if begin >= day)
