"""The class desk: what the rules ask for otherwise, and changes on their way through three hands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.scope import Scope
from xiaoer.loans.terms import ClassRule, FiveClass
from xiaoer.workbench.shown import lending

NEXT = {"made": "class.review", "reviewed": "class.approve"}


@dataclass(frozen=True)
class Wanted:
    """A note whose class in force is not what the rules ask for."""

    note: Any
    firm: str
    now: str
    article: str

    @property
    def address(self) -> str:
        return reverse("class-change", args=[self.note.note_id])

    @property
    def move(self) -> Move:
        return Move(self.now, self.note.rule_class)

    @property
    def because(self) -> str:
        return lending.rule_word(self.note.rule)


@dataclass(frozen=True)
class Move:
    """From one class to another, in words."""

    before: str
    after: str

    @property
    def chips(self) -> list[dict[str, Any]]:
        return [lending.class_chip(self.before), lending.class_chip(self.after)]


@dataclass(frozen=True)
class Rule:
    """A rule in force: what it asks for at least, its article, and whether that was read in the official text."""

    rule: ClassRule

    @property
    def chip(self) -> dict[str, Any]:
        return lending.class_chip(self.rule.at_least.value)

    @property
    def words(self) -> str:
        return lending.rule_word(self.rule.code)

    @property
    def concerns(self) -> str:
        return str(lending.ASSET_CLASSES.get(self.rule.applies, ""))


@dataclass(frozen=True)
class Hand:
    """One step: what, who, when, and the words that came with it."""

    title: str
    who: str
    day: Any
    reason: str = ""


@dataclass(frozen=True)
class Case:
    """A change on its way or done; `steps` in order, never empty."""

    steps: Sequence[Any]
    firm: str
    people: Mapping[str, str]
    reader: Scope

    @property
    def first(self) -> Any:
        return self.steps[0]

    @property
    def state(self) -> str:
        return str(self.steps[-1].step)

    @property
    def move(self) -> Move:
        return Move(self.first.from_class, self.first.to_class)

    @property
    def because(self) -> str:
        return lending.rule_word(self.first.rule) or self.first.reason

    @property
    def hands(self) -> list[Hand]:
        return [
            Hand(
                str(lending.STEPS[one.step]), self.people.get(one.staff_id, one.staff_id), one.day, one.reason
            )
            for one in self.steps
        ]

    @property
    def mine(self) -> bool:
        """Whether the reader took a step already."""
        return any(one.staff_id == self.reader.staff_id for one in self.steps)

    @property
    def is_mine_to_take(self) -> bool:
        return self.state in NEXT and not self.mine and self.reader.may(NEXT[self.state])

    @property
    def address(self) -> str:
        return reverse("class-case", args=[self.first.case])

    @property
    def next_words(self) -> str:
        return _("Review") if self.state == "made" else _("Approve")

    @property
    def waits_for(self) -> str:
        if self.mine and self.state in NEXT:
            return _("Waiting for somebody else")
        return _("Waiting for review") if self.state == "made" else _("Waiting for approval")


@dataclass(frozen=True)
class ClassDesk:
    """The page: notes to be made, changes waiting, changes ended."""

    wanted: Sequence[Wanted]
    wanted_count: int
    waiting: Sequence[Case]
    ended: Sequence[Case]
    makes: bool
    rules: Sequence[Rule] = field(default=())

    @property
    def sentence(self) -> str:
        if not self.wanted_count and not self.waiting:
            return _("All classes are as the rules ask for")
        told = []
        if self.wanted_count:
            told.append(
                ngettext(
                    "%(n)s note asks for another class",
                    "%(n)s notes ask for another class",
                    self.wanted_count,
                )
                % {"n": f"{self.wanted_count:,}"}
            )
        if self.waiting:
            told.append(
                ngettext("%(n)s change waits for a hand", "%(n)s changes wait for a hand", len(self.waiting))
                % {"n": f"{len(self.waiting):,}"}
            )
        return " · ".join(told)


@dataclass(frozen=True)
class ChangeSheet:
    """The sheet for making a change: the note, its class in force, the classes that may be chosen."""

    note: Any
    firm: str
    now: str
    article: str

    @property
    def address(self) -> str:
        return reverse("class-change", args=[self.note.note_id])

    @property
    def choices(self) -> list[dict[str, Any]]:
        asked = FiveClass(self.note.rule_class)
        return [
            lending.class_chip(one) | {"code": one.value, "asked": one is asked, "now": one.value == self.now,
                                       "milder": one.grade < asked.grade}
            for one in FiveClass
        ]  # fmt: skip

    @property
    def because(self) -> str:
        return lending.rule_word(self.note.rule)

    @property
    def now_words(self) -> str:
        return lending.class_word(self.now)


def ended(cases: Iterable[Case]) -> list[Case]:
    """Those that need no hand any more."""
    return [one for one in cases if one.state not in NEXT]


def waiting(cases: Iterable[Case]) -> list[Case]:
    """Those that wait, the reader's own turn first."""
    return sorted((one for one in cases if one.state in NEXT), key=lambda one: not one.is_mine_to_take)
