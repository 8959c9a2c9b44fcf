"""The check diary as a declared table, and the sheet for recording a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xiaoer.evidence.shown import shown
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import lending
from xiaoer.workbench.shown.drawings import unit
from xiaoer.workbench.shown.sentences import Told

ESCALATED = {
    "manager": pgettext_lazy("check", "Due"),
    "branch_head": gettext_lazy("Over a week: branch head"),
    "risk_officer": gettext_lazy("Over a month: risk officer"),
}
FOUND = {"in_order": gettext_lazy("In order"), "trouble": gettext_lazy("Trouble seen")}
PURPOSES = {
    "trade": pgettext_lazy("use of money", "Goods and services"),
    "payroll": pgettext_lazy("use of money", "Wages"),
    "tax": pgettext_lazy("use of money", "Tax"),
    "rent": pgettext_lazy("use of money", "Rent"),
    "utilities": pgettext_lazy("use of money", "Power and water"),
    "social_insurance": pgettext_lazy("use of money", "Social insurance"),
    "own_transfer": pgettext_lazy("use of money", "To an own account"),
    "owner": pgettext_lazy("use of money", "To the owner"),
    "cash": pgettext_lazy("use of money", "Cash"),
    "wealth": pgettext_lazy("use of money", "Wealth products"),
    "acquiring": pgettext_lazy("use of money", "Acquiring"),
    "other": pgettext_lazy("use of money", "Other"),
}


def checks(name_of: Callable[[str], str]) -> Table:
    """When each note is looked at next; `name_of` gives the name of a firm."""
    return Table(
        name="checks",
        title=_("Checks"),
        columns=_columns(name_of),
        row_key="note_id",
        default_order="due",
        opens=lambda one: reverse("check", args=[one.note_id]),
        filters=(
            Filter("over", gettext_lazy("How far over"), _choices("escalated_to", ESCALATED), few=True),
            Filter("flag", gettext_lazy("Use of the money"),
                   (Choice("yes", gettext_lazy("Flagged"), Q(flagged=True)),), few=True),
            Filter("class", gettext_lazy("Class by the rules"), _choices("rule_class", lending.CLASSES)),
        ),
        views=(
            View("all", gettext_lazy("All")),
            View("due", gettext_lazy("Due and over"), {"over": ",".join(ESCALATED)}),
            View("flagged", gettext_lazy("Flagged"), {"flag": "yes"}),
        ),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("No check is planned"),
        empty_why=_("Notes show up here once drawn; later checks go by class and amount."),
    )  # fmt: skip


def told(due: int, flagged: int) -> Told:
    """What a colleague would say of the diary."""
    counted = {"due": f"{due:,}", "flagged": f"{flagged:,}"}
    words = _("%(due)s checks due or over, %(flagged)s drawings flagged") % counted
    return Told(words, _("The first check follows each drawing, later ones by class and amount."))


@dataclass(frozen=True)
class CheckSheet:
    """A note's next check: the uses of its drawing, what others found, the form."""

    row: Any
    firm: str
    made: Sequence[Any]
    today: date
    photos: Mapping[str, Sequence[Any]]
    people: Mapping[str, str]

    @property
    def address(self) -> str:
        return reverse("check", args=[self.row.note_id])

    @property
    def over(self) -> str:
        return str(ESCALATED.get(self.row.escalated_to, ""))

    @property
    def payees(self) -> list[dict[str, Any]]:
        return [
            one | {"purpose": str(PURPOSES.get(one["purpose"], one["purpose"]))} for one in self.row.payees
        ]

    @property
    def found(self) -> list[tuple[str, str]]:
        return [(code, str(words)) for code, words in FOUND.items()]

    @property
    def before(self) -> list[dict[str, Any]]:
        return [
            {
                "row": one,
                "words": str(FOUND.get(one.found, one.found)),
                "who": self.people.get(one.staff_id, one.staff_id),
                "photos": shown(self.photos.get(str(one.pk), ()), self.people),
            }
            for one in self.made
        ]


def _columns(name_of: Callable[[str], str]) -> tuple[Column, ...]:
    return (
        Column("firm", gettext_lazy("Firm"), lambda one: name_of(one.customer_id), "name", place="title", fixed=True),
        Column("note", pgettext_lazy("loan", "Note"), "note_id", order=("note_id",)),
        Column("due", gettext_lazy("Check by"), "due_date", "day", ("due_date",), place="aside"),
        Column("over", gettext_lazy("Who hears"), lambda one: str(ESCALATED.get(one.escalated_to, "")), place="line",
               order=("escalated_to",)),
        Column("class", gettext_lazy("Class by the rules"), lambda one: lending.class_word(one.rule_class),
               order=("rule_class",), place="second"),
        Column("balance", gettext_lazy("Owed"), "balance", "wan", ("balance",), "balance", "loan_balance"),
        Column("traced", gettext_lazy("Followed"), "traced_amount", "wan", ("traced_amount",)),
        Column("forbidden", gettext_lazy("Not for business"), "forbidden_amount", "wan", ("forbidden_amount",)),
        Column("last", gettext_lazy("Last check"), "last_check_date", "day", ("last_check_date",)),
    )  # fmt: skip


def _choices(column: str, words: dict[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(code, title, Q(**{column: code})) for code, title in words.items())
