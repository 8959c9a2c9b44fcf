"""Which days to compare with which, and what was summed between them as each day knew it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from xiaoer.features.terms import LookBacks, Span, Sum, Windows
from xiaoer.kit.dates import Feast, day_number, feast_day

Ints = NDArray[np.int64]
FOR_EVER = np.iinfo(np.int64).max
DAY_BITS, DAY_MASK = 32, (1 << 32) - 1

FEAST_NEAR_DAYS = 100
QUIET_BEFORE, QUIET_AFTER = 8, 15


def windows(as_of: date) -> Windows:
    """The windows of a business date, lunar while the Spring Festival lies within the last 100 days."""
    today = day_number(as_of)
    feast = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year))
    if today < feast - QUIET_BEFORE:
        feast = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year - 1))
        before = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year - 2))
    else:
        before = day_number(feast_day(Feast.SPRING_FESTIVAL, as_of.year - 1))
    near = today - feast <= FEAST_NEAR_DAYS
    return Windows(
        today=today,
        same_day_last_year=today - (feast - before) if near else today - 365,
        feast_first=feast - QUIET_BEFORE,
        feast_last=feast + QUIET_AFTER,
    )


def look_backs(days: Sequence[date], spans: Callable[[Windows], dict[str, Span]]) -> LookBacks:
    """Days, each once and in order, and the spans of their windows."""
    ons = [windows(day) for day in sorted(set(days))]
    return LookBacks(
        tuple(on.today for on in ons), {name: tuple(spans(on)[name] for on in ons) for name in spans(ons[0])}
    )


@dataclass(frozen=True)
class Stretches:
    """Rows added up: which `firm` (0, 1, …) and `stretch` of days they belong to.

    `since` and `until` are day numbers: only days looked back from that lie between them, the latter
    excluded, knew the row. 0 and FOR_EVER stand for what every day from its own on knew.
    """

    firm: Ints
    stretch: Ints
    since: Ints
    until: Ints
    firms: int

    @cached_property
    def some(self) -> Ints:
        """Places of the rows that some days knew and others did not; few."""
        return np.flatnonzero((self.since != 0) | (self.until != FOR_EVER))

    def sums(self, back: LookBacks, columns: Mapping[str, Ints], sums: Sequence[Sum]) -> list[Ints]:
        """Firms × days for each sum: over each day's span, as that day knew it."""
        width = len(back.edges) + 1
        cells = np.delete(self.firm * width + self.stretch, self.some)
        running = {
            name: _running(cells, np.delete(values, self.some), (self.firms, width))
            for name, values in columns.items()
        }
        return [self._over(back, one.span, columns[one.column], running[one.column]) for one in sums]

    def _over(self, back: LookBacks, span: str | None, values: Ints, running: Ints) -> Ints:
        """A difference of two running sums, and what only some days knew."""
        first, last = back.stretches(span)
        found = running[:, last] - running[:, first] if span else running[:, last]
        since, until, stretch = self.since[self.some], self.until[self.some], self.stretch[self.some]
        for at, day in enumerate(back.days):
            within = (stretch <= last[at]) & ((stretch > first[at]) if span else True)
            seen = self.some[within & (since <= day) & (day < until)]
            np.add.at(found[:, at], self.firm[seen], values[seen])
        return found


def _running(cells: Ints, values: Ints, shape: tuple[int, int]) -> Ints:
    """Firms × edges: values added up to each edge."""
    summed = np.zeros(shape, dtype=np.int64)
    np.add.at(summed.reshape(-1), cells, values)
    return summed.cumsum(axis=1)


@dataclass(frozen=True)
class Gaps:
    """Days between the different days of each group, one after another; groups in order of their numbers.

    `sorted` holds for each group a 0 and then its gaps, smallest first, from the group's place in `starts` on.
    """

    groups: Ints
    starts: Ints
    counts: Ints
    sorted: Ints
    first_days: Ints
    last_days: Ints

    @classmethod
    def of(cls, groups: Ints, days: Ints) -> Self:
        """Day numbers and the group (0, 1, …) of each, both below 2^31, in any order and perhaps repeated."""
        keys = np.sort(groups << DAY_BITS | days)
        keys = keys[_new(keys)]
        group, day = keys >> DAY_BITS, keys & DAY_MASK
        new = _new(group)
        starts = np.flatnonzero(new)
        ends = np.append(starts[1:], len(keys))[: len(starts)]
        gaps = np.where(new, 0, np.diff(day, prepend=0))
        ordered = np.sort(group << DAY_BITS | gaps) & DAY_MASK
        return cls(group[starts], starts, ends - starts - 1, ordered, day[starts], day[ends - 1])

    def at(self, part: int, of: int, *, upper: bool = False) -> Ints:
        """Each group's gap `part` / `of` of the way from its smallest to its longest, or the next; 0 without any."""
        way = (self.counts - 1) * part
        place = -(-way // of) if upper else way // of
        return self.sorted[self.starts + np.where(self.counts > 0, place + 1, 0)]

    def quantile(self, part: int, of: int) -> NDArray[np.float64]:
        """The same, in a straight line between the two; from whole numbers, so that every machine gives the same."""
        lower, rest = self.at(part, of), (self.counts - 1) * part % of
        return (lower * of + rest * (self.at(part, of, upper=True) - lower)) / of


def _new(ordered: Ints) -> NDArray[np.bool_]:
    """Which values of a sorted row are not the one before."""
    new: NDArray[np.bool_] = np.diff(ordered, prepend=-1) != 0
    return new
