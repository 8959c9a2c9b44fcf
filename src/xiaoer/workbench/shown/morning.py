"""The morning: what is on the list, how full the day is, what did not fit and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart
from xiaoer.workbench.shown import drawings, hours, wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.due_week import NOTHING_DUE, Week

SOON = timedelta(days=1)
FRIDAY = 4
ARRIVALS_SHOWN = 3  # of what came by day; all of it stands in the list of events


@dataclass(frozen=True)
class Done:
    words: str


@dataclass(frozen=True)
class Job:
    """One line of the list: the proposal, its firm, a time to start, and what came of it, if recorded."""

    proposal: Any
    firm: Any
    start: str = ""
    manager: str = ""
    done: Done | None = None
    follow_up: Any = None

    @property
    def kind(self) -> str:
        return wordings.word(wordings.CHANNELS, self.proposal.kind)

    @property
    def risk(self) -> str:
        return wordings.word(wordings.RISKS, self.proposal.risk)

    @property
    def record_address(self) -> str:
        return reverse("record", args=[self.firm.customer_id]) + f"?offer={self.proposal.offer_id}"

    @property
    def postpone_address(self) -> str:
        return reverse("postpone", args=[self.proposal.offer_id])


@dataclass(frozen=True)
class Promise:
    """A task as the side column shows it."""

    task: Any
    firm: Any
    words: str
    today: date
    whose: str = ""  # where others' are shown beside one's own

    @property
    def due_date(self) -> date:
        return self.task.due_date  # type: ignore[no-any-return]

    @property
    def late(self) -> bool:
        return self.due_date <= self.today

    @property
    def soon(self) -> bool:
        return self.due_date <= self.today + SOON


@dataclass(frozen=True)
class Unseen:
    """What lists hold beyond the lines shown: lines and minutes of the day, lines without an hour, lines left alone.

    `best` is the best expected return (fen) of all lines without an hour.
    """

    lines: int = 0
    minutes: int = 0
    left_out: int = 0
    best: int = 0
    left_alone: int = 0


@dataclass(frozen=True)
class Morning:
    """The home page."""

    jobs: tuple[Job, ...]
    left_out: tuple[Job, ...]
    left_alone: tuple[Job, ...]
    capacity: int
    promises: tuple[Promise, ...]
    maturing: tuple[Any, ...]
    load: Chart
    today: date
    effect: str = ""
    night_has_run: bool = True
    maturing_count: int = 0
    unseen: Unseen = Unseen()
    due: Week = NOTHING_DUE
    arrivals: tuple[Any, ...] = ()
    arrivals_most: int = ARRIVALS_SHOWN

    @property
    def open_jobs(self) -> list[Job]:
        return [job for job in self.jobs if not job.done]

    @property
    def planned(self) -> int:
        return sum(job.proposal.minutes for job in self.jobs) + self.unseen.minutes

    @property
    def greeting(self) -> str:
        left = len(self.open_jobs) + self.unseen.lines
        if self.jobs and not left:
            return _("That was today's list. Well done.")
        if not self.jobs:
            return _("Good morning. Nothing on today's list.")
        day = day_of([job.proposal for job in self.jobs], self.today)
        if day != self.today:
            when = formats.weekday(day, tongue())
            return ngettext("%(when)s: %(n)s thing", "%(when)s: %(n)s things", left) % {
                "n": left,
                "when": when,
            }
        return ngettext("Good morning, %(n)s thing today", "Good morning, %(n)s things today", left) % {
            "n": left
        }

    @property
    def sentence(self) -> str:
        if not self.jobs:
            return self.empty_why
        planned = {"used": formats.hours(self.planned), "whole": formats.hours(self.capacity)}
        told = [_("%(used)s of %(whole)s hours are planned.") % planned]
        if done := len(self.jobs) - len(self.open_jobs):
            told.append(ngettext("%(n)s is done.", "%(n)s are done.", done) % {"n": done})
        if self.left_out:
            told.append(self.left_out_sentence)
        return _joined(told)

    @property
    def left_out_sentence(self) -> str:
        many = len(self.left_out) + self.unseen.left_out
        best = max((job.proposal.expected_return for job in self.left_out), default=0)
        told = {"n": many, "best": formats.money(max(best, self.unseen.best), tongue())}
        return (
            ngettext(
                "%(n)s more did not fit, worth about %(best)s.",
                "%(n)s more did not fit; the best is worth about %(best)s.",
                many,
            )
            % told
        )

    @property
    def left_alone_sentence(self) -> str:
        many = len(self.left_alone) + self.unseen.left_alone
        return ngettext(
            "%(n)s firm is left alone today, by rule", "%(n)s firms are left alone today, by rule", many
        ) % {"n": many}

    @property
    def unseen_sentence(self) -> str:
        told = {"n": self.unseen.lines, "shown": len(self.jobs)}
        return (
            ngettext(
                "The first %(shown)s are shown; %(n)s more stands on its manager's own list.",
                "The first %(shown)s are shown; %(n)s more stand on their managers' own lists.",
                self.unseen.lines,
            )
            % told
        )

    @property
    def empty_title(self) -> str:
        return _("Nothing on the list") if self.night_has_run else _("The first night has not run")

    @property
    def empty_why(self) -> str:
        if not self.night_has_run:
            return _("Once the bank's files are in and the night has run, the list stands here each morning.")
        return _("No firm of yours needs a contact today, or the contact policy holds those that do.")


def jobs(
    proposals: Sequence[Any],
    firms: Mapping[str, Any],
    contacts: Mapping[str, Any],
    follow_ups: Mapping[str, Any],
    managers: Mapping[str, str],
    *,
    one_day: bool = False,
) -> tuple[Job, ...]:
    """Proposals in their order as lines; recorded ones keep their place and say what came of them."""
    known = [one for one in proposals if one.customer_id in firms]
    starts = _starts(known, one_day=one_day)
    return tuple(
        Job(
            proposal,
            firms[proposal.customer_id],
            start,
            managers.get(proposal.manager_id, ""),
            done(contacts.get(proposal.offer_id)),
            follow_ups.get(proposal.offer_id),
        )
        for proposal, start in zip(known, starts, strict=True)
    )


def day_of(proposals: Sequence[Any], today: date) -> date:
    """The day the list is for: on a Saturday it is Monday's."""
    return max((one.day for one in proposals), default=today)


