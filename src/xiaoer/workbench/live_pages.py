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
    lines = arriving.missed(desk, _after(request))
    told = arriving.RETRY + b"".join(line.sent for line in lines)
    return HttpResponse(told, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _after(request: HttpRequest) -> int:
    """The last line the page has: the browser's own word when it comes back, else the page's."""
    asked = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
