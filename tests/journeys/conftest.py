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


PATIENCE = 120_000  # milliseconds: a busy machine is no finding
#: A notice leaves after seven seconds; here it waits until a busy machine has read it.
LINGER = """{ const after = window.setTimeout;
  window.setTimeout = (act, time, ...rest) => after(act, time === 7000 ? 600000 : time, ...rest); }"""
#: Nothing is asked for any more, what was asked for is shown, and every chart is drawn.
SETTLED = """() => document.readyState === "complete" && !document.querySelector(".htmx-request")
  && [...document.querySelectorAll(".chart .canvas")].every((one) => one.firstElementChild)"""


@dataclass
class Visit:
    """A signed-in window that remembers what it asked for and what went wrong."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.settled()

    def settled(self) -> None:
        """Until the page has all it asked for."""
        self.page.wait_for_function(SETTLED)

    def in_the_other_language(self) -> None:
        """By the button at the top of the page; the same page comes again."""
        with self.page.expect_navigation():
            self.page.locator(".top .language").click()
        self.settled()

    def clean(self) -> None:
        """Nothing left the host, nothing was reported on the console, nothing is wider than the window."""
        self.settled()
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


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Any]:
    """One browser for a file of journeys. Its loop holds the thread, in which the worlds are made all the same."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as around, sync_playwright() as tool:
        around.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = tool.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture
def visit(desk: str, browser: Any) -> Iterator[Callable[..., Visit]]:
    """Opens windows, each with somebody signed in: by staff number, as wide as asked, in a language, at a page."""
    contexts = []

    def opened(
        staff: str = "M1", width: int = 1440, height: int = 900, *, language: str = "zh", at: str = "/"
    ) -> Visit:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN"))
        contexts[-1].set_default_timeout(PATIENCE)
        contexts[-1].add_init_script(LINGER)
        contexts[-1].add_cookies([{"name": name, "value": value, "url": desk}
                                  for name, value in cookies(staff, language).items()])  # fmt: skip
        one = Visit(contexts[-1].new_page(), desk)
        one.page.on("request", lambda request: one.asked.append(request.url))
        one.page.on(
            "console", lambda said: said.type in {"error", "warning"} and one.complaints.append(said.text)
        )
        one.page.on("pageerror", lambda fault: one.complaints.append(str(fault)))
        if at:
            one.open(at)
        return one

    yield opened
    for context in contexts:
        context.close()


def cookies(staff: str, language: str) -> dict[str, str]:
    """What a browser holds in which somebody signed in and chose a language."""
    from django.conf import settings
    from django.test import Client

    from xiaoer.branches.models import Account

    client = Client()
    client.force_login(Account.objects.get(staff_id=staff))
    held = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    return held | ({settings.LANGUAGE_COOKIE_NAME: language} if language != "zh" else {})


def sign_in(one: Visit, staff: str) -> None:
    """At the door, by name and password."""
    one.page.fill("#username", staff.lower())
    one.page.fill("#password", staff.lower() * 5)
    one.page.click("main form .btn.main")
    one.page.wait_for_selector("#page h1")
