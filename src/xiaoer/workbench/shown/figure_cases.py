"""A change of figures in words: what becomes what, from which day, who asked, who decided, whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.kit.adopted.terms import Step, Subject
from xiaoer.kit.scope import Scope
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue

STEPS = {
    Step.ASKED: gettext_lazy("Asked for by"),
    Step.APPROVED: gettext_lazy("Adopted by"),
    Step.RETURNED: gettext_lazy("Sent back by"),
}


@dataclass(frozen=True)
class Field:
    """A figure in the sheet that asks: what it is now, what is asked for."""

    code: str
    title: str
    now: int
    asked: int
    yes_or_no: bool = False


@dataclass(frozen=True)
class Asking:
    """The sheet of the first person."""

    subject: Subject
    title: str
    fields: Sequence[Field]
    earliest: date

    @property
    def address(self) -> str:
        return reverse("figures-ask", args=[self.subject.name])


@dataclass(frozen=True)
class Line:
    """One figure: its name, what it was, what it becomes."""

    title: str
    before: int | None
    after: int


@dataclass(frozen=True)
class Case:
    """A change on its way or ended; `steps` in order, never empty; `before` are the figures it changes."""

    steps: Sequence[Any]
    before: Mapping[str, int]
    titles: Mapping[str, Any]
    people: Mapping[str, str]
    reader: Scope
    subject: Subject
    today: date

    @property
    def first(self) -> Any:
        return self.steps[0]

    @property
    def lines(self) -> list[Line]:
        figures = self.first.figures
        called = {code: str(self.titles.get(code, code)) for code in figures}
        return [Line(called[code], self.before.get(code), figures[code]) for code in sorted(figures)]

    @property
    def hands(self) -> list[dict[str, Any]]:
        return [
            {"title": str(STEPS[one.step]), "who": self.people.get(one.staff_id, one.staff_id), "day": one.day,
             "reason": one.reason}
            for one in self.steps
        ]  # fmt: skip

    @property
    def waits(self) -> bool:
        return bool(self.steps[-1].step == Step.ASKED)

    @property
    def mine(self) -> bool:
        return bool(self.first.staff_id == self.reader.staff_id)

    @property
    def is_mine_to_take(self) -> bool:
        return self.waits and not self.mine and self.reader.may(self.subject.adopts)

    @property
    def adopted(self) -> bool:
        return bool(self.steps[-1].step == Step.APPROVED)

    @property
    def may_revert(self) -> bool:
        return self.adopted and self.reader.may(self.subject.asks)

    @property
    def state_words(self) -> str:
        if self.waits:
            return _("Waiting for somebody else") if self.mine else _("Waiting for a second person")
        if not self.adopted:
            return _("Sent back")
        day, begun = (
            formats.day(self.first.from_date, tongue(), self.today),
            self.first.from_date <= self.today,
        )
        return (_("Holds since %(day)s") if begun else _("Holds from %(day)s")) % {"day": day}

    @property
    def address(self) -> str:
        return reverse("figures-case", args=[self.first.case])

    @property
    def revert_address(self) -> str:
        """The sheet that asks for the figures as they were before."""
        asked = "&".join(f"{line_code}={self.before[line_code]}" for line_code in sorted(self.first.figures)
                         if line_code in self.before)  # fmt: skip
        return reverse("figures-ask", args=[self.subject.name]) + f"?{asked}"
