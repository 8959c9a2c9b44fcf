"""The frame around a page: places with their counts, the reader, the day of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xiaoer.branches.queries import who
from xiaoer.scores.queries import waiting
from xiaoer.workbench import gathering, risk, ruling
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.shown.drawings import tongue

RISK = frozenset(
    {
        "due",
        "overdue",
        "classes",
        "renewals",
        "checks",
        "migration",
        "vintages",
        "concentration",
        "guarantees",
        "plans",
    }
)
WITHIN = {
    "absences": "calendar",
    "handovers": "capacity",
    "causes": "requests",
}  # lists that are part of another place
OLD_AFTER = timedelta(days=4)  # a long weekend is not yet old


@dataclass(frozen=True)
class Place:
    """One entry at the side and, for four of them, in the phone's bar."""

    title: str
    icon: str
    address: str
    here: bool = False
    count: int = 0
    on_phone: bool = True
    heading: str = ""


def show(request: HttpRequest, here: str, template: str, **told: Any) -> HttpResponse:
    """A page inside the frame."""
    desk = desk_of(request)
    return render(request, template, around(request, desk, here) | told)


def part(request: HttpRequest, template: str, **told: Any) -> HttpResponse:
    """A piece of a page, without the frame."""
    desk = desk_of(request)
    return render(request, template, {"desk": desk, "today": desk.today, "as_of": desk.as_of} | told)


def around(request: HttpRequest, desk: Desk, here: str) -> dict[str, Any]:
    """What the frame shows; the notice of what was just done is said once."""
    return {
        "desk": desk,
        "today": desk.today,
        "as_of": desk.as_of,
        "as_of_is_old": bool(desk.as_of and desk.today - desk.as_of > OLD_AFTER),
        "who": desk.remembered(
            f"who {desk.scope.staff_id} {tongue()}", lambda: who(desk.scope, desk.today, tongue())
        ),
        "rooms": rooms(desk, here),
        "told": request.session.pop("told", ""),
    }


def rooms(desk: Desk, here: str) -> list[Place]:
    """Where one can go, with how much waits there."""
    here = WITHIN.get(here, here)
    made = _places_of_firms(desk, here) if desk.scope.may("firms.read") else []
    if desk.scope.may("effects.read"):
        made.append(Place(_("Effects"), "effects", reverse("effects"), here == "effects", on_phone=False))
    if desk.scope.may("policy.try"):
        made.append(Place(_("Contact policy"), "info", reverse("policy"), here == "policy", on_phone=False))
    if desk.scope.may("rules.read"):
        made.append(_rules(desk, here))
    if desk.scope.may("models.read"):
        made.append(_models(desk, here))
    if desk.scope.may("data.read"):
        made.append(
            Place(_("Data"), "data", reverse("data"), here == "data", on_phone=False, heading=_("The night"))
        )
    return made


def _rules(desk: Desk, here: str) -> Place:
    """Counted are texts that wait for this reader."""
    title = pgettext("place", "Rules")
    return Place(title, "rules", reverse("rules"), here == "rules", ruling.mine_to_take(desk), on_phone=False)


def _requests(here: str, count: int) -> Place:
    """Counted are those not closed."""
    return Place(_("Requests"), "info", reverse("requests"), here == "requests", count, on_phone=False)


def _models(desk: Desk, here: str) -> Place:
    """Counted are promotions that wait for this reader."""
    waits = [steps for steps in waiting(desk.scope) if steps[0].staff_id != desk.scope.staff_id]
    count = len(waits) if desk.scope.may("models.approve") else 0
    return Place(_("Models"), "models", reverse("models"), here == "models", count, on_phone=False)


def _places_of_firms(desk: Desk, here: str) -> list[Place]:
    counts = gathering.counts(desk)
    made = [
        Place(_("Today"), "today", reverse("today"), here == "today", counts["today"]),
        Place(_("Calendar"), "calendar", reverse("calendar"), here == "calendar"),
        Place(_("Firms"), "firms", reverse("firms"), here == "firms", counts["firms"]),
        Place(_("Events"), "events", reverse("events"), here == "events", counts["events"]),
    ]
    made.append(
        Place(
            _("Applications"),
            "applications",
            reverse("applications"),
            here == "applications",
            counts["applications"],
            on_phone=False,
        )
    )
    made.append(_requests(here, counts["requests"]))
    made.append(Place(_("Report"), "report", reverse("report"), here == "report", on_phone=False))
    made.append(Place(_("Surveys"), "check", reverse("surveys"), here == "surveys", on_phone=False))
    if desk.scope.everything or desk.scope.branches:
        made.append(Place(_("Capacity"), "person", reverse("capacity"), here == "capacity", on_phone=False))
    if counts["firms"]:
        made.append(Place(_("Segments"), "segments", reverse("segments"), here == "segments", on_phone=False))
    if risk.lends(desk):
        made.append(
            Place(
                pgettext("place", "Loans"),
                "loans",
                reverse("overdue"),
                here in RISK,
                risk.late_count(desk),
                on_phone=False,
            )
        )
    return made
