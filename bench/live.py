"""Records by day to open pages: `python -m bench.live [--home DIR] [--rate 200] [--seconds 60] [--pages 100]`.

DIR is a desk that an earlier run or `python -m bench.publishing --home DIR` filled; without it a small bank lives through
a night first. The product's own server answers. Records are posted at a fixed beat, whether or not the server keeps up,
each about a firm drawn from the whole bank, and each of them tells something: the worst case. One in twenty is posted
twice. Each page is a session of its own, held open and read like a browser's; one of them is Chromium. The time runs from
the beat a record was due to the line on each page that may see it. In the middle the server is killed (SIGKILL, all its
processes) and started again; posters repeat what was not acknowledged, pages come back with the number of their last line.
Then it is counted: every acknowledged record on every page that may see it, nothing on another, no event twice.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SERVE = "from xiaoer.app.command_line import main; main()"
EVENT = re.compile(rb'data-event="([0-9a-f]+)"')
POSTERS = 16
PATIENCE_SECONDS = 60.0
STARTING_SECONDS = 240.0  # on a machine that is busy with other things
TWICE_EVERY = 20
SETTLING_SECONDS = 2.0  # after the last page is back: what comes then was on its way during the outage


@dataclass
class Server:
    """The product's own server, in a process group of its own so that all of it can be killed at once."""

    port: int
    environment: dict[str, str]
    workers: int = 1
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-c",
            SERVE,
            "serve",
            "--port",
            str(self.port),
            "--workers",
            str(self.workers),
        ]
        self.process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        until = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        self.kill()
        raise RuntimeError("the server did not come up")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass(eq=False)
