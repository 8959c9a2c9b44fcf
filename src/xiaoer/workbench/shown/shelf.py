"""The shelf as a declared table: one line a model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.workbench.shown import model_words as words
from xiaoer.workbench.shown.sentences import Told

STATES = {
    "live": gettext_lazy("in use"),
    "challenger": gettext_lazy("waits for two"),
    "small_sample": gettext_lazy("small sample"),
    "refused": gettext_lazy("refused"),
    "not_trained": gettext_lazy("not trained"),
}
LEVELS = {
    "act": pgettext_lazy("drift", "act"),
    "watch": pgettext_lazy("drift", "look at it"),
    "calm": pgettext_lazy("drift", "calm"),
}


def shelf(today: date, people: Mapping[str, str]) -> Table:
    """Every model of the shelf; ages are counted to a day, `people` are names by staff number."""
    return Table(
        name="models",
        title=pgettext("place", "Models"),
        columns=_columns(today, people),
        row_key="model",
        default_order="name",
        opens=lambda one: reverse("model", args=[one.model]),
        filters=(
            Filter("state", gettext_lazy("State"), _choices(STATES, "state"), few=True),
            Filter("drift", pgettext_lazy("model", "Watch"), _choices(LEVELS, "drift_level"), few=True),
            Filter("family", gettext_lazy("Family"), _choices(words.FAMILIES, "family")),
        ),
        views=(
            View("all", gettext_lazy("All")),
            View("live", gettext_lazy("In use"), {"state": "live"}),
            View("loud", gettext_lazy("Alarms"), {"drift": "act.watch"}),
        ),
        finds=lambda typed: (
            Q(name_zh__icontains=typed) | Q(name_en__icontains=typed) | Q(model__icontains=typed)
        ),
        finds_hint=gettext_lazy("Name of a model"),
        unit_note=_("Measures are out of time, with 95 % intervals; greater is better"),
        empty_title=_("The shelf is empty"),
        empty_why=_("After the next night every model of the product stands here, trained or not."),
        page_size=100,
    )


def told(models: int, used: int, waiting: int, loud: int) -> Told:
    """What a colleague would say of the shelf."""
    parts = [
        _("%(used)s of %(n)s models in use") % {"used": used, "n": models},
        _("%(n)s wait for two persons") % {"n": waiting} if waiting else "",
        _("%(n)s raise an alarm") % {"n": loud} if loud else "",
    ]
    return Told(
        " · ".join(filter(None, parts)),
        _("A model is used once it beat its rival on later days and two persons put it to use."),
    )


def _columns(today: date, people: Mapping[str, str]) -> tuple[Column, ...]:
    return (
        Column("name", gettext_lazy("Model"), words.name, "name", ("standing", "family", "name_en"),
               place="title", fixed=True),
        Column("family", gettext_lazy("Family"), lambda one: words.family(one.family), order=("family",),
               place="line"),
        Column("state", gettext_lazy("State"), lambda one: [words.state(one.state)], "chips", ("state",),
               place="aside"),
        Column("measure", gettext_lazy("Measure"), lambda one: str(words.METRICS.get(one.metric, one.metric)),
               order=("metric",)),
        Column("value", gettext_lazy("Value with interval"),
               lambda one: words.measured(one.metric, one.value, one.low, one.high), order=("value",),
               place="second", figure="model_value"),
        Column("rival", gettext_lazy("Rival"), lambda one: words.figure(one.metric, one.rival_value),
               order=("rival_value",), figure="model_rival"),
        Column("age", gettext_lazy("Age"), lambda one: words.days_old(_age(one, today)), order=("trained_on",)),
        Column("psi", "PSI", lambda one: words.figure("psi", one.drift), order=("drift",), figure="psi"),
        Column("drift", pgettext_lazy("model", "Watch"),
               lambda one: [words.drift(one.drift_level)] if _used(one) else [],
               "chips", ("drift_level",), place="second"),
        Column("approved", gettext_lazy("Approved by"), lambda one: _person(people, one.approved_by),
               order=("approved_by",)),
        Column("asked", gettext_lazy("Asked by"), lambda one: _person(people, one.asked_by),
               order=("asked_by",), chosen=False),
        Column("rows", gettext_lazy("Rows judged"), "n", "count", ("n",), chosen=False),
    )  # fmt: skip


def _age(one: Any, today: date) -> int | None:
    return (today - one.trained_on).days if one.trained_on else None


def _used(one: Any) -> bool:
    return bool(one.state == "live")


def _choices(titles: Any, column: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, title, Q(**{column: code})) for code, title in titles.items())


def _person(people: Mapping[str, str], named: str) -> str:
    return people.get(named, named) or "—"
