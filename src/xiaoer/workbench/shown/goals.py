"""Goals of an account plan, as lines: how far, against where one should be, and where the pace leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.screens import formats
from xiaoer.segments.goals import AMOUNTS, WORDS, State
from xiaoer.segments.queries import Standing
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.morning import task_words

TITLES = {
    "deposits": gettext_lazy("Deposits"),
    "turnover": gettext_lazy("Turnover, 12 months"),
    "products": gettext_lazy("Products"),
    "loans": gettext_lazy("Loans"),
    "contribution": gettext_lazy("Contribution"),
    WORDS: gettext_lazy("Something else, in words"),
}
STATES = {
    State.REACHED: ("good", gettext_lazy("reached")),
    State.ON_WAY: ("", gettext_lazy("on its way")),
    State.BEHIND: ("warn", gettext_lazy("behind")),
    State.LATE: ("bad", gettext_lazy("its day has passed")),
}
STEPS_SHOWN = 5
SLIPS = (State.BEHIND, State.LATE)


def amount(measure: str, value: int | None) -> str:
    """A measured value with its unit; pieces as a number."""
    if value is None:
        return "—"
    return formats.money(value, tongue()) if measure in AMOUNTS else formats.count(value)


@dataclass(frozen=True)
class Line:
    """One open goal."""

    standing: Standing
    today: date
    least_days: int

    @property
    def firm(self) -> Any:
        return self.standing.firm

    @property
    def due(self) -> date:
        return self.standing.goal.due_date

    @property
    def words(self) -> str:
        return self.standing.goal.words

    @property
    def title(self) -> str:
        """What is to be reached."""
        goal = self.standing.goal
        if goal.measure == WORDS:
            return goal.words
        now, target = amount(goal.measure, self.standing.value), amount(goal.measure, goal.target)
        return _("%(what)s: %(now)s of %(target)s") % {
            "what": TITLES[goal.measure], "now": now, "target": target,
        }  # fmt: skip

    @property
    def state(self) -> dict[str, str]:
        tone, words = STATES[self.standing.state]
        return {"tone": tone, "words": str(words)}

    @property
    def measured(self) -> bool:
        return self.standing.way is not None and self.standing.value is not None

    @property
    def width(self) -> str:
        """The part of the way that is behind us."""
        way, value = self.standing.way, self.standing.value
        return f"{100 * way.share(value):.0f}%" if way is not None and value is not None else "0%"

    @property
    def expected(self) -> str:
        """Where the straight line from start to target is today."""
        return f"{100 * self.standing.way.expected(self.today):.0f}%" if self.standing.way else "0%"

    @property
    def outlook(self) -> str:
        """Where the pace so far leads."""
        way, value = self.standing.way, self.standing.value
        found = (
            way.outlook(value, self.today, self.least_days) if way is not None and value is not None else None
        )
        if found is None or self.standing.state is State.REACHED:
            return ""
        return _("at this pace %(sum)s by then") % {"sum": amount(self.standing.goal.measure, max(found, 0))}

    @property
    def close_address(self) -> str:
        return reverse("goal-close", args=[self.standing.goal.pk])


@dataclass(frozen=True)
class AccountPlan:
    """The block of a firm's page."""

    lines: Sequence[Line]
    closed: Sequence[Any]
    tasks: Sequence[Any]
    address: str
    today: date

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What is planned with the firm, the first to come first."""
        ordered = sorted(self.tasks, key=lambda task: (task.due_date, task.pk))
        return [
            {"words": task_words(task), "day": task.due_date, "late": task.due_date < self.today}
            for task in ordered[:STEPS_SHOWN]
        ]

    @property
    def ended(self) -> list[dict[str, Any]]:
        """Goals that are closed, with what they were."""
        return [
            {
                "words": one.words
                if one.measure == WORDS
                else f"{TITLES[one.measure]} {amount(one.measure, one.target)}",
                "reached": one.status == "reached",
                "day": one.closed_date,
            }
            for one in self.closed
        ]


@dataclass(frozen=True)
class Slipping:
    """The block of the morning; `wanting` firms of the highest tier have no goal."""

    lines: Sequence[Line]
    count: int
    wanting: int

    @property
    def side(self) -> str:
        return ngettext("%(n)s goal", "%(n)s goals", self.count) % {"n": formats.count(self.count)}

    @property
    def wanting_words(self) -> str:
        told = ngettext(
            "%(n)s premier firm without a goal", "%(n)s premier firms without a goal", self.wanting
        )
        return told % {"n": formats.count(self.wanting)}


@dataclass(frozen=True)
class GoalSheet:
    """What the sheet for a goal shows; `measured` is what each measure is now."""

    firm: Any
    values: Mapping[str, int | None]
    address: str
    today: date

    @property
    def measures(self) -> list[dict[str, str]]:
        """Measures to choose from, with what they are now."""
        return [
            {
                "code": code,
                "title": str(title),
                "now": amount(code, self.values.get(code)) if code != WORDS else "",
                "unit": _("10,000 yuan") if code in AMOUNTS else "",
            }
            for code, title in TITLES.items()
        ]
