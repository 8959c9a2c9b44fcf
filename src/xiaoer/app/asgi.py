"""What the product's own server loads: the desk in threads, and open pages on the loop.

Whoever starts the server has started the database.
"""

from __future__ import annotations

import asyncio
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiaoer.app.settings")
desk = get_wsgi_application()
_ = get_resolver().url_patterns  # every page's code is read now

from xiaoer.app.bridge import Bridge, Exchange, Receive, Scope, Send, exchange  # noqa: E402
from xiaoer.app.commands.serve import THREADS  # noqa: E402
from xiaoer.app.live import OPEN_SECONDS, Hub, Seat  # noqa: E402
from xiaoer.app.warming import keep_warm  # noqa: E402
from xiaoer.workbench.live_pages import SEAT  # noqa: E402

bridge = Bridge(desk, int(os.environ.get(THREADS, "8")))
hub = Hub()
keep_warm(desk)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or hold one page's line."""
    made = exchange(scope, receive, send)
    seats: list[Seat] = []

    def take_seat(reader: object, language: str) -> None:
        seat = Seat(reader, language)  # type: ignore[arg-type]
        seats.append(seat)
        hub.join(seat, made.loop)

    made.environ[SEAT] = take_seat
    try:
        body = await bridge.answer(made)
        if seats and made.status == 200 and body is not None:
            await _hold(made, seats[0], body)
        elif body is not None:
            await made.begin()
            await made.tell(body, more=False)
    finally:
        for seat in seats:
            hub.leave(seat)


async def _hold(made: Exchange, seat: Seat, missed: bytes) -> None:
    """Send what was missed, then what comes, until the page goes, falls behind or has been open long enough."""
    made.headers = [(name, text) for name, text in made.headers if name != b"content-length"]
    await made.begin()
    await made.tell(missed, more=True)
    gone = asyncio.ensure_future(_gone(made))
    ends = made.loop.time() + OPEN_SECONDS
    try:
        while not gone.done() and not seat.full and made.loop.time() < ends:
            coming = asyncio.ensure_future(seat.next())
            await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                return
            await made.tell(coming.result(), more=True)
        await made.tell(b"", more=False)
    finally:
        gone.cancel()


async def _gone(made: Exchange) -> None:
    while (await made.receive())["type"] != "http.disconnect":
        pass
