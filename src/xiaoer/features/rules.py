"""Which days to compare with which, and what was summed between them as each day knew it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xiaoer.features.terms import LookBacks, Span, Sum, Windows
from xiaoer.kit.dates import Feast, day_number, feast_day

Ints = NDArray[np.int64]
FOR_EVER = np.iinfo(np.int64).max

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
