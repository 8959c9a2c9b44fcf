"""Firms that could go to somebody else, under whoever would take them, and how everybody would stand afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.kit.text import say
from xiaoer.offers.balance import Book, Held, Limits, Move, gain, over
from xiaoer.workbench.shown.drawings import tongue

STAYS = ""


@dataclass(frozen=True)
class Card:
    """A firm with whom it would go to; `to_id` is STAYS where it is only offered."""

    firm: Any
    move: Move
    to_id: str
    giver: str

    @property
    def because(self) -> list[Any]:
        """Without the price of an hour, which stands in the table above."""
        return [one for one in self.move.because if one["code"] != "handed_price"]

    @property
    def field(self) -> str:
        return f"to-{self.firm.customer_id}"


@dataclass(frozen=True)
class Stage:
    """Whoever takes firms, or where they stay; `number` is what the card's field says."""

    number: str
    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class After:
    """A book before and after."""

    name: str
    before: Book
    after: Book
    limits: Limits

    @property
    def weeks(self) -> str:
        before, after = f"{self.before.weeks:.1f}", f"{self.after.weeks:.1f}"
        return before if before == after else f"{before} → {after}"

    @property
    def firms(self) -> str:
        before, after = formats.count(self.before.firms), formats.count(self.after.firms)
        return before if before == after else f"{before} → {after}"

    @property
    def price(self) -> int:
        return self.before.price

    @property
    def over(self) -> bool:
        return bool(over(self.after, self.limits))


@dataclass(frozen=True)
class Sum:
    """What the chosen moves come to."""

    afters: tuple[After, ...]
    firms: int
    minutes: int
    gain: int

    @property
    def sentence(self) -> str:
        if not self.firms:
            return _("No firm is chosen.")
        words = ngettext(
            "%(n)s firm, %(hours)s hours; they bring about %(worth)s more where they go.",
            "%(n)s firms, %(hours)s hours; they bring about %(worth)s more where they go.",
            self.firms,
        )
        worth = formats.money(self.gain, tongue())
        return words % {"n": self.firms, "hours": formats.hours(self.minutes), "worth": worth}


@dataclass(frozen=True)
class Page:
    """The proposal of a branch."""

    branch: str
    branch_id: str
    stages: tuple[Stage, ...]
    sum: Sum
    overloaded: Mapping[str, Sequence[Any]]
    names: Mapping[str, str]
    handed: Sequence[Any] = ()

    @property
    def sentence(self) -> str:
        if not self.overloaded:
            return _("%(branch)s: nobody has too much") % {"branch": self.branch}
        many = ngettext(
            "%(branch)s: %(n)s manager has too much",
            "%(branch)s: %(n)s managers have too much",
            len(self.overloaded),
        )
        return many % {"branch": self.branch, "n": len(self.overloaded)}

    @property
    def lede(self) -> str:
        return " · ".join(
            f"{self.names.get(number, number)} " + ", ".join(say(one, tongue()) for one in told)
            for number, told in self.overloaded.items()
        )

    @property
    def cards(self) -> int:
        return sum(len(stage.cards) for stage in self.stages)

    @property
    def takers(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.number != STAYS]

    @property
    def empty_why(self) -> str:
        if self.overloaded:
            return _("Nobody of the branch has room, or the firms are of tiers whose relationship is kept.")
        return _(
            "A proposal stands here when somebody has more firms, or more work waiting, than the limits allow."
        )


def page(within: Any, name: str, name_of: Callable[[str], str], handed: Sequence[Any]) -> Page:
    """The proposal as cards under whoever would take them; what is only offered stands under "stays"."""
    moves = within.moves
    cards = [
        Card(
            within.firms[one.firm.customer_id],
            one,
            one.to_id if one.proposed else STAYS,
            name_of(one.firm.manager_id),
        )
        for one in moves
    ]
    numbers = [number for number in within.books if within.books[number].week]
    names = {number: name_of(number) for number in within.books}
    stages = sorted(
        (_stage(number, names[number], cards) for number in numbers),
        key=lambda one: (not one.cards, one.name),
    )
    stays = _stage(STAYS, _("Stays where it is"), cards)
    chosen = {card.firm.customer_id: card.to_id for card in cards if card.to_id != STAYS}
    return Page(
        name, within.branch_id, (*stages, stays), summed(within, chosen, name_of), within.over, names, handed
    )


def _stage(number: str, name: str, cards: Sequence[Card]) -> Stage:
    return Stage(number, name, tuple(card for card in cards if card.to_id == number))


def summed(within: Any, chosen: Mapping[str, str], name_of: Callable[[str], str]) -> Sum:
    """How everybody would stand after the chosen moves; what cannot be counted is left out."""
    books, brings, minutes, count = dict(within.books), 0, 0, 0
    for number, to_id in chosen.items():
        firm = within.held.get(number)
        giver, taker = books.get(firm.manager_id) if firm else None, books.get(to_id)
        if firm is None or giver is None or taker is None or giver is taker:
            continue
        books[giver.manager_id], books[taker.manager_id] = _shifted(giver, taker, firm)
        brings, minutes, count = brings + gain(firm, giver, taker), minutes + firm.minutes, count + 1
    afters = tuple(
        After(name_of(number), within.books[number], books[number], within.limits) for number in books
    )
    return Sum(afters, count, minutes, brings)


def _shifted(giver: Book, taker: Book, firm: Held) -> tuple[Book, Book]:
    return (
        replace(giver, firms=giver.firms - 1, waiting=giver.waiting - firm.minutes),
        replace(taker, firms=taker.firms + 1, waiting=taker.waiting + firm.minutes),
    )
