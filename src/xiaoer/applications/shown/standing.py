"""Where applications stand: by stage, the latest first, each with what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.applications.models import Application, Brought
from xiaoer.applications.reader import Reader, tongue
from xiaoer.applications.rules import late, waited
from xiaoer.applications.shown.record import missing_words
from xiaoer.applications.shown.words import hours, word
from xiaoer.applications.terms import OPEN, Clocks, Item, Stage
from xiaoer.kit.screens import formats

LINES_SHOWN = 60
WORKING_DAY = 8 * 60


@dataclass(frozen=True)
class Line:
    """One application on its way; `minutes` of office time in its stage, None where only the day is known."""

    firm: str
    address: str
    product: str
    amount: int | None
    stage: str
    since: str
    is_late: bool
    missing: str
    own: bool
    order: tuple[int, int]


@dataclass(frozen=True)
class Column:
    """A stage with how many stand there and their sum."""

    title: str
    count: int
    amount: int
    address: str


@dataclass(frozen=True)
class Where:
    """The page."""

    reader: Reader
    here: Sequence[Application]
    theirs: Sequence[Brought]
    firms: Mapping[str, Any]
    items: Mapping[int, tuple[Item, ...]]
    their_items: Mapping[str, tuple[Item, ...]]
    exceptions: int

    @property
    def count(self) -> int:
        return len(self.here) + len(self.theirs)

    @property
    def late_count(self) -> int:
        return sum(line.is_late for line in self.lines)

    @property
    def sentence(self) -> str:
        if not self.count:
            return _("No application is on its way")
        told = ngettext("%(n)s application is on its way", "%(n)s applications are on their way", self.count)
        return told % {"n": formats.count(self.count)}

    @property
    def lede(self) -> str:
        if not self.count:
            return _("A relationship manager begins one on the page of a firm.")
        lacking = sum(bool(line.missing) for line in self.lines)
        told = [
            _("%(n)s beyond plan") % {"n": self.late_count},
            _("%(n)s with papers missing") % {"n": lacking},
            ngettext(
                "%(n)s exception waits for an answer", "%(n)s exceptions wait for an answer", self.exceptions
            )
            % {"n": self.exceptions},
        ]
        return (" · ").join(told)

    @property
    def columns(self) -> list[Column]:
        rows: list[Any] = [*self.here, *self.theirs]
        return [
            Column(
                word("stage", stage),
                sum(row.stage == stage for row in rows),
                sum(row.amount or 0 for row in rows if row.stage == stage),
                f"{reverse('application-list')}?stage={stage}",
            )
            for stage in OPEN
        ]

    @property
    def lines(self) -> list[Line]:
        clocks = Clocks.in_force(self.reader.today)
        made = [self._here(row, clocks) for row in self.here] + [self._theirs(row) for row in self.theirs]
        return sorted(made, key=lambda line: line.order, reverse=True)

    @property
    def shown(self) -> list[Line]:
        return self.lines[:LINES_SHOWN]

    @property
    def unseen(self) -> int:
        return max(0, self.count - LINES_SHOWN)

    def _here(self, row: Application, clocks: Clocks) -> Line:
        minutes = waited(row.stage_since_at, self.reader.now, clocks)
        over = late(Stage(row.stage), minutes, clocks)
        return Line(
            self._name(row.customer_id),
            reverse("application", args=[row.pk]),
            word("product", row.product),
            row.amount,
            word("stage", row.stage),
            hours(minutes),
            over,
            missing_words(self.items.get(row.pk, ())),
            own=True,
            order=(int(over), minutes),
        )

    def _theirs(self, row: Brought) -> Line:
        days = (self.reader.today - row.received_date).days
        return Line(
            self._name(row.customer_id),
            reverse("application-brought", args=[row.application_id]),
            row.product_name or row.product_id,
            row.amount,
            word("stage", row.stage),
            ngettext("%(n)s day in all", "%(n)s days in all", days) % {"n": days},
            is_late=False,
            missing=missing_words(self.their_items.get(row.application_id, ())),
            own=False,
            order=(0, days * WORKING_DAY),
        )

    def _name(self, customer_id: str) -> str:
        firm = self.firms.get(customer_id)
        return firm.name if firm else customer_id

    @property
    def language(self) -> str:
        return tongue()
