"""One thing on a day of the calendar, with what one takes along: last contact, what to talk about, what it brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.kit.text import say
from xiaoer.workbench.shown import morning, wordings
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.why import Why

ONE = timedelta(days=1)
POINTS_SHOWN, OTHERS_SHOWN = 4, 2


@dataclass(frozen=True)
class Known:
    """What is known of the firms of a span, by their numbers: firm, best proposal, last contact in words."""

    firms: Mapping[str, Any]
    proposals: Mapping[str, Any] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)

    def name(self, number: str) -> str:
        return str(self.firms[number].name) if number in self.firms else number


@dataclass(frozen=True)
class Prepared:
    """What one takes along: reasons to talk about, what the contact brings and costs, what else could be offered."""

    last: str = ""
    goal: str = ""
    points: Sequence[Any] = ()
    worth: str = ""
    others: Sequence[Mapping[str, Any]] = ()

    @property
    def anything(self) -> bool:
        return bool(self.last or self.points or self.worth)


@dataclass(frozen=True)
class Slot:
    """One thing on a day: a line of the list, a promise, or a contact already made.

    `move_address` takes another day, `record_address` what came of it. `worth` in fen. `start` is the time suggested
    in one person's day; `who` answers for the firm where lines of several people stand together.
    """

    sort: str  # job | task | contact
    customer_id: str
    firm: str
    title: str
    kind: str
    minutes: int = 0
    channel: str = ""
    worth: int = 0
    task_id: int | None = None
    due: date | None = None
    late: bool = False
    moves: bool = False
    earlier: date | None = None
    later: date | None = None
    may_earlier: bool = True
    row: str = ""
    move_address: str = ""
    record_address: str = ""
    prepared: Prepared = Prepared()
    start: str = ""
    who: str = ""


def job(one: morning.Job, known: Known) -> Slot:
    """A line of the list."""
    proposal, number = one.proposal, one.firm.customer_id
    return Slot(
        "job",
        number,
        one.firm.name,
        _told(proposal.goal),
        one.kind,
        proposal.minutes,
        channel=proposal.kind,
        worth=proposal.expected_return,
        moves=True,
        later=proposal.day + ONE,
        may_earlier=False,
        row=f"job-{proposal.offer_id}",
        move_address=one.postpone_address,
        record_address=one.record_address,
        prepared=_prepared(known, number, proposal, goal=False),
        start=one.start if ":" in one.start else "",
        who=one.manager,
    )


def task(one: Any, known: Known, today: date) -> Slot:
    """A promise; what is overdue stands on today."""
    stands, proposal = max(one.due_date, today), known.proposals.get(one.customer_id)
    return Slot(
        "task",
        one.customer_id,
        known.name(one.customer_id),
        morning.task_words(one),
        wordings.word(wordings.CHANNELS, one.kind),
        one.minutes,
        channel=one.kind,
        worth=proposal.expected_return if proposal else 0,
        task_id=one.pk,
        due=one.due_date,
        late=one.due_date < today,
        moves=True,
        earlier=stands - ONE,
        later=stands + ONE,
        may_earlier=stands > today,
        row=f"task-{one.pk}",
        move_address=reverse("task-move", args=[one.pk]),
        record_address=reverse("record", args=[one.customer_id]),
        prepared=_prepared(known, one.customer_id, proposal, goal=True),
    )


def contact(one: Any, known: Known) -> Slot:
    """A contact already made, with what came of it."""
    channel = wordings.word(wordings.CHANNELS, one.channel)
    return Slot(
        "contact", one.customer_id, known.name(one.customer_id), wordings.outcome(one.outcome), channel
    )


def last_words(had: Any, delivered: Sequence[Mapping[str, Any]], today: date) -> str:
    """The last contact with a firm in a line: of the desk, or of the bank's files where that is newer."""
    told = max(delivered, key=lambda row: str(row["date"]), default=None)
    if had is not None and (told is None or str(told["date"]) <= had.day.isoformat()):
        channel = wordings.word(wordings.CHANNELS, had.channel)
        return _last(had.day, [channel, wordings.outcome(had.outcome)], today)
    if told is None:
        return ""
    codes = [f"by_{told['channel']}", *([f"came_{told['outcome']}"] if told.get("outcome") else [])]
    return _last(date.fromisoformat(told["date"]), [say({"code": code}, tongue()) for code in codes], today)


def _last(day: date, words: Sequence[str], today: date) -> str:
    return _("Last: %(what)s") % {"what": " · ".join([formats.near_day(day, tongue(), today), *words])}


def _prepared(known: Known, number: str, proposal: Any, *, goal: bool) -> Prepared:
    last = known.last.get(number, "")
    if proposal is None:
        return Prepared(last)
    why = Why(proposal)
    told = _told(proposal.goal) if goal else ""
    return Prepared(last, told, proposal.because[:POINTS_SHOWN], why.worth, why.others[:OTHERS_SHOWN])


def _told(reason: Any) -> str:
    return formats.told(reason, tongue()) if reason else ""
