"""Checklists of products just opened: what has been shown, what is due, what is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.kit.text import reason, say
from xiaoer.products.queries import Checklist, Step
from xiaoer.workbench.shown.drawings import tongue


@dataclass(frozen=True)
class Line:
    """One step; `who` finished it."""

    step: Step
    today: date
    who: str = ""

    @property
    def words(self) -> str:
        return say(reason(f"lesson_{self.step.code}"), tongue())

    @property
    def open(self) -> bool:
        return self.step.lesson is None

    @property
    def late(self) -> bool:
        return self.open and self.step.due_date < self.today

    @property
    def told(self) -> str:
        """By when, or what came of it."""
        if self.step.lesson is None:
            return _("by %(day)s") % {"day": formats.near_day(self.step.due_date, tongue(), self.today)}
        day = formats.near_day(self.step.lesson.day, tongue(), self.today)
        end = _("not needed") if self.step.lesson.end == "not_needed" else _("shown")
        return " · ".join(filter(None, (end, day, self.who)))


@dataclass(frozen=True)
class List:
    """The checklist of one product."""

    held: Checklist
    lines: Sequence[Line]
    address: str

    @property
    def title(self) -> str:
        return str(self.held.opening.product)

    @property
    def finished(self) -> bool:
        return not self.held.open_steps

    @property
    def told(self) -> str:
        done, whole = len(self.lines) - len(self.held.open_steps), len(self.lines)
        return _("%(done)s of %(whole)s") % {"done": done, "whole": whole}


def lists(held: Sequence[Checklist], people: Mapping[str, str], today: date) -> list[List]:
    """Open checklists first, the newest opening first among equals."""
    made = [
        List(
            one,
            [
                Line(step, today, people.get(step.lesson.staff_id, "") if step.lesson else "")
                for step in one.steps
            ],
            reverse("lesson", args=[one.opening.customer_id]),
        )
        for one in held
        if one.steps
    ]
    return sorted(made, key=lambda one: one.finished)
