"""What a feature is: a number per firm and day; its name in both languages stands in `wording.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from xiaoer.kit.dates import from_day_number


@dataclass(frozen=True)
class Feature:
    """One column of the night's knowledge.

    `recency` says that it looks at how near to the day something happened: where labels have no date,
    a score must also be shown without such features.
    """

    name: str
    theme: str
    unit: str
    recency: bool


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included, as day numbers."""

    first: int
    last: int


@dataclass(frozen=True)
class Windows:
    """The days a night compares, as day numbers.

    `same_day_last_year` is shifted with the Spring Festival while the feast is near, so that feast
    weeks are compared with feast weeks; `feast_first`..`feast_last` are quiet days nobody should mind.
    """

    today: int
    same_day_last_year: int
    feast_first: int
    feast_last: int

    @property
    def feast_days_passed(self) -> int:
        """Quiet days between the feast's first day and today, none before it."""
        return max(0, min(self.today, self.feast_last) - self.feast_first + 1)

    @property
    def trade(self) -> dict[str, Span]:
        """What trade is summed over."""
        before = self.same_day_last_year
        return {
            "12m": back(self.today, 365),
            "prior_12m": back(self.today - 365, 365),
            "90d": back(self.today, 90),
            "90d_last_year": back(before, 90),
            "coming_60d_last_year": Span(before + 1, before + 60),
            "year_to_last_year": back(before, 365),
            "year_before_90d": back(self.today - 90, 365),
        }

    @property
    def flows(self) -> dict[str, Span]:
        """What payments are summed over."""
        return {
            "12m": back(self.today, 365),
            "90d": back(self.today, 90),
            "prior_90d": back(self.today - 90, 90),
        }

    @property
    def levels(self) -> dict[str, Span]:
        """What balances are averaged over."""
        return {
            "12m": back(self.today, 365),
            "90d": back(self.today, 92),  # the last three month-ends, however long the months
            "prior_90d": Span(self.today - 184, self.today - 92),
        }


@dataclass(frozen=True)
class LookBacks:
    """Days looked back from, ascending day numbers, and by name the span each of them compares."""

    days: tuple[int, ...]
    spans: Mapping[str, tuple[Span, ...]]

    @cached_property
    def edges(self) -> tuple[int, ...]:
        """The last days of stretches, such that every span of every day is made of whole stretches."""
        ends = {
            edge for spans in self.spans.values() for span in spans for edge in (span.first - 1, span.last)
        }
        return tuple(sorted(ends | set(self.days)))

    @property
    def first_date(self) -> date:
        return from_day_number(self.days[0])

    @property
    def last_date(self) -> date:
        return from_day_number(self.days[-1])

    def stretches(self, span: str | None) -> tuple[list[int], list[int]]:
        """Per day the stretch before the span and its last one; without a span, all stretches up to the day."""
        if span is None:
            return [0] * len(self.days), [self.edges.index(day) for day in self.days]
        spans = self.spans[span]
        return [self.edges.index(one.first - 1) for one in spans], [
            self.edges.index(one.last) for one in spans
        ]


@dataclass(frozen=True)
class Sum:
    """A column added up over a span of days; over all there is where no span is named."""

    column: str
    span: str | None = None


def back(last: int, days: int) -> Span:
    """So many days ending with `last`."""
    return Span(last - days + 1, last)


@cache
def catalogue() -> dict[str, Feature]:
    """Every feature a model may read, by name."""
    page = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
    return {name: Feature(name=name, **entry) for name, entry in page.items()}
