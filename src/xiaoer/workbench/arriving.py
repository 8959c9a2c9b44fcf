"""What records told by day, as lines of the morning page: those it begins with, those that come while it is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from xiaoer.contact_policy.queries import Policies
from xiaoer.contact_policy.terms import Channel
from xiaoer.contacts.actions import FollowUp
from xiaoer.customers.queries import firms_by_number
from xiaoer.events import board
from xiaoer.events import queries as noticed
from xiaoer.events.models import Event
from xiaoer.kit.dates import CHINA, SystemClock
from xiaoer.kit.scope import Scope
from xiaoer.workbench import approaching
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.morning import ARRIVALS_SHOWN

MISSED = 5_000  # lines a page that was away may be told of at once
TEMPLATE = "workbench/parts/arrival.html"
RETRY = b"retry: 1000\n\n"


@dataclass(frozen=True)
class Arrival:
    """A line: what was noticed about a firm at which minute, and what the contact policy says to calling now."""

    event: Event
    firm: Any
    minute: str
    stopped: str = ""


@dataclass(frozen=True)
class Message:
    """A line on its way to pages of one language; the scope columns say whose."""

    number: int
    branch_id: str
    manager_id: str
    html: str

    @property
    def sent(self) -> bytes:
        """As server-sent events write it: with its number, so that a page that was away says where it stopped."""
        lines = "".join(f"data: {line}\n" for line in self.html.splitlines() if line.strip())
        return f"id: {self.number}\nevent: noticed\n{lines}\n".encode()


def shown(desk: Desk) -> tuple[Arrival, ...]:
    """The newest lines, for a page that is being made."""
    rows = noticed.arrived(desk.scope, SystemClock().now(), at_most=ARRIVALS_SHOWN)
    return tuple(arrivals(desk.scope, rows, desk.today))


def count(desk: Desk) -> int:
    """Open events in scope, as the board counts them: nothing closed, put off to a day ahead, or muted.

    What the night noticed stays as it was; what came by day, and what somebody put away, is counted anew.
    """
    by_night = desk.remembered("events", lambda: noticed.by_night(desk.scope).count())
    return by_night + noticed.by_day(desk.scope).count() - board.put_away(desk.scope, desk.today)


def begun(desk: Desk, after: int, *, back: bool) -> bytes:
    """How a line begins: what came since the page saw row `after` (0: none), oldest first.

    `back`: it was open before, so nothing may be left out; a page just made wants the newest. It ends with a number
    even where nothing came, so that a page cut off before its first line still says where it stopped.
    """
    most = MISSED if back or after else ARRIVALS_SHOWN
    rows = noticed.arrived(desk.scope, SystemClock().now(), after=after, at_most=most)
    lines = messages(desk.scope, rows[::-1], desk.today, tongue())
    last = rows[0].pk if rows else after
    return RETRY + b"".join(line.sent for line in lines) + f"id: {last}\n\n".encode()


def messages(scope: Scope, rows: list[Event], today: date, language: str) -> list[Message]:
    """Lines in a language, made once for all pages that show them."""
    with translation.override(language):
        return [_message(one, today) for one in arrivals(scope, rows, today)]


def arrivals(scope: Scope, rows: Iterable[Event], today: date) -> list[Arrival]:
    """Rows with their firms; every line has been asked of the contact policy at this very moment."""
    kept = list(rows)
    firms = firms_by_number(scope, {row.customer_id for row in kept})
    known, policies = approaching.known_of_each(scope, firms.values(), today), Policies.now()
    return [
        Arrival(
            row,
            firms[row.customer_id],
            f"{row.noticed_at.astimezone(CHINA):%H:%M}" if row.noticed_at else "",
            _stopped(known[row.customer_id], today, policies),
        )
        for row in kept
        if row.customer_id in firms
    ]


def _stopped(known: Any, today: date, policies: Policies) -> str:
    """Why not to call, in the rule's words; nothing where a call or a visit is open."""
    answers = [
        approaching.answer(known, FollowUp(today, way), policies) for way in (Channel.CALL, Channel.VISIT)
    ]
    if any(one.allowed for one in answers):
        return ""
    return approaching.words(answers[0].blocks[0], today)


def _message(one: Arrival, today: date) -> Message:
    html = render_to_string(TEMPLATE, {"arrival": one, "today": today, "fresh": True})
    return Message(one.event.pk, one.event.branch_id, one.event.manager_id, html)