class Page:
    """One open page: whose cookie, what it may see, when each line came, how often it had to come back."""

    cookie: str
    may_see: Callable[[str, str], bool]
    seen: dict[str, float] = field(default_factory=dict)
    last: bytes = b""
    opened: int = 0
    is_open: bool = False

    async def follow(self, port: int) -> None:
        """Hold the line; when it ends, come back as a browser does."""
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._read(port)
            self.is_open = False
            await asyncio.sleep(0.5)

    async def _read(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        try:
            back = b"Last-Event-ID: " + self.last + b"\r\n" if self.last else b""
            # HTTP/1.0: the body comes as it is, without the marks of pieces
            writer.write(
                f"GET /live/ HTTP/1.0\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n".encode()
                + back
                + b"\r\n"
            )
            status = await reader.readline()
            if b" 200 " not in status:
                raise OSError(status)
            async for line in reader:
                self._hear(line)
        finally:
            await _closed(writer)

    def _hear(self, line: bytes) -> None:
        if line.startswith(b"retry:"):
            self.opened, self.is_open = self.opened + 1, True
        elif line.startswith(b"id: "):
            self.last = line[4:].strip()
        elif hit := EVENT.search(line):
            self.seen.setdefault(hit[1].decode(), time.monotonic())


@dataclass
class Posted:
    """A record: whose firm, when it was due, its events once acknowledged, and whether the outage met it."""

    number: str
    firm: tuple[str, str, str]  # customer, branch, manager
    due: float
    events: tuple[str, ...] = ()
    tries: int = 0
    twice: bool = False


@dataclass
class Outcome:
    """What came of it; seconds by (record, page) outside the outage."""

    posted: list[Posted]
    calm: list[Posted]
    took: list[float]
    missing: int
    stray: int
    reopened: int
    back_after: float


@dataclass(frozen=True)
class Plan:
    rate: float
    seconds: float
    kill_at: float  # 0: not at all
    seed: str = "live"


async def play(
    server: Server, key: str, pages: list[Page], firms: list[tuple[str, str, str]], plan: Plan
) -> Outcome:
    """Post, kill, post on, wait, count."""
    async with AsyncExitStack() as ending:
        following = [asyncio.create_task(page.follow(server.port)) for page in pages]
        ending.push_async_callback(_let_go, following)
        await _until(lambda: all(page.is_open for page in pages))
        begun = time.monotonic() + 0.5
        count = int(plan.rate * plan.seconds)
        records = [
            Posted(f"{plan.seed}-{at}", firms[at * 7919 % len(firms)], begun + at / plan.rate)
            for at in range(count)
        ]
        for one in records[::TWICE_EVERY]:
            one.twice = True
        waiting = iter(records)
        outage = asyncio.create_task(_outage(server, pages, begun + plan.kill_at)) if plan.kill_at else None
        await asyncio.gather(*(_post(server.port, key, waiting) for _ in range(POSTERS)))
        span = await outage if outage else (0.0, 0.0)
        await _until(lambda: not _missing(records, pages), PATIENCE_SECONDS)
    return _counted(records, pages, span)


async def _let_go(following: list[asyncio.Task[None]]) -> None:
    for one in following:
        one.cancel()
    await asyncio.gather(*following, return_exceptions=True)


async def _outage(server: Server, pages: list[Page], at: float) -> tuple[float, float]:
    await asyncio.sleep(max(0.0, at - time.monotonic()))
    killed, before = time.monotonic(), [page.opened for page in pages]
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    await _until(lambda: all(page.opened > was for page, was in zip(pages, before, strict=True)))
    return killed, time.monotonic()


async def _until(done: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:  # noqa: ASYNC110  what is waited for lies in many places
        await asyncio.sleep(0.1)


async def _post(port: int, key: str, waiting: Any) -> None:
    """One poster: takes the next record when it is due, and repeats it until it is acknowledged."""
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for one in waiting:
        await asyncio.sleep(max(0.0, one.due - time.monotonic()))
        for turn in range(2 if one.twice else 1):
            told = _record(one)
            while True:
                one.tries += 1
                try:
                    line = line or await asyncio.open_connection("127.0.0.1", port)
                    status, answer = await _asked(line, key, told)
                except (OSError, asyncio.IncompleteReadError):
                    if line:
                        await _closed(line[1])
                    line = None
                    await asyncio.sleep(0.3)
                    continue
                assert status in (200, 201), (status, answer)
                assert turn == 0 or status == 200, "the same record was taken twice"
                one.events = one.events or tuple(answer["events"])
                break
    if line:
        await _closed(line[1])


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _record(one: Posted) -> bytes:
    at = datetime.fromtimestamp(int(time.time()) // 3600 * 3600, UTC).isoformat()
    told = {
        "kind": "public_record", "number": one.number, "customer_id": one.firm[0], "record": "tender_won",
        "amount": 1_234_567, "at": at,
    }  # fmt: skip
    return json.dumps(told).encode()


async def _asked(
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter], key: str, body: bytes
) -> tuple[int, Any]:
    reader, writer = line
    head = (
        f"POST /api/v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"content-length: (\d+)", answer, re.IGNORECASE)
    told = await reader.readexactly(int(length[1]) if length else 0)
    return int(answer.split(" ", 2)[1]), json.loads(told)


def _missing(records: list[Posted], pages: list[Page]) -> int:
    return sum(
        event not in page.seen
        for one in records
        for event in one.events
        for page in pages
        if page.may_see(*one.firm[1:])
    )


def _counted(records: list[Posted], pages: list[Page], outage: tuple[float, float]) -> Outcome:
    killed, back = outage
    calm = [one for one in records if not killed or not killed - 1 <= one.due <= back + SETTLING_SECONDS]
    took = [
        page.seen[event] - one.due
        for one in calm
        for event in one.events
        for page in pages
        if event in page.seen and page.may_see(*one.firm[1:])
    ]
    whose = {event: one.firm for one in records for event in one.events}
    stray = sum(
        event in whose and not page.may_see(*whose[event][1:]) for page in pages for event in page.seen
    )
    reopened = sum(page.opened - 1 for page in pages)
    return Outcome(records, calm, took, _missing(records, pages), stray, reopened, back - killed)


def main() -> int:
    """Play it at full size; 1 where something was lost, came twice or came late."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--rate", type=float, default=200)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--pages", type=int, default=100)
    asked.add_argument("--workers", type=int, default=2, help="processes of the server")
    given = asked.parse_args()
    from bench.live_desk import at_full_size

    return at_full_size(given)


if __name__ == "__main__":
    sys.exit(main())
