"""The sheet for recording an outcome or putting something off: days to choose from and outcomes in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.contacts.terms import outcomes as known_outcomes
from xiaoer.kit.dates import next_working_day
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue

USUAL = "usual"


@dataclass(frozen=True)
class DayChoice:
    title: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class OutcomeChoice:
    """A button; `usual` says which next time comes with it when no other day is chosen."""

    code: str
    title: str
    usual: str


@dataclass(frozen=True)
class Sheet:
    """What a sheet shows; `address` takes the answer."""

    firm: Any
    goal: Any
    address: str
    days: tuple[DayChoice, ...]
    outcomes: tuple[OutcomeChoice, ...] = ()
    channels: tuple[DayChoice, ...] = ()
    chosen_day: str = USUAL
    chosen_channel: str = "visit"
    expected: str = ""  # of the proposal behind it, in words


def days(today: date) -> tuple[DayChoice, ...]:
    """Tomorrow, in a week, in two weeks: each the next day offices work."""
    near = ((_("Tomorrow"), 1), (_("In a week"), 7), (_("In two weeks"), 14))
    dates = [(title, working_day(today, ahead)) for title, ahead in near]
    return tuple(DayChoice(title, day.isoformat(), noted(day)) for title, day in dates)


def follow_up_days(today: date) -> tuple[DayChoice, ...]:
    """As the outcome suggests, not at all, or one of the near days."""
    return (DayChoice(_("As usual"), USUAL), DayChoice(_("None"), ""), *days(today))


def outcomes(today: date) -> tuple[OutcomeChoice, ...]:
    """Every outcome in the order of the code list, with the day its follow-up would have."""
    return tuple(
        OutcomeChoice(
            one.code, one.title(tongue()), noted(day) if (day := usual_day(one.code, today)) else ""
        )
        for one in known_outcomes().values()
    )


def usual_day(outcome: str, today: date) -> date | None:
    """When one usually comes back after this outcome; None when one does not."""
    known = known_outcomes().get(outcome)
    return working_day(today, known.follow_up_days) if known and known.follow_up_days else None


def working_day(today: date, ahead: int) -> date:
    return next_working_day(today + timedelta(days=ahead))


def channels(codes: Iterable[str], words: dict[str, Any]) -> tuple[DayChoice, ...]:
    return tuple(DayChoice(str(words.get(code, code)), code) for code in codes)


def noted(day: date) -> str:
    if formats.chinese(tongue()):
        return f"{formats.weekday(day, tongue())} {day.month}/{day.day}"
    return f"{formats.weekday(day, tongue())} {formats.day(day, tongue())}"