def _starts(proposals: Sequence[Any], *, one_day: bool) -> list[str]:
    """Times for one person's day; with several managers' lines mixed, the place in the list."""
    if not one_day and len({one.manager_id for one in proposals}) > 1:
        return [f"{place}" for place, _one in enumerate(proposals, 1)]
    return hours.starts(one.minutes for one in proposals)


def done(contact: Any) -> Done | None:
    return Done(wordings.outcome(contact.outcome)) if contact else None


def task_words(task: Any) -> str:
    """What was promised, in the reader's language or as its author wrote it."""
    title = task.title
    if isinstance(title, dict) and "code" in title:
        return formats.told(title, tongue())
    return str(title.get("text") or "") if isinstance(title, dict) else str(title)


def promises(
    tasks: Sequence[Any], firms: Mapping[str, Any], today: date, names: Mapping[str, str]
) -> tuple[Promise, ...]:
    """Lines of the side column; `names` of those who promised, none where all are the reader's own."""
    return tuple(
        Promise(task, firms.get(task.customer_id), task_words(task), today, names.get(task.staff_id, ""))
        for task in tasks
    )


def load(minutes: Mapping[date, int], today: date, capacity: int) -> Chart:
    """The working week of the day: Monday to Friday, and the weekend when something stands there."""
    monday = today - timedelta(days=today.weekday())
    weekend = any(day.weekday() > FRIDAY for day in minutes)
    days = [monday + timedelta(days=place) for place in range(7 if weekend else 5)]
    return drawings.week_load([(day, minutes.get(day, 0)) for day in days], capacity)


def _joined(sentences: Sequence[str]) -> str:
    return ("" if formats.chinese(tongue()) else " ").join(sentences)
