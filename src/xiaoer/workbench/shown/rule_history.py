"""The steps of a rule in words: who did what, why, and what a new text changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import pgettext_lazy

from xiaoer.events.lives import Life, Verb
from xiaoer.events.written import Population
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import rule_words as words
from xiaoer.workbench.shown.drawings import tongue

VERBS = {
    "written": pgettext_lazy("rule step", "Written"),
    "proposed": pgettext_lazy("rule step", "A second person asked"),
    "returned": pgettext_lazy("rule step", "Sent back"),
    "adopted": pgettext_lazy("rule step", "Adopted"),
    "ended": pgettext_lazy("rule step", "Ended"),
    "muted": pgettext_lazy("rule step", "Muted"),
    "unmuted": pgettext_lazy("rule step", "Speaks again"),
}


@dataclass(frozen=True)
class Called:
    """Names of staff and of products by their numbers."""

    people: Mapping[str, str]
    products: Mapping[str, str]


def told(step: Any, life: Life | None, called: Called, today: date) -> dict[str, Any]:
    """A step as the page shows it; `changed`: field, before, after of a text that follows another."""
    changed = changes(life, step.version, called.products) if life and step.step == Verb.WRITTEN.value else []
    until = formats.day(step.until_date, tongue(), today) if step.until_date else ""
    who = called.people.get(step.staff_id, step.staff_id)
    return {"title": VERBS[step.step], "version": step.version or None, "who": who, "day": step.day,
            "reason": step.reason, "until": until, "changed": changed}  # fmt: skip


def changes(life: Life, version: int, products: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What a version says otherwise than the one before, where both can be read."""
    now, before = life.text(version), life.text(version - 1)
    if now is None or before is None:
        return []
    names = [name for name in now.body if getattr(before, name) != getattr(now, name)]
    return [
        (
            str(words.FIELDS[name]),
            _plain(getattr(before, name), products),
            _plain(getattr(now, name), products),
        )
        for name in names
    ]


def _plain(value: Any, products: Mapping[str, str]) -> str:
    if isinstance(value, Population):
        return words.whom(value, products)
    return "—" if value == "" else str(value)
