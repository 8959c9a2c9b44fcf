"""A hundred people at their desks at once: `python -m bench.load --home DIR [--users 100] [--minutes 10]`.

DIR is a desk that `python -m bench.publishing --home DIR` filled. The product's own server (`xiaoer serve`) answers from
PostgreSQL behind row-level security; the people are threads of this process and share the machine with both. Three of
five are relationship managers, the others hold every other post, most of them for the whole bank. Each opens a page,
reads for `--think` seconds on average (half to one and a half times that), and opens the next: two firm pages for one
morning list, the firms drawn from all that the person may see. A page counts until its last byte; any answer but 200 is
an error. Statements above a few milliseconds are written down by PostgreSQL itself, and the slowest is named.
"""

import argparse
import http.client
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.banks import settled
from bench.pages import account_of
from bench.results import Row, Run, keep
from bench.watching import Watch

PAGES = ("firm-page", "firm-page", "morning-list")
MANAGER, MANAGERS = "relationship_manager", 0.6
FIRMS_EACH = 200
LOGGED_FROM_MS = 5
PATIENCE_SECONDS = 30
DURATION = re.compile(r"duration: ([\d.]+) ms  (?:statement|execute [^:]*): (.*)")
LITERALS = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\((?:\?, )+\?\)")
SERVE = "from xiaoer.app.command_line import main; main()"


@dataclass(frozen=True)
class Person:
    """Who sits there: the session's cookie and the firms to look at."""

    post: str
    cookie: str
    firms: tuple[str, ...]


