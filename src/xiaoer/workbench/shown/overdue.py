"""The overdue list as a declared table."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import lending
from xiaoer.workbench.shown.drawings import unit
from xiaoer.workbench.shown.lists import glances
from xiaoer.workbench.shown.sentences import Told

NON_PERFORMING = ("substandard", "doubtful", "loss")


def overdue(name_of: Callable[[str], str]) -> Table:
    """Notes past due in a scope; `name_of` gives the name of a firm."""
    return Table(
        name="overdue",
        title=pgettext("place", "Overdue"),
        columns=_columns(name_of),
        row_key="note_id",
        default_order="-days",
        opens=lambda note: reverse("firm", args=[note.customer_id]) + "?tab=loans",
        glances=glances,
        filters=(
            Filter("bucket", gettext_lazy("Bucket"), _buckets(), few=True),
            Filter("class", gettext_lazy("Class by the rules"), _classes()),
        ),
        views=(
            View("all", gettext_lazy("All")),
            View("early", gettext_lazy("Up to 30 days"), {"bucket": "1"}),
            View("bad", gettext_lazy("Non-performing"), {"class": ",".join(NON_PERFORMING)}),
        ),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("Nothing is past due"),
        empty_why=_("Notes show up here the day after a due day that was not paid in full."),
    )


def told(notes: int, balance: str) -> Told:
    """What a colleague would say of the list."""
    if not notes:
        return Told(_("Nothing is past due"))
    words = _("%(n)s notes past due, %(balance)s still owed on them") % {
        "n": f"{notes:,}",
        "balance": balance,
    }
    return Told(
        words, _("Worked out from plans and repayments, oldest due first; collateral changes nothing.")
    )


def _columns(name_of: Callable[[str], str]) -> tuple[Column, ...]:
    return (
        Column("firm", gettext_lazy("Firm"), lambda note: name_of(note.customer_id), "name", place="title", fixed=True),
        Column("note", pgettext_lazy("loan", "Note"), "note_id", order=("note_id",)),
        Column("product", gettext_lazy("Product"), "product", order=("product",), place="line"),
        Column("days", gettext_lazy("Days past due"), "days_past_due", "count", ("days_past_due",), place="aside",
               figure="days_past_due"),
        Column("overdue", gettext_lazy("Past due"), "overdue_amount", "wan", ("overdue_amount",), "overdue_amount"),
        Column("balance", gettext_lazy("Owed"), "balance", "wan", ("balance",), "balance", "loan_balance"),
        Column("book", gettext_lazy("Class at the bank"), lambda note: lending.class_word(note.book_class),
               order=("book_class",)),
        Column("rules", gettext_lazy("Class by the rules"), lambda note: lending.class_word(note.rule_class),
               order=("rule_class",), place="second", figure="five_class"),
        Column("rule", gettext_lazy("Because"), lambda note: lending.rule_word(note.rule), order=("rule",)),
        Column("due", gettext_lazy("Ends"), "due_date", "day", ("due_date",), chosen=False),
    )  # fmt: skip


def _buckets() -> tuple[Choice, ...]:
    return tuple(
        Choice(str(floor), title, Q(bucket=floor)) for floor, title in lending.BUCKETS.items() if floor
    )


def _classes() -> tuple[Choice, ...]:
    return tuple(Choice(code, title, Q(rule_class=code)) for code, title in lending.CLASSES.items())
