"""Django's synchronous desk behind a server that can also hold many lines open.

A request runs in one of a few threads, as it always did; a request that took a seat ends its thread and stays open.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

AT_ONCE = 1 << 20  # bytes of an answer that are sent in one piece
NO_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


@dataclass
class Exchange:
    """One request and its answer, as the thread that works on it and the loop that sends it see it."""

    loop: asyncio.AbstractEventLoop
    receive: Receive
    send: Send
    environ: dict[str, Any]
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def start_response(self, status: str, headers: list[tuple[str, str]], _fault: Any = None) -> None:
        """WSGI's half of the answer."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers]

    def wait(self, work: Awaitable[Any]) -> Any:
        """Let the loop do something, from the thread."""

        async def done() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result()

    async def begin(self) -> None:
        """Send status and headers."""
        await self.send({"type": "http.response.start", "status": self.status, "headers": self.headers})

    async def tell(self, body: bytes, *, more: bool) -> None:
        """Send a piece of the body."""
        await self.send({"type": "http.response.body", "body": body, "more_body": more})


class Body(io.RawIOBase):
    """A request's body, fetched as it is read: an upload is never held twice."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.held, self.more = exchange, b"", True

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, into: Any) -> int:
        """The next bytes; 0 at the end, or when the sender has gone."""
        while not self.held and self.more:
            told = self.exchange.wait(self.exchange.receive())
            self.held, self.more = told.get("body", b""), told.get("more_body", False)
        size = min(len(into), len(self.held))
        into[:size], self.held = self.held[:size], self.held[size:]
        return size


class Bridge:
    """Runs a WSGI application for ASGI requests, in `threads` threads that keep their database connections."""

    def __init__(self, application: Application, threads: int) -> None:
        self.application = application
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="desk")

    async def answer(self, exchange: Exchange) -> bytes | None:
        """Work on a request. Gives the body still to be sent, or None where the thread has sent it piece by piece."""
        return await exchange.loop.run_in_executor(self.pool, self._run, exchange)

    def _run(self, exchange: Exchange) -> bytes | None:
        pieces = self.application(exchange.environ, exchange.start_response)
        try:
            if _small(exchange):
                return b"".join(pieces)
            self._in_pieces(exchange, pieces)
            return None
        finally:
            if close := getattr(pieces, "close", None):
                close()

    def _in_pieces(self, exchange: Exchange, pieces: Iterable[bytes]) -> None:
        exchange.wait(exchange.begin())
        for piece in pieces:
            exchange.wait(exchange.tell(piece, more=True))
        exchange.wait(exchange.tell(b"", more=False))


def _small(exchange: Exchange) -> bool:
    length = dict(exchange.headers).get(b"content-length", b"")
    return exchange.status in (204, 304) or (length.isdigit() and int(length) <= AT_ONCE)


def exchange(scope: Scope, receive: Receive, send: Send) -> Exchange:
    """A request as WSGI wants it."""
    made = Exchange(asyncio.get_running_loop(), receive, send, _environ(scope))
    made.environ["wsgi.input"] = io.BufferedReader(Body(made))
    return made


def _environ(scope: Scope) -> dict[str, Any]:
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **_headers(scope["headers"]),
    }


def _headers(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers under WSGI's names. One with an underscore is dropped: it would pass for another with a dash."""
    found: dict[str, str] = {}
    for raw_name, raw_text in given:
        name, text = raw_name.decode("latin-1").lower(), raw_text.decode("latin-1")
        if "_" in name:
            continue
        key = NO_PREFIX.get(name) or "HTTP_" + name.upper().replace("-", "_")
        apart = "; " if name == "cookie" else ","
        found[key] = f"{found[key]}{apart}{text}" if key in found else text
    return found
