"""Where the people's side happens: what does not depend on how the bank treats anybody."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from xiaoer.simulator.catalogue import catalogue, is_loan, loan_places
from xiaoer.simulator.days import DayBook
from xiaoer.simulator.draws import Days, Flags, Floats, Ints, stream
from xiaoer.simulator.fates import Fates
from xiaoer.simulator.organisation import Organisation
from xiaoer.simulator.people.folk import Folk
from xiaoer.simulator.terms import Month, Plan, figure, table

WEEK = 7
AHEAD_WEEKS = 8
WORKING_DAYS = 5


@dataclass(frozen=True)
class Setting:
    """The stage of the weeks: who is there, how business goes, who has how much time."""

    plan: Plan
    months: list[Month]
    bank: Organisation
    firms: pl.DataFrame
    fates: Fates
    folk: Folk
    days: DayBook

    @property
    def start(self) -> np.datetime64:
        return np.datetime64(self.months[0].first)

    @cached_property
    def weeks(self) -> int:
        """Whole and begun weeks from the first day to the last."""
        return -(-(int((np.datetime64(self.plan.end) - self.start).astype(int)) + 1) // WEEK)

    def day(self, week: int) -> np.datetime64:
        """The first day of a week."""
        return self.start + np.timedelta64(WEEK * week, "D")

    def draws(self, what: str, week: int) -> np.random.Generator:
        """The random numbers of one purpose in one week: the same whatever the bank does."""
        return stream(self.plan.seed, f"week {what}", week)

    @cached_property
    def opened(self) -> Days:
        return self.firms["opened_date"].to_numpy()

    @cached_property
    def industry(self) -> Ints:
        return self.firms["industry"].to_numpy()

    @cached_property
    def sales(self) -> Floats:
        """Yuan of an ordinary month."""
        return self.firms["sales"].to_numpy()

    @cached_property
    def settles(self) -> Floats:
        """The share of each firm's payments that goes through this bank."""
        return self.firms["settles_here"].to_numpy()

    @cached_property
    def cash(self) -> Floats:
        """Each firm's cash discipline, standard normal."""
        return self.firms["cash_buffer"].to_numpy()

    @cached_property
    def month_of(self) -> Ints:
        """The month each week begins in."""
        firsts = np.array([np.datetime64(month.first) for month in self.months])
        days = self.start + np.arange(self.weeks) * np.timedelta64(WEEK, "D")
        return np.searchsorted(firsts, days, side="right") - 1

    def level(self, week: int) -> Floats:
        """Each firm's business against an ordinary month."""
        return self.fates.level[:, self.month_of[week]]

    def growth(self, week: int) -> Floats:
        """Log of the level against a year ago, within ±1.5."""
        return self._growth_of(self.month_of[week])

    def _growth_of(self, month: int) -> Floats:
        level = self.fates.level
        return np.log((level[:, month] + 0.02) / (level[:, max(0, month - 12)] + 0.02)).clip(-1.5, 1.5)

    def level_told(self, week: int) -> Floats:
        """The level of the last month that was over when the week began: what a bank's books can show."""
        return self.fates.level[:, max(0, self.month_of[min(week, self.weeks - 1)] - 1)]

    def growth_told(self, week: int) -> Floats:
        """Growth up to the last month that was over; not a number for firms that were not here a year before."""
        month = max(0, self.month_of[min(week, self.weeks - 1)] - 1)
        year_ago = np.datetime64(self.months[max(0, month - 12)].first)
        return np.where(self.opened <= year_ago, self._growth_of(month), np.nan)

    @cached_property
    def _season(self) -> Floats:
        """Industries × weeks: log of the business of the coming weeks against the average."""
        weekly = np.stack([self._sum(week, 1) for week in range(self.weeks + AHEAD_WEEKS)])
        ahead = np.stack([weekly[w : w + AHEAD_WEEKS].mean(axis=0) for w in range(self.weeks)])
        return np.log((ahead + 0.05) / (ahead.mean(axis=0) + 0.05)).T

    def _sum(self, week: int, length: int) -> Floats:
        days = self.days.weights
        begin = min(WEEK * week, days.shape[1] - WEEK * length)
        return days[:, begin : begin + WEEK * length].sum(axis=1)

    def season(self, week: int) -> Floats:
        """Per firm: how busy the eight weeks ahead are, as a log against the year."""
        return self._season[self.industry, week]

    @cached_property
    def minutes(self) -> Ints:
        """Minutes a week for contacts: of each manager, and last of all pools together."""
        own = self.bank.capacities * WORKING_DAYS * figure("outreach_share")
        agents = len(self.bank.call_agents) * 420 * WORKING_DAYS * 0.8
        return np.append(own, agents).astype(np.int64)

    def present(self, week: int, closed: Days) -> Flags:
        """Firms that are customers on the first day of a week."""
        day = self.day(week)
        return (self.opened <= day) & ~(closed <= day)


def by(group: str) -> dict[str, float]:
    """The figures of one mechanism."""
    found: dict[str, float] = table("mechanisms")[group]
    return found


def loans() -> Flags:
    """Per product whether it is a loan."""
    return is_loan()


def channels_and_cards() -> Flags:
    """Per product whether it is a channel or a card, which firms want in their first year."""
    return np.array([row["category"] in {"electronic", "card"} for row in catalogue()])


def loan_columns() -> Ints:
    """Where the loan products stand among all."""
    return loan_places()
