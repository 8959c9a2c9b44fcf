"""Many open pages on one connection to PostgreSQL: what records told goes to every page that may see it.

One thread listens and makes the lines, once for each language; the server's loop hands them to the seats. A message
PostgreSQL sent says only "look", and the thread looks each second anyway: a message that never came costs a second.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import Error, connection
from psycopg import Error as PsycopgError

from xiaoer.app.middleware import desk_day
from xiaoer.events import queries as noticed
from xiaoer.events.actions import CHANNEL
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.published import pointer
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.workbench.arriving import Message, messages

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between looks where no message came
GATHER_SECONDS = 0.1  # between two rounds: a burst is read and worded together
BEAT_SECONDS = 15.0  # a sign of life, by which a page that has gone is found out
OPEN_SECONDS = 300.0  # then the page comes back by itself, and who it is is asked again
WAITING_AT_MOST = 2_000  # lines for a page that does not read; it is let go and comes back
REMEMBERED = 50_000
BEAT = b": \n\n"
Bundle = Mapping[str, list[Message]]  # by language


@dataclass(eq=False)
class Seat:
    """One open page: whose, in which language, and the lines on their way to it."""

    scope: Scope
    language: str
    coming: asyncio.Queue[Message] = field(default_factory=lambda: asyncio.Queue(WAITING_AT_MOST))
    full: bool = False

    def __post_init__(self) -> None:
        self.managers, self.branches = frozenset(self.scope.managers), frozenset(self.scope.branches)

    def take(self, line: Message) -> None:
        """Put a line on its way if this page may see it; the same rule as Scope.holds, on sets."""
        if self.scope.everything or line.branch_id in self.branches or line.manager_id in self.managers:
            try:
                self.coming.put_nowait(line)
            except asyncio.QueueFull:
                self.full = True

    async def next(self) -> bytes:
        """What is to be sent now: all that waits, or a sign of life."""
        try:
            first = await asyncio.wait_for(self.coming.get(), BEAT_SECONDS)
        except TimeoutError:
            return BEAT
        waiting = [first, *(self.coming.get_nowait() for _ in range(self.coming.qsize()))]
        return b"".join(line.sent for line in waiting)


class Hub:
    """The seats of one server process, and the thread that listens for them."""

    def __init__(self) -> None:
        self.seats: set[Seat] = set()
        self.told: OrderedDict[int, None] = OrderedDict()
        self.lock = threading.Lock()
        self.loop: asyncio.AbstractEventLoop | None = None

    def join(self, seat: Seat, loop: asyncio.AbstractEventLoop) -> None:
        """From now on every line reaches the seat; the first one starts the listener."""
        with self.lock:
            self.seats.add(seat)
            if self.loop is None:
                self.loop = loop
                threading.Thread(target=self._listen, name="live", daemon=True).start()

    def leave(self, seat: Seat) -> None:
        """The page has gone."""
        with self.lock:
            self.seats.discard(seat)

    def _listen(self) -> None:
        """For as long as the process lives; a database that went away is asked again each second."""
        while True:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {CHANNEL}")
                self._follow()
            except (Error, PsycopgError) as fault:
                logger.warning("open pages wait for the database: %s", fault)
                connection.close()
                time.sleep(LOOK_SECONDS)

    def _follow(self) -> None:
        looked = 0.0
        while True:
            found = self._called()
            if not self.seats:
                time.sleep(GATHER_SECONDS)
                continue
            if not found or time.monotonic() - looked >= LOOK_SECONDS:
                looked = time.monotonic()
                found |= self._seen()
            if fresh := [number for number in sorted(found) if number not in self.told]:
                self._tell(fresh)
            time.sleep(GATHER_SECONDS)

    def _called(self) -> set[int]:
        """Numbers of rows that messages speak of; waits for one at most until it is time to look."""
        with connection.wrap_database_errors:
            calls = connection.connection.notifies(timeout=LOOK_SECONDS, stop_after=1)
            return {int(number) for call in calls for number in call.payload.split(",")}

    def _seen(self) -> set[int]:
        """Numbers of all rows that may have come since the last look."""
        scope = self._all_of_them()
        since = SystemClock().now() - noticed.OVERLAP - timedelta(seconds=LOOK_SECONDS)
        with acting_as(scope):
            return set(noticed.arrived_since(scope, since))

    def _tell(self, numbers: list[int]) -> None:
        scope = self._all_of_them()
        with acting_as(scope):
            shown = pointer()
            bundle = self._bundle(_on(scope, shown.edition), numbers, desk_day(shown, SystemClock()))
        for number in numbers:
            self.told[number] = None
        while len(self.told) > REMEMBERED:
            self.told.popitem(last=False)
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self._hand_out, bundle)

    def _bundle(self, scope: Scope, numbers: list[int], today: date) -> Bundle:
        rows = noticed.arrivals(scope, numbers)
        with self.lock:
            languages = {seat.language for seat in self.seats}
        return {language: messages(scope, rows, today, language) for language in sorted(languages)}

    def _hand_out(self, bundle: Bundle) -> None:
        """In the server's loop."""
        with self.lock:
            seats = list(self.seats)
        for seat in seats:
            for line in bundle.get(seat.language, ()):
                seat.take(line)

    def _all_of_them(self) -> Scope:
        """What all open pages together may see: row-level security shows no more than that to this thread."""
        with self.lock:
            scopes = [seat.scope for seat in self.seats]
        return Scope(
            "live",
            branches=_union(scope.branches for scope in scopes),
            managers=_union(scope.managers for scope in scopes),
            everything=any(scope.everything for scope in scopes),
        )


def _on(scope: Scope, edition: int) -> Scope:
    return Scope(scope.staff_id, (), scope.branches, scope.managers, scope.everything, edition=edition)


def _union(parts: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    return tuple(sorted({one for part in parts for one in part}))
