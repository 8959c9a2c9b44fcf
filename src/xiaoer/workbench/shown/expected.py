"""What was expected of a firm's contacts before, what they cost, and what came of them: one line a contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.contact_report import OWN_RULES
from xiaoer.workbench.shown.drawings import tongue

WON = "accepted"


@dataclass(frozen=True)
class Line:
    """A contact that something was expected of; `measured`: the bank's own records of it, None where nobody looks."""

    contact: Any
    title: str
    cost: int
    measured: Any
    today: date

    @property
    def won(self) -> bool:
        return bool(self.contact.outcome == WON)

    @property
    def brought(self) -> int | None:
        """What it was worth, in fen: nothing where it was not accepted; None where it was and nobody said how much."""
        return self.contact.worth if self.won else 0

    @property
    def expected_words(self) -> str:
        return before(self.contact.expected_return, self.cost)

    @property
    def outcome(self) -> str:
        return str(wordings.outcome(self.contact.outcome))

    @property
    def came(self) -> str:
        """The figure at the end of the line."""
        return _("not said") if self.brought is None else _money(self.brought)

    @property
    def tone(self) -> str:
        return "good" if self.won else ""

    @property
    def records(self) -> str:
        """What the bank's records say, or when they will; "" where nobody compares."""
        if self.measured is None:
            return ""
        day = formats.day(self.measured.due_date, tongue(), self.today)
        if not self.measured.ripe:
            return _("looked up in the bank's records on %(day)s") % {"day": day}
        told = _("came true") if self.measured.won else _("did not come true")
        if self.measured.won is None:
            told = _("cannot be judged")
        year = {"told": told, "profit": _money(self.measured.profit), "day": day}
        return _("records of %(day)s: %(told)s, %(profit)s more a year") % year


@dataclass(frozen=True)
class Card:
    """All such contacts of a firm, the last first, with their sums."""

    lines: Sequence[Line]

    def __bool__(self) -> bool:
        return bool(self.lines)

    @property
    def sentence(self) -> str:
        words = ngettext(
            "%(n)s contact: %(hoped)s expected, %(cost)s spent, %(brought)s came",
            "%(n)s contacts: %(hoped)s expected, %(cost)s spent, %(brought)s came",
            len(self.lines),
        )
        return words % {
            "n": len(self.lines),
            "hoped": _money(sum(one.contact.expected_return for one in self.lines)),
            "cost": _money(sum(one.cost for one in self.lines)),
            "brought": _money(sum(one.brought or 0 for one in self.lines)),
        }

    @property
    def remark(self) -> str:
        """What the sum leaves out."""
        unsaid = sum(one.brought is None for one in self.lines)
        words = ngettext("%(n)s accepted without a figure", "%(n)s accepted without a figure", unsaid)
        return words % {"n": unsaid} if unsaid else ""


def before(hoped: int, cost: int) -> str:
    """What was expected and what it costs, in fen."""
    return _("expected %(hoped)s, cost %(cost)s") % {"hoped": _money(hoped), "cost": _money(cost)}


def title(contact: Any, rules: Mapping[str, str], products: Mapping[str, str]) -> str:
    """What it was about: the product offered, else the rule behind it."""
    words = {**OWN_RULES, **rules}
    return products.get(contact.product_id) or wordings.word(words, contact.rule)


def _money(fen: int | None) -> str:
    return formats.money(fen, tongue())
