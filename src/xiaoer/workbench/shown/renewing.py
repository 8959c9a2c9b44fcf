"""The renewal board: maturing notes by stage, each condition with its evidence, and the three no's counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from xiaoer.kit.dates import month_label
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue

CONDITIONS = {
    "lawful_operation": gettext_lazy("Lawful operation"),
    "going_concern": gettext_lazy("Going concern"),
    "good_credit": gettext_lazy("Good credit"),
    "granting_standard": gettext_lazy("Standard for granting"),
    "own_conditions": gettext_lazy("The bank's own conditions"),
    "now_normal": gettext_lazy("Class normal"),
    "in_time": gettext_lazy("Signed before the end"),
}
STATES = {
    "met": pgettext_lazy("condition", "met"),
    "gap": pgettext_lazy("condition", "to be looked at"),
    "failed": pgettext_lazy("condition", "not met"),
}
TONES = {"met": "good", "gap": "warn", "failed": "bad"}
STAGES = {
    "failing": gettext_lazy("A condition is not met"),
    "gaps_open": gettext_lazy("To be looked at"),
    "fit": gettext_lazy("Fit to be renewed"),
    "signed": gettext_lazy("New contract signed"),
}
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Met:
    """One condition: how it stands after people looked, the evidence, and who brought more."""

    code: str
    state: str
    because: Sequence[Any]
    brought: Sequence[Any]

    @property
    def title(self) -> str:
        return str(CONDITIONS[self.code])

    @property
    def shown_state(self) -> str:
        return "met" if self.state == "gap" and self.brought else self.state

    @property
    def tone(self) -> str:
        return TONES[self.shown_state]

    @property
    def words(self) -> str:
        return str(STATES[self.shown_state])

    @property
    def is_open(self) -> bool:
        return self.shown_state == "gap"


@dataclass(frozen=True)
class Item:
    """A maturing note on the board."""

    row: Any
    firm: str
    brought: Sequence[Any]
    today: date

    @property
    def conditions(self) -> list[Met]:
        return [
            Met(one["condition"], one["state"], one["because"],
                [each for each in self.brought if each.condition == one["condition"]])
            for one in self.row.conditions
        ]  # fmt: skip

    @property
    def stage(self) -> str:
        """As the night saw it, gaps closed by people taken off."""
        if self.row.stage != "gaps_open" or any(one.is_open for one in self.conditions):
            return str(self.row.stage)
        return "fit"

    @property
    def telling(self) -> list[Met]:
        """The conditions that are not met yet."""
        return [one for one in self.conditions if one.shown_state != "met"]

    @property
    def days_left(self) -> str:
        n = (self.row.due_date - self.today).days
        if n < 0:
            return ngettext("ended %(n)s day ago", "ended %(n)s days ago", -n) % {"n": -n}
        return ngettext("%(n)s day left", "%(n)s days left", n) % {"n": n}

    @property
    def address(self) -> str:
        return reverse("renewal", args=[self.row.note_id])


@dataclass(frozen=True)
class Column:
    """A stage with its items."""

    title: str
    items: Sequence[Item]
    balance: int


@dataclass(frozen=True)
class Month:
    """The three no's in a month."""

    month: date
    kinds: Mapping[str, Mapping[str, Any]]

    @property
    def words(self) -> str:
        return formats.long_month(month_label(self.month), tongue())

    @property
    def smooth(self) -> int:
        return self._of("smooth", "loans_sum")

    @property
    def bridged(self) -> int:
        return self._of("gap", "loans_sum")

    @property
    def days(self) -> str:
        """Mean days between old money and new."""
        return f"{self._of('gap', 'days_sum') / self.bridged:.1f}" if self.bridged else "—"

    @property
    def cuts(self) -> int:
        return self._of("cut", "loans_sum")

    @property
    def withdrawals(self) -> int:
        return self._of("withdrawal", "loans_sum")

    def _of(self, kind: str, name: str) -> int:
        return int(self.kinds[kind][name]) if kind in self.kinds else 0


@dataclass(frozen=True)
class Board:
    """The page."""

    items: Sequence[Item]
    promises: Sequence[Mapping[str, Any]]
    whole: int

    @property
    def columns(self) -> list[Column]:
        by_stage = {code: [one for one in self.items if one.stage == code] for code in STAGES}
        filled = ((code, held) for code, held in by_stage.items() if held)
        return [
            Column(str(STAGES[code]), held, sum(one.row.balance for one in held)) for code, held in filled
        ]

    @property
    def sentence(self) -> str:
        if not self.items:
            return _("No loan ends soon")
        return ngettext("%(n)s note ends soon", "%(n)s notes end soon", self.whole) % {"n": f"{self.whole:,}"}

    @property
    def months(self) -> list[Month]:
        found: dict[date, dict[str, Mapping[str, Any]]] = {}
        for one in self.promises:
            found.setdefault(one["month"], {})[one["kind"]] = one
        return [Month(month, kinds) for month, kinds in found.items()][:MONTHS_SHOWN]
