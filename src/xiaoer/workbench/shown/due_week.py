"""What falls due this week: maturities, instalments, interest; as a declared table and as lines of the home page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Link, Table, View
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.sentences import Told

KINDS = {
    "maturity": gettext_lazy("Maturity"),
    "instalment": gettext_lazy("Principal and interest"),
    "interest": pgettext_lazy("due", "Interest"),
}
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Due:
    """What one note asks for on its day; fen, None where the bank's plan does not tell."""

    note: Any
    kind: str
    principal: int | None
    interest: int | None

    @property
    def title(self) -> str:
        return str(KINDS[self.kind])

    @property
    def amount(self) -> int:
        return (self.principal or 0) + (self.interest or 0)


@dataclass(frozen=True)
class Line:
    """A due of the home page: its firm, what to tap."""

    due: Due
    firm: Any
    links: Sequence[Link]

    @property
    def day(self) -> date:
        return self.due.note.falls_due  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Week:
    """Dues of the week for the home page: the first ones, and how many there are."""

    lines: Sequence[Line] = ()
    count: int = 0

    @property
    def side(self) -> str:
        return ngettext("%(n)s note", "%(n)s notes", self.count) % {"n": formats.count(self.count)}


NOTHING_DUE = Week()


def week_of(today: date) -> tuple[date, date]:
    """Monday to Sunday of a day's week; at the weekend, when the list is Monday's, from the day to the next Sunday."""
    monday = today - timedelta(days=today.weekday())
    if today.weekday() < SATURDAY:
        return monday, monday + timedelta(days=SUNDAY)
    return today, monday + timedelta(days=SUNDAY + 7)


def due(note: Any) -> Due:
    """What falls due on the note's day, by its plan; a maturity without a plan asks for what is still owed."""
    told = next((one for one in note.plan if one["due"] == str(note.falls_due)), None)
    matures = note.due_date == note.falls_due
    principal = told["principal"] if told else None
    if matures:
        principal = note.balance if principal is None else principal
    kind = "maturity" if matures else "instalment" if principal else "interest"
    return Due(note, kind, principal, told["interest"] if told else None)


def links(customer_id: str, phone: str) -> list[Link]:
    """Calling, where the contact policy lets and a number is known; and planning."""
    call = [Link(_("Call %(phone)s") % {"phone": phone}, f"tel:{phone}")] if phone else []
    return [*call, Link(_("Plan"), reverse("plan", args=[customer_id]), "sheet")]


def table(name_of: Callable[[str], str], links_of: Callable[[str], Sequence[Link]], matures: Q) -> Table:
    """Notes that fall due in the week; `matures` keeps those that end."""
    return Table(
        name="due",
        title=_("Due this week"),
        columns=_columns(name_of, links_of),
        row_key="note_id",
        default_order="day",
        opens=lambda note: reverse("firm", args=[note.customer_id]) + "?tab=loans",
        glances=lambda note: reverse("firm-panel", args=[note.customer_id]),
        filters=(Filter("what", gettext_lazy("What"), (
            Choice("maturity", gettext_lazy("Maturities"), matures),
            Choice("plan", gettext_lazy("Interest and instalments"), ~matures),
        ), few=True),),
        views=(
            View("all", gettext_lazy("All")),
            View("maturity", gettext_lazy("Maturities"), {"what": "maturity"}),
            View("plan", gettext_lazy("Interest and instalments"), {"what": "plan"}),
        ),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("Nothing falls due this week"),
        empty_why=_("Maturities, instalments and interest of the week stand here, by the plans of the bank's files."),
        page_size=25,
    )  # fmt: skip


def told(rows: Sequence[Any] | None, count: int, span: tuple[date, date]) -> Told:
    """What a colleague would say of the week; `rows` None where they are too many to add up."""
    days = {"first": formats.day(span[0], tongue(), span[1]), "last": formats.day(span[1], tongue(), span[1])}
    if not count:
        return Told(_("Nothing falls due this week"), _("%(first)s to %(last)s") % days)
    words = ngettext("%(n)s note falls due this week", "%(n)s notes fall due this week", count) % {
        "n": formats.count(count)
    }
    return Told(words, _added(rows, days) if rows is not None else _("%(first)s to %(last)s") % days)


def _added(rows: Sequence[Any], days: dict[str, str]) -> str:
    asked = [due(row) for row in rows]
    told = {
        "n": formats.count(sum(one.kind == "maturity" for one in asked)),
        "principal": formats.money(sum(one.principal or 0 for one in asked), tongue()),
        "interest": formats.money(sum(one.interest or 0 for one in asked), tongue()),
    }
    words = _("%(first)s to %(last)s: %(n)s mature; %(principal)s of principal, %(interest)s of interest")
    return words % (days | told)


def _columns(name_of: Callable[[str], str], links_of: Callable[[str], Sequence[Link]]) -> tuple[Column, ...]:
    return (
        Column("firm", gettext_lazy("Firm"), lambda note: name_of(note.customer_id), "name", place="title", fixed=True),
        Column("day", gettext_lazy("Day"), "falls_due", "day", ("falls_due",), place="second"),
        Column("what", gettext_lazy("What"), lambda note: due(note).title, place="second"),
        Column("amount", gettext_lazy("To be paid"), lambda note: due(note).amount, "money", place="aside"),
        Column("principal", gettext_lazy("Principal"), lambda note: due(note).principal, "money"),
        Column("interest", pgettext_lazy("due", "Interest"), lambda note: due(note).interest, "money"),
        Column("balance", gettext_lazy("Owed"), "balance", "wan", ("balance",), "balance", "loan_balance"),
        Column("overdue", gettext_lazy("Past due"), "overdue_amount", "wan", ("overdue_amount",)),
        Column("note", pgettext_lazy("loan", "Note"), "note_id", order=("note_id",)),
        Column("product", gettext_lazy("Product"), "product", order=("product",), chosen=False),
        Column("do", gettext_lazy("Do"), lambda note: links_of(note.customer_id), "links", place="line"),
    )  # fmt: skip
