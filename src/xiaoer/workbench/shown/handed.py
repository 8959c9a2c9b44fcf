"""Firms that went from one manager to another: as a list, and in a sentence for whoever gave or took them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.kit.text import say
from xiaoer.workbench.shown.drawings import tongue, unit
from xiaoer.workbench.shown.sentences import Told


@dataclass(frozen=True)
class Side:
    """What stands beside the morning: who has too much, and which firms went or came these days."""

    overloads: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def moved(rows: Sequence[Any], mine: str, name_of: Callable[[str], str]) -> tuple[str, ...]:
    """How many firms the reader gave to whom, and got from whom."""
    stands = [one for one in rows if one.undone_at is None]
    gone = Counter(one.to_id for one in stands if one.from_id == mine)
    come = Counter(one.from_id for one in stands if one.to_id == mine)
    return tuple(
        [
            ngettext("%(n)s firm went to %(who)s", "%(n)s firms went to %(who)s", n)
            % {"n": n, "who": name_of(who)}
            for who, n in sorted(gone.items())
        ]
        + [
            ngettext("%(n)s firm came from %(who)s", "%(n)s firms came from %(who)s", n)
            % {"n": n, "who": name_of(who)}
            for who, n in sorted(come.items())
        ]
    )


def table(name_of: Callable[[str], str]) -> Table:
    """Firms handed over, the last first."""
    return Table(
        name="handovers",
        title=_("Handed over"),
        columns=(
            Column("firm", gettext_lazy("Firm"), _firm, "name", place="title", fixed=True),
            Column("day", gettext_lazy("Day"), "day", "day", ("day", "pk"), place="aside"),
            Column("from", gettext_lazy("From"), lambda one: name_of(one.from_id), order=("from_id",), place="line"),
            Column("to", gettext_lazy("To"), lambda one: name_of(one.to_id), order=("to_id",), place="line"),
            Column("why", gettext_lazy("Why"), _why, place="second"),
            Column("minutes", gettext_lazy("Minutes"), "minutes", "count", ("minutes",), chosen=False),
            Column("worth", gettext_lazy("Brings"), "worth", "wan", ("worth",), "worth"),
            Column("by", gettext_lazy("By"), lambda one: name_of(one.staff_id), chosen=False),
            Column("state", gettext_lazy("State"), _state, place="second"),
        ),
        row_key="id",
        default_order="-day",
        opens=lambda one: reverse("firm", args=[one.customer_id]),
        filters=(Filter("state", gettext_lazy("State"), _states(), few=True),),
        views=(View("all", gettext_lazy("All")),),
        unit_note=_("Amounts in %(unit)s") % {"unit": _("thousands of yuan") if unit() == "¥k" else unit()},
        empty_title=_("No firm changed hands"),
        empty_why=_("Firms that a branch head hands from one manager to another stand here, for both of them."),
    )  # fmt: skip


def _firm(one: Any) -> str:
    return str(one.name or one.customer_id)


def _state(one: Any) -> str:
    return _("taken back") if one.undone_at else ""


def _why(one: Any) -> str:
    return " · ".join(say(reason, tongue()) for reason in one.because)


def _states() -> tuple[Choice, ...]:
    return (
        Choice("stands", gettext_lazy("Stands"), Q(undone_at__isnull=True)),
        Choice("undone", gettext_lazy("Taken back"), Q(undone_at__isnull=False)),
    )


def told(rows: Sequence[Any], mine: str) -> Told:
    """How many went and came, as the reader sees it."""
    gone = sum(one.from_id == mine and one.undone_at is None for one in rows)
    come = sum(one.to_id == mine and one.undone_at is None for one in rows)
    if not gone and not come:
        stands = sum(one.undone_at is None for one in rows)
        words = ngettext("%(n)s firm changed hands", "%(n)s firms changed hands", stands)
        return Told(words % {"n": formats.count(stands)}, "")
    return Told(_("%(gone)s handed over, %(come)s taken over") % {"gone": gone, "come": come}, "")
