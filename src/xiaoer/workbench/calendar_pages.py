"""The calendar: a day, a week, a month; things moved to another day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.workbench import diary, doing
from xiaoer.workbench.desk import desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import _done, _sheet, needs, refusals_told
from xiaoer.workbench.shown import month as months


@require_GET
@needs("firms.read")
@refusals_told
def calendar(request: HttpRequest) -> HttpResponse:
    """A day, a week or a month."""
    desk, asked = desk_of(request), {name: request.GET.get(name, "") for name in ("day", "week", "month")}
    for typed in (asked["day"], asked["week"], f"{asked['month']}-01"):
        doing.check_year(typed)
    if first := months.asked(asked["month"]):
        return show(request, "calendar", "workbench/month.html", month=diary.month(desk, first))
    span = diary.span(desk, asked["day"], asked["week"])
    return show(request, "calendar", "workbench/calendar.html", span=span)


@require_http_methods(["GET", "POST"])
@needs("contacts.write")
@refusals_told
def task_move(request: HttpRequest, task_id: int) -> HttpResponse:
    """Move a promise to another day, or tick it off; asked for, the sheet of days."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, doing.move(desk, task_id, request.POST))
    return _sheet(request, "workbench/move.html", doing.move_sheet(desk, task_id))