@dataclass
class Seen:
    """What the people saw: seconds by page, and what went wrong."""

    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    by_post: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def main() -> int:
    """Let them work, print, keep; 1 when a page failed."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--users", type=int, default=100)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--think", type=float, default=8)
    asked.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of the server")
    given, run = asked.parse_args(), Run.now("duckdb")
    settled(given.home)
    from xiaoer.app.setup import ready

    ready()
    crowd = people(given.users)
    print(f"{len(crowd)} people: {dict(Counter(one.post for one in crowd))}", flush=True)
    with logged() as log, served(given.workers) as (process, port), Watch(process.pid) as watch:
        seen = worked(crowd, port, given.minutes * 60, given.think)
    rows = told(seen, size=_firms(), peak=round(watch.peak), think=given.think, slowest=slowest(log))
    keep(run, rows)
    return 1 if seen.errors else 0


def people(count: int) -> list[Person]:
    """Signed-in members of staff of all posts that see firms; those for the whole bank before those of a region."""
    from xiaoer.branches.models import Post
    from xiaoer.branches.terms import post_kinds
    from xiaoer.kit.published import pointer

    luck, edition = random.Random(7), pointer("owner").edition
    posts = Post.objects.using("owner").at(edition).values_list("post", "staff_id")
    holders: dict[str, list[str]] = defaultdict(list)
    for post, staff_id in sorted(posts, key=lambda one: (len(one[1]), one[1])):
        holders[post].append(staff_id)
    luck.shuffle(holders[MANAGER])
    others = [post for post, kind in post_kinds().items() if "firms.read" in kind.rights and post != MANAGER]
    found = _seated(MANAGER, holders[MANAGER], round(count * MANAGERS), edition, luck)
    for place, post in enumerate(others):
        left = (count - len(found)) // (len(others) - place)
        found += _seated(post, holders[post], left, edition, luck)
    return found


def _seated(post: str, staff_ids: list[str], count: int, edition: int, luck: random.Random) -> list[Person]:
    """The first of them who may see firms and have some."""
    found: list[Person] = []
    for staff_id in staff_ids:
        if len(found) == count:
            break
        if person := _signed_in(post, staff_id, edition, luck):
            found.append(person)
    return found


def _signed_in(post: str, staff_id: str, edition: int, luck: random.Random) -> Person | None:
    """A session such as the door makes, and firms of the person's own scope; None where there are none."""
    from django.conf import settings
    from django.db.models import F
    from django.test import Client

    from xiaoer.branches.queries import whole_scope
    from xiaoer.customers.models import Firm
    from xiaoer.kit.published import pointer
    from xiaoer.kit.scope import Scope
    from xiaoer.kit.scope.acting import acting_as

    bare = Scope(staff_id, edition=edition)
    with acting_as(bare):
        scope = whole_scope(bare, pointer().business_date)
    firms = Firm.objects.using("owner").seen_by(scope).values_list("customer_id", flat=True)
    if scope.everything:
        every = max(1, _firms() // (FIRMS_EACH * 10))  # some from everywhere
        firms = firms.annotate(part=F("id") % every).filter(part=0)
    found = list(firms[: FIRMS_EACH * 10])
    if not found or not scope.may("firms.read"):
        return None
    client = Client()
    client.force_login(account_of(staff_id))
    seen = tuple(luck.sample(found, min(FIRMS_EACH, len(found))))
    return Person(post, client.cookies[settings.SESSION_COOKIE_NAME].value, seen)


def _firms() -> int:
    from xiaoer.customers.models import Firm
    from xiaoer.kit.published import pointer

    return Firm.objects.using("owner").at(pointer("owner").edition).count()


@contextmanager
def served(workers: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`xiaoer serve` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(words) as process:
        try:
            _await(port)
            yield process, port
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS * 2
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        if not _open(line, "/sign-in/", ""):
            return
        time.sleep(0.2)
    raise SystemExit("the server did not come up")


def worked(crowd: list[Person], port: int, seconds: float, think: float) -> Seen:
    """Everybody works until the time is over."""
    seen, until = Seen(), time.monotonic() + seconds
    threads = [
        threading.Thread(
            target=_work, args=(one, random.Random(at), port, until), kwargs={"think": think, "seen": seen}
        )
        for at, one in enumerate(crowd)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _work(person: Person, luck: random.Random, port: int, until: float, *, think: float, seen: Seen) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    time.sleep(luck.uniform(0, think))
    while time.monotonic() < until:
        page = luck.choice(PAGES)
        address = f"/firms/{luck.choice(person.firms)}/" if page == "firm-page" else "/"
        started = time.perf_counter()
        wrong = _open(line, address, person.cookie)
        took = time.perf_counter() - started
        if wrong:
            seen.errors[f"{page}: {wrong}"] += 1
        else:
            seen.pages[page].append(took)
            seen.by_post[f"{page} {person.post}"].append(took)
        time.sleep(luck.uniform(0.5, 1.5) * think)
    line.close()


def _open(line: http.client.HTTPConnection, address: str, cookie: str) -> str:
    """What went wrong, "" when nothing did."""
    from django.conf import settings

    try:
        line.request("GET", address, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as fault:
        line.close()
        return type(fault).__name__
    return "" if answer.status == 200 else str(answer.status)


@contextmanager
def logged() -> Iterator[list[str]]:
    """Lines PostgreSQL writes meanwhile about statements that took some milliseconds."""
    from xiaoer.kit import postgres
    from xiaoer.kit.settings import settings

    server, lines = postgres.embedded(settings()), list[str]()
    log = server.data / "server.log"
    before = log.stat().st_size
    alter = f"ALTER DATABASE {postgres.DATABASE} {{}} log_min_duration_statement"
    with server.superuser() as connection:
        connection.execute(alter.format("SET") + f" = {LOGGED_FROM_MS}")
    try:
        yield lines
    finally:
        with server.superuser() as connection:
            connection.execute(alter.format("RESET"))
        with log.open("rb") as written:
            written.seek(before)
            lines += written.read().decode("utf-8", "replace").splitlines()


def slowest(log: list[str]) -> list[tuple[str, int, float, float]]:
    """Statements without their values: (statement, times, worst ms, all ms), the most costly first."""
    found: dict[str, list[float]] = defaultdict(list)
    for line in log:
        if hit := DURATION.search(line):
            found[LITERALS.sub("?", LITERALS.sub("?", hit[2]))].append(float(hit[1]))
    ranked = sorted(found.items(), key=lambda one: -sum(one[1]))
    return [(text, len(took), max(took), sum(took)) for text, took in ranked]


def told(
    seen: Seen, *, size: int, peak: int, think: float, slowest: list[tuple[str, int, float, float]]
) -> list[Row]:
    """Rows of p95; everything else is printed."""
    rows = []
    for page, took in sorted(seen.pages.items()):
        ordered = sorted(took)
        p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * at))] for at in (0.5, 0.95, 0.99))
        print(
            f"{page:<14} {len(took):>7,} pages   p50 {p50 * 1000:6.0f}   p95 {p95 * 1000:6.0f}   p99 {p99 * 1000:6.0f}   worst {ordered[-1] * 1000:6.0f} ms"
        )
        note = f"95th of 100 pages; p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms; a page each {think:g} s; errors {sum(seen.errors.values())}"
        rows.append(Row(size, page, p95, 0.0, peak, len(took), note=note))
    for name, took in sorted(seen.by_post.items()):
        print(
            f"  {name:<40} {len(took):>6}   p50 {statistics.median(took) * 1000:6.0f}   worst {max(took) * 1000:6.0f} ms"
        )
    print(f"errors: {dict(seen.errors) or 'none'}")
    for text, times, worst, total in slowest[:5]:
        print(f"query {times:>6} x  worst {worst:8.1f} ms  together {total / 1000:7.1f} s  {text[:160]}")
    if slowest:
        worst = max(slowest, key=lambda one: one[2])
        print(
            f"slowest query: {worst[2]:.1f} ms, {worst[1]} times above {LOGGED_FROM_MS} ms: {worst[0][:400]}"
        )
    return rows


if __name__ == "__main__":
    sys.exit(main())
