"""The line that stays open while a page is looked at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.kit.screens.guards import needs
from xiaoer.workbench import arriving
from xiaoer.workbench.desk import desk_of
from xiaoer.workbench.shown.drawings import tongue

SEAT = "xiaoer.live"  # what the product's own server puts into a request that may stay open


@require_GET
@needs("firms.read")
def live(request: HttpRequest) -> HttpResponse:
    """What the page has missed; the server keeps the answer open and adds what comes. 204 where it cannot.

    The seat is taken before looking, so that nothing falls between what was looked up and what comes.
    """
    take_seat = request.META.get(SEAT)
    if take_seat is None:
        return HttpResponse(status=204)
    desk = desk_of(request)
    take_seat(desk.scope, tongue())
    came_back = request.headers.get("Last-Event-ID")
    told = arriving.begun(
        desk, _number(came_back or request.GET.get("after", "")), back=came_back is not None
    )
    return HttpResponse(told, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _number(asked: str) -> int:
    """The last line the page has, by the browser's own word when it comes back, else by the page's."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
