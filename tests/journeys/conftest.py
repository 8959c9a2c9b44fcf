"""A real browser before the sample world: skipped loudly where there is none, failing under CI."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LIBRARIES = Path(__file__).resolve().parents[2] / "src/xiaoer/kit/screens/static/vendor/echarts.js"


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Visit:
    """A signed-in window that remembers what it asked for and what went wrong."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("load")

    def clean(self) -> None:
        """Nothing left the host, nothing was reported on the console, nothing is wider than the window."""
        hosts = {urlsplit(one).hostname for one in self.asked if not one.startswith(("data:", "blob:"))}
        assert hosts <= {"127.0.0.1"}, f"asked beyond this host: {hosts}"
        assert not self.complaints
        assert self.wider_by() <= 0, f"{self.page.url} is {self.wider_by()} px wider than the window"

    def wider_by(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture(scope="session")
def browser_path() -> str:
    found = os.environ.get("XIAOER_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found and LIBRARIES.exists():
        return found
    lacking = "Chromium (or set XIAOER_CHROMIUM)" if not found else "the browser libraries (make setup)"
    if os.environ.get("CI"):
        pytest.fail(f"browser journeys need {lacking}")
    pytest.skip(f"BROWSER JOURNEYS NOT RUN: {lacking} not found")


@pytest.fixture
def desk(own_world: str) -> Iterator[str]:
    """The desk on a free port; gives its address."""
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    application = get_wsgi_application()

    def tidy(environment: Any, start: Any) -> list[bytes]:
        try:
            response = application(environment, start)
            body = [bytes(part) for part in response]
            response.close()  # type: ignore[attr-defined]
            return body
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, tidy, Threaded, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def visit(desk: str, browser_path: str) -> Iterator[Callable[..., Visit]]:
    """Opens windows, each with somebody signed in: by staff number, as wide as asked."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])

        def opened(staff: str = "M1", width: int = 1440, height: int = 900) -> Visit:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            one = Visit(context.new_page(), desk)
            one.page.on("request", lambda request: one.asked.append(request.url))
            one.page.on(
                "console", lambda said: said.type in {"error", "warning"} and one.complaints.append(said.text)
            )
            one.page.on("pageerror", lambda fault: one.complaints.append(str(fault)))
            sign_in(one, staff)
            return one

        yield opened
        browser.close()


def sign_in(one: Visit, staff: str) -> None:
    one.open("/sign-in/")
    one.page.fill("#username", staff.lower())
    one.page.fill("#password", staff.lower() * 5)
    one.page.click("main form .btn.main")
    one.page.wait_for_selector("#page h1")
