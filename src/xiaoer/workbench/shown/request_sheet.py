"""One request in words: its line on the firm's page, the sheet in which it is handled, the sheet for a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.satisfaction.terms import TOPICS, WAYS_IN, Deed, Kind, State
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.requests import CAUSES, DONE, KINDS, STATES, WAYS, what, when_due


@dataclass(frozen=True)
class Line:
    """One that is not closed, on the firm's page."""

    one: Any
    who: str
    words: str
    today: date

    @property
    def title(self) -> str:
        return what(self.one)

    @property
    def state(self) -> str:
        return str(STATES[State(self.one.state)])

    @property
    def until(self) -> str:
        return when_due(self.one, self.today)

    @property
    def late(self) -> bool:
        return bool(self.one.act_by < self.today)

    @property
    def stops(self) -> bool:
        return bool(self.one.kind == Kind.COMPLAINT)

    @property
    def address(self) -> str:
        return reverse("request-handle", args=[self.one.request_id])


@dataclass(frozen=True)
class Done:
    """A step as told."""

    step: Any
    people: Mapping[str, str]
    today: date

    @property
    def words(self) -> str:
        return str(self.step.words)

    @property
    def title(self) -> str:
        who = self.people.get(self.step.staff_id, self.step.staff_id)
        done = str(DONE[Deed(self.step.step)])
        if self.step.step == Deed.HANDED:
            done += f" → {self.people.get(self.step.owner_id, self.step.owner_id)}"
        if self.step.due_date:
            done += f" {formats.day(self.step.due_date, tongue(), self.today)}"
        return f"{formats.day(self.step.day, tongue(), self.today)} {who} {done}"


@dataclass(frozen=True)
class Sheet:
    """One request: what was said and done, and what may follow."""

    one: Any
    firm: Any
    steps: Sequence[Any]
    others: Sequence[Any]
    people: Mapping[str, str]
    me: str
    today: date
    furthest_days: int

    @property
    def address(self) -> str:
        return reverse("request-handle", args=[self.one.request_id])

    @property
    def title(self) -> str:
        return what(self.one)

    @property
    def facts(self) -> str:
        since = _("since %(day)s") % {"day": formats.day(self.one.requested_date, tongue(), self.today)}
        due = _("due %(day)s") % {"day": when_due(self.one, self.today)}
        who = self.people.get(self.one.held_by, self.one.held_by) or _("nobody yet")
        return " · ".join(
            filter(None, (str(STATES[State(self.one.state)]), since, due, who, self.one.product))
        )

    @property
    def done(self) -> list[Done]:
        return [Done(step, self.people, self.today) for step in self.steps]

    @property
    def is_open(self) -> bool:
        return bool(self.one.state == State.OPEN)

    @property
    def is_solved(self) -> bool:
        return bool(self.one.state == State.SOLVED)

    @property
    def is_mine(self) -> bool:
        return bool(self.one.held_by == self.me)

    @property
    def stops(self) -> bool:
        return bool(self.one.kind == Kind.COMPLAINT and self.one.state != State.CLOSED)

    @property
    def colleagues(self) -> list[Any]:
        return [one for one in self.others if one.staff_id not in (self.one.held_by, self.me)]

    @property
    def last_day(self) -> str:
        return (self.today + timedelta(days=self.furthest_days)).isoformat()


@dataclass(frozen=True)
class New:
    """The sheet for writing one down."""

    firm: Any

    @property
    def address(self) -> str:
        return reverse("request-new", args=[self.firm.customer_id])

    @property
    def kinds(self) -> list[dict[str, Any]]:
        return [{"value": code.value, "title": title} for code, title in KINDS.items()]

    @property
    def causes(self) -> list[dict[str, Any]]:
        return [{"value": code, "title": CAUSES[code]} for code in TOPICS]

    @property
    def ways(self) -> list[dict[str, Any]]:
        return [{"value": code, "title": WAYS[code]} for code in WAYS_IN]


def recorded(one: Any, today: date) -> str:
    """Said once it is written down."""
    told = _("Written down. Due %(day)s.") % {"day": formats.near_day(one.due_date, tongue(), today)}
    return told + (
        " " + _("Marketing stands still until it is closed.") if one.kind == Kind.COMPLAINT else ""
    )


def done(one: Any, deed: Deed, today: date) -> str:
    """Said once a step is taken."""
    told = f"{what(one)}: {DONE[deed]}"
    if deed is Deed.DUE:
        told += f" {formats.near_day(one.act_by, tongue(), today)}"
    return told
