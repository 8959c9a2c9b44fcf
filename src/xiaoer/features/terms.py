"""What a feature is: a number per firm and day; its name in both languages stands in `wording.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


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


def back(last: int, days: int) -> Span:
    """So many days ending with `last`."""
    return Span(last - days + 1, last)


@cache
def catalogue() -> dict[str, Feature]:
    """Every feature a model may read, by name."""
    page = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
    return {name: Feature(name=name, **entry) for name, entry in page.items()}
