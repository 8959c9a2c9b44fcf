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


@cache
def catalogue() -> dict[str, Feature]:
    """Every feature a model may read, by name."""
    page = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
    return {name: Feature(name=name, **entry) for name, entry in page.items()}
