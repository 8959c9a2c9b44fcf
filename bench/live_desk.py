"""The desk, the people and the browser of `bench.live`, and what is kept of it."""

import asyncio
import os
import shutil
import socket
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from bench.banks import settled
from bench.live import Outcome, Page, Plan, Server, play
from bench.results import Row, Run, keep
from bench.watching import Watch

OBSERVE = """() => {
  window.came = {};
  const list = document.querySelector("#arrivals ol");
  new MutationObserver((told) => told.forEach((one) => one.addedNodes.forEach((line) => {
    if (line.dataset && line.dataset.event) window.came[line.dataset.event] ??= Date.now();
  }))).observe(list, { childList: true });
}"""


def at_full_size(given: Namespace) -> int:
    """Fill the desk where it is empty, play, print, keep."""
    settled(given.home)
    run = Run.now("duckdb")
    from xiaoer.app.setup import ready

    ready()
    _filled(given)
    from xiaoer.events.terms import RecordKind
    from xiaoer.sources.systems import make_system

    key = make_system("bench", [kind.value for kind in RecordKind])
    seats, firms = people(given.pages), placed()
    server = Server(free_port(), dict(os.environ), given.workers)
    server.start()
    assert server.process is not None
    try:
        with Watch(server.process.pid) as watch:
            started = _processor()
            plan = Plan(given.rate, given.seconds, given.seconds / 2, f"run-{int(time.time())}")
            outcome, drawn = asyncio.run(_with_browser(server, key, seats, firms, plan))
            spent = _processor() - started
    finally:
        server.kill()
    return _told(run, given, outcome, drawn, peak=round(watch.peak), spent=spent)


def _filled(given: Namespace) -> None:
    from xiaoer.kit.published import pointer

    if not pointer("owner").edition:
        from bench.publishing import large_desk

        large_desk(given.home, given.firms, given.firms, 18)


def people(count: int) -> list[Page]:
    """Sessions of managers and branch heads; as many windows as asked, the same people again if need be."""
    from django.conf import settings
    from django.test import Client

    from bench.pages import account_of

    seats = may_look()
    made = []
    for at in range(count):
        scope = seats[at % len(seats)]
        client = Client()
        client.force_login(account_of(scope.staff_id))
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        made.append(Page(cookie, scope.holds))
    return made


def may_look() -> list[Any]:
    """Whole scopes of the managers and branch heads who may open the live page today, by staff number.

    A post that ended gives no rights: its holder's line would answer 403 for ever.
    """
    from xiaoer.app.middleware import desk_day
    from xiaoer.branches.models import Post
    from xiaoer.branches.queries import whole_scope
    from xiaoer.kit.dates import SystemClock
    from xiaoer.kit.published import pointer
    from xiaoer.kit.scope import Scope
    from xiaoer.kit.scope.acting import acting_as

    shown, found = pointer("owner"), []
    today = desk_day(shown, SystemClock())
    posts = Post.objects.using("owner").at(shown.edition)
    holders = posts.filter(post__in=("relationship_manager", "branch_head")).values_list(
        "staff_id", flat=True
    )
    for staff_id in sorted(set(holders)):
        bare = Scope(staff_id, edition=shown.edition)
        with acting_as(bare):
            scope = whole_scope(bare, today)
        if scope.may("firms.read"):
            found.append(scope)
    if not found:
        raise RuntimeError("no manager or branch head of this desk may read firms")
    return found


def placed() -> list[tuple[str, str, str]]:
    """Every firm of the desk with its branch and manager."""
    from xiaoer.customers.models import Firm
    from xiaoer.kit.published import pointer

    rows = Firm.objects.using("owner").at(pointer("owner").edition).order_by("customer_id")
    return list(rows.values_list("customer_id", "branch_id", "manager_id"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _with_browser(
    server: Server, key: str, seats: list[Page], firms: Any, plan: Plan
) -> tuple[Outcome, list[float]]:
    """The first person looks through Chromium as well; seconds from the beat to the line drawn there."""
    from playwright.async_api import async_playwright

    async with async_playwright() as tool:
        browser = await tool.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        name, _, value = seats[0].cookie.partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{server.port}"}])
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{server.port}/")
        await page.evaluate(OBSERVE)
        wall = time.time() - time.monotonic()
        outcome = await play(server, key, seats, firms, plan)
        came = await page.evaluate("window.came")
        await browser.close()
    dues = {event: one.due + wall for one in outcome.calm for event in one.events}
    return outcome, sorted(at / 1000 - dues[event] for event, at in came.items() if event in dues)


def counted(outcome: Outcome) -> str:
    """What PostgreSQL holds: each record once, each event once; "" when it is so."""
    from xiaoer.events.models import Event
    from xiaoer.sources.models import Record

    numbers = {one.number for one in outcome.posted}
    kept = Record.objects.using("owner").filter(number__in=numbers).count()
    events = [event for one in outcome.posted for event in one.events]
    rows = Event.objects.using("owner").filter(event_id__in=events, noticed_at__isnull=False).count()
    if (kept, rows) == (len(numbers), len(set(events))):
        return ""
    return f"{kept} records for {len(numbers)} posted, {rows} events for {len(set(events))}"


def _processor() -> float:
    """Seconds of processor of the whole machine's busy time, all processes."""
    fields = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def _told(
    run: Run, given: Namespace, outcome: Outcome, drawn: list[float], *, peak: int, spent: float
) -> int:
    wrong = counted(outcome)
    took, tries = sorted(outcome.took), sum(one.tries for one in outcome.posted)
    note = (
        f"{given.rate:g} records a second for {given.seconds:g} s, every one an event, {given.pages} pages;"
        f" 95th of 100 lines; p50 {at(took, 0.5):.2f} s, p99 {at(took, 0.99):.2f} s, worst {at(took, 1):.2f} s;"
        f" Chromium p95 {at(drawn, 0.95):.2f} s of {len(drawn)} drawn; server killed once, all pages back after"
        f" {outcome.back_after:.1f} s; {tries} posts for {len(outcome.posted)} records;"
        f" missing {outcome.missing}, on another's page {outcome.stray}"
    )
    print(note)
    print(
        f"machine busy {spent:.1f} s of processor; load {os.getloadavg()[0]:.1f}; {wrong or 'each record and event once'}"
    )
    keep(
        run,
        [Row(given.pages, "live", at(took, 0.95), 2.0, peak, len(took), floor="the limit: 2 s", note=note)],
    )
    return int(bool(wrong or outcome.missing or outcome.stray or at(took, 0.95) >= 2))
