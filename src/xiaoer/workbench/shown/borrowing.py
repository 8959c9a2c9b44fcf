"""A firm's loans on its page: each note with its class, its times past due, its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from xiaoer.loans.queries import class_in_force
from xiaoer.loans.rules.flexible import Alternative, Payer, alternative, eligible
from xiaoer.loans.terms import FiveClass, Flexible, Loan, Method
from xiaoer.workbench.shown import lending
from xiaoer.workbench.shown.guarantees import Guarantees
from xiaoer.workbench.shown.past_due import PastDue, of_note
from xiaoer.workbench.shown.plans import Checked

PLAN_BEFORE, PLAN_AHEAD = 3, 6


@dataclass(frozen=True)
class Instalment:
    """A line of the plan; amounts in fen."""

    day: date
    principal: int
    interest: int
    paid: date | None
    late: bool


@dataclass(frozen=True)
class Borrowed:
    """A note as the page shows it."""

    note: Any
    now: str
    today: date
    history: PastDue | None = None
    agreed: Checked | None = None  # its plan against its contract

    @property
    def chip(self) -> dict[str, Any]:
        return lending.class_chip(self.now)

    @property
    def asked(self) -> dict[str, Any] | None:
        """What the rules ask for, where it is something else."""
        return lending.class_chip(self.note.rule_class) if self.note.rule_class != self.now else None

    @property
    def because(self) -> str:
        return lending.rule_word(self.note.rule)

    @property
    def method(self) -> str:
        return str(lending.METHODS.get(self.note.repayment_method, ""))

    @property
    def asset_class(self) -> str:
        return str(lending.ASSET_CLASSES.get(self.note.asset_class, ""))

    @property
    def easier(self) -> Alternative | None:
        """The easier plan a good payer may be offered; none for others."""
        note, method = self.note, self.note.repayment_method
        known = note.drawn_date and note.due_date and note.rate is not None and method in {*Method}
        payer = Payer(FiveClass(self.now).grade, note.drawn_date or self.today, note.last_late_date)
        terms = Flexible.in_force(self.today)
        if not known or FiveClass(note.rule_class).grade or not eligible(payer, terms, self.today):
            return None
        rate = Fraction(str(note.rate))
        left = Loan(note.balance, rate, note.drawn_date, note.due_date, 0, Method(method))
        return alternative(left, terms, self.today)

    @property
    def change_address(self) -> str:
        return reverse("class-change", args=[self.note.note_id])

    @property
    def times(self) -> Sequence[Any]:
        """Times in a bucket."""
        return list(self.note.times)

    @property
    def plan(self) -> list[Instalment]:
        """The last instalments and the next ones."""
        rows = [self._instalment(one) for one in self.note.plan]
        past = [one for one in rows if one.day <= self.today]
        ahead = [one for one in rows if one.day > self.today]
        return past[-PLAN_BEFORE:] + ahead[:PLAN_AHEAD]

    def _instalment(self, one: Mapping[str, Any]) -> Instalment:
        day, paid = date.fromisoformat(one["due"]), _day(one["paid"])
        return Instalment(day, one["principal"], one["interest"], paid, paid is None and day < self.today)


@dataclass(frozen=True)
class Change:
    """A change of what the rules ask for."""

    row: Any

    @property
    def chips(self) -> list[dict[str, Any]]:
        return [lending.class_chip(self.row.from_class), lending.class_chip(self.row.to_class)]

    @property
    def because(self) -> str:
        return lending.rule_word(self.row.rule)

    @property
    def before(self) -> str:
        return lending.rule_word(self.row.rule_before)


@dataclass(frozen=True)
class Borrowing:
    """All notes of a firm and what changed."""

    notes: Sequence[Borrowed]
    changes: Sequence[Change]
    history: PastDue | None = None
    guarantees: Guarantees | None = None

    @property
    def known(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.notes or self.history or self.guarantees)


def borrowing(
    notes: Sequence[Any],
    moves: Sequence[Any],
    agreed: Mapping[str, Any],
    today: date,
    *,
    history: PastDue | None = None,
    guarantees: Guarantees | None = None,
    plans: Mapping[str, Any] = MappingProxyType({}),
) -> Borrowing:
    """A firm's notes with their class in force, and how late it was through time."""
    held = dict(agreed)
    shown = tuple(
        Borrowed(
            one,
            class_in_force(one, held),
            today,
            of_note(history, one.note_id),
            Checked(plans[one.note_id], today) if one.note_id in plans else None,
        )
        for one in notes
    )
    return Borrowing(shown, tuple(Change(one) for one in moves), history, guarantees)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
