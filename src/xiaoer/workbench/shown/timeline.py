"""What was done with a firm and what is still to come, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xiaoer.kit.text import say
from xiaoer.workbench.shown import morning, wordings


@dataclass(frozen=True)
class Entry:
    """One dot on the line; `ahead` marks what is still to come."""

    day: date
    title: str
    note: str = ""
    who: str = ""
    state: str = ""
    ahead: bool = False


def entries(
    contacts: Sequence[Any],
    tasks: Sequence[Any],
    people: Mapping[str, str],
    delivered: Sequence[Mapping[str, Any]] = (),
) -> list[Entry]:
    """Open tasks first (nearest day last, so that it stands next to today), then contacts back in time.

    `delivered` are contacts the bank's own files tell of, beside those recorded at the desk.
    """
    ahead = [_task(task, people) for task in tasks if task.status == "open"]
    past = [_contact(contact, people) for contact in contacts] + [_delivered(row) for row in delivered]
    return sorted(ahead, key=lambda one: one.day, reverse=True) + sorted(
        past, key=lambda one: one.day, reverse=True
    )


def _task(task: Any, people: Mapping[str, str]) -> Entry:
    return Entry(
        task.due_date,
        morning.task_words(task),
        who=people.get(task.staff_id, ""),
        state=_("to do"),
        ahead=True,
    )


def _contact(contact: Any, people: Mapping[str, str]) -> Entry:
    channel = wordings.word(wordings.CHANNELS, contact.channel)
    outcome = wordings.outcome(contact.outcome)
    return Entry(
        contact.day, f"{channel} · {outcome}", note=contact.note, who=people.get(contact.staff_id, "")
    )


def _delivered(row: Mapping[str, Any]) -> Entry:
    codes = [f"by_{row['channel']}", *([f"came_{row['outcome']}"] if row["outcome"] else [])]
    title = " · ".join(say({"code": code}, get_language() or "zh") for code in codes)
    return Entry(date.fromisoformat(row["date"]), title, who=row["staff"])
