"""Setting and closing goals of a firm's account plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xiaoer.customers import queries as customers
from xiaoer.kit.money import rounded_fen
from xiaoer.kit.refusal import Refusal
from xiaoer.segments import queries as segments
from xiaoer.segments.actions import close_goal, set_goal
from xiaoer.segments.goals import AMOUNTS, MEASURES, Wanted
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.pages import _done, _or_404, _sheet, needs, refusals_told
from xiaoer.workbench.shown import goals as shown

PER_WAN = 10_000


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def goal(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The sheet for a goal: what, how much, by when, in which words."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, _set(desk, customer_id, request.POST))
    firm = _or_404(customers.firm(desk.scope, customer_id))
    measured = {name: segments.measured(firm, name) for name in MEASURES}
    sheet = shown.GoalSheet(firm, measured, reverse("goal", args=[customer_id]), desk.today)
    return _sheet(request, "workbench/goal.html", sheet)


@require_POST
@needs("contacts.write")
@refusals_told
def goal_close(request: HttpRequest, goal_id: int) -> HttpResponse:
    """A goal is reached, or dropped."""
    desk = desk_of(request)
    closed = close_goal(desk.scope, goal_id, request.POST.get("end", ""), desk.today)
    return _done(request, _("Reached; well done") if closed.status == "reached" else _("Dropped"))


def _set(desk: Desk, customer_id: str, form: QueryDict) -> str:
    measure = form.get("measure", "")
    target = _target(measure, form.get("target", ""))
    wanted = Wanted(measure, target, _day(form.get("due", "")), form.get("words", ""))
    set_goal(desk.scope, customer_id, wanted, desk.today)
    return _("The goal is in the plan")


def _target(measure: str, text: str) -> int | None:
    """Typed in 万元, or in pieces; None for nothing."""
    plain = text.replace(",", "").strip()
    if not plain:
        return None
    try:
        number = Decimal(plain)
        if not number.is_finite():
            raise ArithmeticError
    except ArithmeticError:
        raise Refusal(_("%(text)s is no amount") % {"text": text}, next_step=_("Type a number")) from None
    return rounded_fen(number * PER_WAN) if measure in AMOUNTS else int(number)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(_("the goal has no day"), next_step=_("Pick a day")) from None
