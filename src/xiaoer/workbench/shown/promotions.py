"""A promotion in words: who asked, who approved, whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.kit.scope import Scope
from xiaoer.scores.terms import Step
from xiaoer.workbench.shown import model_words as words


@dataclass(frozen=True)
class Case:
    """A promotion on its way or ended; `steps` in order, never empty."""

    steps: Sequence[Any]
    people: Mapping[str, str]
    reader: Scope
    title: str = ""

    @property
    def first(self) -> Any:
        return self.steps[0]

    @property
    def hands(self) -> list[dict[str, Any]]:
        return [
            {"title": str(words.STEPS[one.step]), "who": self.people.get(one.staff_id, one.staff_id), "day": one.day,
             "reason": one.reason}
            for one in self.steps
        ]  # fmt: skip

    @property
    def waits(self) -> bool:
        return bool(self.steps[-1].step == Step.ASKED)

    @property
    def mine(self) -> bool:
        return any(one.staff_id == self.reader.staff_id for one in self.steps)

    @property
    def is_mine_to_take(self) -> bool:
        return self.waits and not self.mine and self.reader.may("models.approve")

    @property
    def state_words(self) -> str:
        if self.waits:
            return _("Waiting for somebody else") if self.mine else _("Waiting for a second person")
        last = self.steps[-1].step
        return _("In use from the next night on") if last == Step.APPROVED else _("Sent back")

    @property
    def address(self) -> str:
        return reverse("promotion", args=[self.first.case])
