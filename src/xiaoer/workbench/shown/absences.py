"""Who is away, from when to when, and who stands in: as a list, as a sheet, as a line on other pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from xiaoer.branches.rules import away
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Link, Table, View
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.sentences import Told


@dataclass(frozen=True)
class AbsenceSheet:
    """Whose absence may be entered, who may stand in; names by staff number."""

    people: Mapping[str, str]
    chosen: str
    deputies: Mapping[str, str]
    today: date
    firm: Any = None

    @property
    def address(self) -> str:
        return reverse("absence-new")

    @property
    def title(self) -> str:
        return _("Away")

    @property
    def several(self) -> bool:
        return len(self.people) > 1


@dataclass(frozen=True)
class BackSheet:
    """Whether somebody is back sooner than planned."""

    held: Any
    names: Mapping[str, str]
    today: date
    firm: Any = None

    @property
    def address(self) -> str:
        return reverse("absence-back", args=[self.held.pk])

    @property
    def title(self) -> str:
        return line(self.held, self.names, self.today)


def add(writes: bool) -> Link | None:
    """The way to the sheet."""
    return Link(_("Enter an absence"), reverse("absence-new"), "sheet") if writes else None


def last_day(one: Any) -> date:
    """The last day somebody is away, or was."""
    return one.to_date if one.back_date is None else min(one.to_date, one.back_date)  # type: ignore[no-any-return]


def table(names: Mapping[str, str], may: AbstractSet[str], today: date) -> Table:
    """Absences, the latest first; `may`: whose absence the reader ends."""

    def name(number: str) -> str:
        return names.get(number, number)

    return Table(
        name="absences",
        title=_("Away"),
        columns=(
            Column("who", pgettext_lazy("absence", "Who"), lambda one: name(one.staff_id), "name", place="title",
                   fixed=True),
            Column("from", gettext_lazy("From"), "from_date", "day", ("from_date",), place="aside"),
            Column("to", gettext_lazy("Last day"), last_day, "day", ("to_date",), place="aside"),
            Column("deputy", gettext_lazy("Stands in"), lambda one: name(one.deputy_id), place="line"),
            Column("state", gettext_lazy("State"), lambda one: state(one, today), place="second"),
            Column("do", "", lambda one: _links(one, may, today), "links", place="second"),
            Column("entered", gettext_lazy("Entered by"), lambda one: name(one.entered_by), chosen=False),
        ),
        row_key="id",
        default_order="-from",
        opens=lambda one: f"{reverse('calendar')}?week={one.from_date.isoformat()}",
        views=(View("all", gettext_lazy("All")),),
        filters=(Filter("state", gettext_lazy("State"), _states(today), few=True),),
        empty_title=_("Nobody is away"),
        empty_why=_(
            "An absence entered here takes the hours off the day's plan, and shows the firms to whoever stands in."
        ),
    )  # fmt: skip


def _links(one: Any, may: AbstractSet[str], today: date) -> tuple[Link, ...]:
    """Being back sooner, where the reader may say so and it is not over."""
    if one.staff_id not in may or one.back_date is not None or one.to_date < today:
        return ()
    return (Link(_("Back today"), reverse("absence-back", args=[one.pk]), "sheet"),)


def _states(today: date) -> tuple[Choice, ...]:
    open_still = Q(back_date__isnull=True)
    return (
        Choice("now", gettext_lazy("Away now"), open_still & Q(from_date__lte=today, to_date__gte=today)),
        Choice("ahead", gettext_lazy("To come"), open_still & Q(from_date__gt=today)),
        Choice("over", gettext_lazy("Over"), Q(to_date__lt=today) | Q(back_date__isnull=False)),
    )


def state(one: Any, today: date) -> str:
    if away(one, today):
        return _("away now")
    return _("to come") if one.back_date is None and one.from_date > today else _("over")


def told(gone: Sequence[Any], names: Mapping[str, str], today: date) -> Told:
    """Who is away today, until when, and who stands in."""
    many = ngettext("%(n)s manager is away today", "%(n)s managers are away today", len(gone))
    head = many % {"n": len(gone)} if gone else _("Everybody is there today")
    return Told(head, " · ".join(line(one, names, today) for one in gone[:5]))


def line(one: Any, names: Mapping[str, str], today: date) -> str:
    """One absence in a line."""
    words = _("%(who)s until %(day)s, %(deputy)s stands in")
    return words % {
        "who": names.get(one.staff_id, one.staff_id),
        "deputy": names.get(one.deputy_id, one.deputy_id),
        "day": formats.near_day(last_day(one), tongue(), today),
    }


def represented(one: Any, names: Mapping[str, str], today: date) -> str:
    """Who stands in for a firm's manager, for the head of its page; "" while the manager is there."""
    if one is None:
        return ""
    return _("represented by %(name)s until %(day)s") % {
        "name": names.get(one.deputy_id, one.deputy_id),
        "day": formats.day(last_day(one), tongue(), today),
    }
