"""The calendar: working days, month ends, lunar feasts, and how each industry's year runs."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from xiaoer.kit.dates import Feast, feast_day, next_feast
from xiaoer.simulator.draws import Array, Days, Floats, Ints
from xiaoer.simulator.terms import Month, table

WEEKDAYS = np.array([1.0, 1.02, 1.02, 1.0, 1.05, 0.38, 0.14])
ORDINARY_MONTH = 22.0
LEAD_DAYS = 40


@dataclass(frozen=True)
class DayBook:
    """For every industry and day of the simulation, how much business an ordinary firm does on it."""

    weights: Floats  # industries × days
    first: date

    def span(self, month: Month) -> slice:
        begin = (month.first - self.first).days
        return slice(begin, begin + month.days)

    def season(self, month: Month) -> Floats:
        """Per industry: the month's business against an ordinary month of 22 days."""
        return self.weights[:, self.span(month)].sum(axis=1) / ORDINARY_MONTH

    def draw(self, rng: np.random.Generator, industry: Ints, month: Month) -> Days:
        """One business day of the month for each row, by its industry's weights."""
        part = self.weights[:, self.span(month)]
        edges = np.cumsum(part, axis=1) / part.sum(axis=1, keepdims=True)
        flat = (edges + np.arange(len(part))[:, None]).ravel()
        place = np.searchsorted(flat, industry + rng.random(len(industry)), side="right")
        offset = (place - industry * month.days).clip(0, month.days - 1)
        return np.datetime64(month.first) + offset.astype("timedelta64[D]")


def day_book(months: list[Month]) -> DayBook:
    """The day book of the whole simulation."""
    first, last = months[0].first, months[-1].last
    days = [first + timedelta(offset) for offset in range((last - first).days + 1)]
    common = np.array([_working(day) for day in days])
    rows = [_industry_days(row, days) * common for row in table("industries")["industry"]]
    return DayBook(np.array(rows), first)


def _working(day: date) -> float:
    from_spring = (day - feast_day(Feast.SPRING_FESTIVAL, day.year)).days
    if -2 <= from_spring <= 7:
        return 0.03
    if 8 <= from_spring <= 13:
        return 0.5
    if (day.month, day.day) in {(5, 1), (5, 2), (5, 3), (1, 1)} or (day.month == 10 and day.day <= 7):
        return 0.1
    ending = 1.5 if (day + timedelta(5)).month != day.month else 1.0
    return float(WEEKDAYS[day.weekday()]) * ending


def _industry_days(row: Array, days: list[date]) -> Floats:
    return np.array([_factor(row, day) for day in days])


def _factor(row: Array, day: date) -> float:
    spring = _days_to(Feast.SPRING_FESTIVAL, day)
    autumn = _days_to(Feast.MID_AUTUMN, day)
    lift = row["spring"] * (4 <= spring <= LEAD_DAYS) + row["autumn"] * (4 <= autumn <= LEAD_DAYS)
    return float(row["months"][day.month - 1] * (1 + lift))


def _days_to(feast: Feast, day: date) -> int:
    return (next_feast(feast, day - timedelta(1)) - day).days
