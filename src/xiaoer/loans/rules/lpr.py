"""The loan prime rate of a day: the bank's own curve, before it begins the published history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from xiaoer.kit.parameters import in_force

ONE_YEAR, FIVE_YEARS = 12, 60
TENORS = (ONE_YEAR, FIVE_YEARS)
Point = tuple[date, Fraction]


@dataclass(frozen=True)
class Published:
    """LPR as published, by tenor in months; nothing is known after `known_until`."""

    points: dict[int, tuple[Point, ...]]
    known_until: date

    @classmethod
    def in_force(cls, on: date) -> "Published":
        held = in_force("loans", "lpr", on)
        told = {
            tenor: tuple((row[0], Fraction(Decimal(str(row[place]))) / 100) for row in held["points"])
            for place, tenor in enumerate(TENORS, start=1)
        }
        return cls(told, held["known_until"])


@dataclass(frozen=True)
class Curve:
    """LPR of one tenor, in order of days, known up to and with a day (None: the last holds on)."""

    points: tuple[Point, ...]
    known_until: date | None

    def on(self, day: date) -> Fraction | None:
        """The rate in force on a day, None where nobody said."""
        if self.known_until is not None and day > self.known_until:
            return None
        known = [rate for begun, rate in self.points if begun <= day]
        return known[-1] if known else None


def curve(delivered: Iterable[tuple[int, date, Fraction]], published: Published, tenor: int) -> Curve:
    """A tenor's curve: what the bank delivered (tenor, from day, rate), and before it what was published."""
    own = tuple(sorted((day, rate) for months, day, rate in delivered if months == tenor))
    before: Sequence[Point] = published.points.get(tenor, ())
    if not own:
        return Curve(tuple(before), published.known_until)
    return Curve((*(one for one in before if one[0] < own[0][0]), *own), None)
