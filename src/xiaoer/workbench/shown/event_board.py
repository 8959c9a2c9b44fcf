"""The board of events in words: the strip of two weeks, the sheet in which events are handled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.events.left import WRONG, why_left
from xiaoer.kit.dates import next_working_day
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

DONE = {
    "accepted": gettext_lazy("taken on"),
    "postponed": gettext_lazy("put off"),
    "closed": gettext_lazy("closed"),
    "reopened": gettext_lazy("open again"),
    "muted": gettext_lazy("muted for the firm"),
    "unmuted": gettext_lazy("heard again"),
}
REASONS = {
    "handled": gettext_lazy("Dealt with"),
    "known": gettext_lazy("Known already"),
    "wrong": gettext_lazy("Not true"),
    "no_use": gettext_lazy("True, but nothing to do"),
}
WEEKEND = 5


@dataclass(frozen=True)
class Day:
    """One day of the strip: events due (those somebody must act on), promises, loans that end."""

    day: date
    events: int
    act: int
    promised: int
    matures: int
    today: date

    @property
    def address(self) -> str:
        return f"{reverse('events')}?day={self.day.isoformat()}" if self.events else ""

    @property
    def here(self) -> bool:
        return self.day == self.today

    @property
    def over(self) -> bool:
        return self.day < self.today

    @property
    def quiet(self) -> bool:
        return self.day.weekday() >= WEEKEND and not (self.events or self.promised or self.matures)

    @property
    def weekday(self) -> str:
        return formats.weekday(self.day, tongue())

    @property
    def words(self) -> list[str]:
        told = [
            (self.promised, ngettext("%(n)s promise", "%(n)s promises", self.promised)),
            (self.matures, ngettext("%(n)s loan ends", "%(n)s loans end", self.matures)),
        ]
        return [words % {"n": n} for n, words in told if n]


@dataclass(frozen=True)
class Sheet:
    """What can be done with some events; `leaving`: closing some of them asks why the firm left."""

    rows: Sequence[Any]
    firms: Mapping[str, Any]
    steps: Mapping[str, Any]
    others: Sequence[tuple[str, str]]
    today: date
    mutable: bool
    most_mute_days: int
    called: Mapping[str, Any]
    leaving: bool = False

    @property
    def address(self) -> str:
        return reverse("events-handle")

    @property
    def title(self) -> str:
        if len(self.rows) == 1:
            one = self.rows[0]
            firm = self.firms.get(one.customer_id)
            return f"{firm.name if firm else one.customer_id} · {wordings.word(dict(self.called), one.rule)}"
        return ngettext("%(n)s event", "%(n)s events", len(self.rows)) % {"n": len(self.rows)}

    @property
    def keys(self) -> list[str]:
        return [one.event_id for one in self.rows]

    @property
    def days(self) -> list[dict[str, Any]]:
        offered = [next_working_day(self.today + timedelta(days=ahead)) for ahead in (1, 7, 14)]
        return [{"value": day.isoformat(), "title": formats.near_day(day, tongue(), self.today),
                 "note": formats.weekday(day, tongue())} for day in dict.fromkeys(offered)]  # fmt: skip

    @property
    def reasons(self) -> list[dict[str, Any]]:
        told = REASONS if not self.leaving else {WRONG: REASONS[WRONG]}
        return [{"value": code, "title": title} for code, title in told.items()]

    @property
    def why_left(self) -> list[dict[str, str]]:
        return (
            [{"value": code, "title": wordings.why_left(code)} for code in why_left()] if self.leaving else []
        )

    @property
    def state(self) -> str:
        """The state all of them are in; "" where they differ or nothing was done."""
        held = {self.steps[one.event_id].step if one.event_id in self.steps else "" for one in self.rows}
        return held.pop() if len(held) == 1 else ""

    @property
    def can_reopen(self) -> bool:
        return any(one.step in ("closed", "postponed", "accepted") for one in self.steps.values())

    @property
    def is_muted(self) -> bool:
        return any(one.step == "muted" for one in self.steps.values())

    @property
    def mute_until(self) -> str:
        return (self.today + timedelta(days=min(30, self.most_mute_days))).isoformat()

    @property
    def mute_last(self) -> str:
        return (self.today + timedelta(days=self.most_mute_days)).isoformat()

    @property
    def tomorrow(self) -> str:
        return (self.today + timedelta(days=1)).isoformat()


def told(step: Any, people: Mapping[str, str], today: date, why: str = "") -> str:
    """What was last done with an event; `why` its firm left, where somebody said so."""
    if step is None:
        return ""
    who = people.get(step.owner_id or step.staff_id, step.owner_id or step.staff_id)
    if step.step == "accepted":
        return who
    if step.step == "closed":
        return wordings.why_left(why) if why else str(REASONS.get(step.reason, step.reason))
    if step.step in ("postponed", "muted"):
        day = formats.day(step.until_date, tongue(), today)
        told_of = _("put off to %(day)s") if step.step == "postponed" else _("muted until %(day)s")
        return told_of % {"day": day}
    return ""
