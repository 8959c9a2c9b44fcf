"""Records to open pages through the product's own server: in scope, at once, and nothing lost when it is killed."""

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.live import Page, Plan, Server, play
from bench.live_desk import counted, free_port, may_look
from tests.conftest import copy_of_the_world, pointed_at
from tests.world import BUSINESS_DATE, placements

FIRMS = [(one.customer_id, one.branch_id, one.manager_id) for one in placements()]
WATCHING = ("M1", "M1", "M2", "M3", "H1", "A1", "T1")


@pytest.fixture(scope="module")
def served(postgres_server: Any, django_db_blocker: Any) -> Iterator[tuple[Server, str]]:
    """`xiaoer serve` before a world of its own, with the key of a system that may post there."""
    from xiaoer.kit.postgres.embedded import OWNER, WEB
    from xiaoer.sources.systems import make_system

    with django_db_blocker.unblock(), copy_of_the_world(postgres_server) as name, pointed_at(name):
        key = make_system("core", ["payment", "login", "public_record"])
        where = f"/{name}?host={postgres_server.socket_folder}"
        addresses = {
            "DATABASE_URL": f"postgresql://{OWNER}@{where}", "DATABASE_WEB_URL": f"postgresql://{WEB}@{where}",
        }  # fmt: skip
        server = Server(free_port(), os.environ | addresses)
        server.start()
        yield server, key
        server.kill()


@pytest.fixture
def page_of(client_of: Any, scope_of: Any) -> Callable[[str], Page]:
    from django.conf import settings

    def opened(staff_id: str) -> Page:
        cookie = client_of(staff_id).cookies[settings.SESSION_COOKIE_NAME].value
        return Page(f"{settings.SESSION_COOKIE_NAME}={cookie}", scope_of(staff_id).holds)

    return opened


def test_nothing_is_lost_when_the_server_is_killed_and_nobody_sees_anothers(
    served: tuple[Server, str], page_of: Callable[[str], Page]
) -> None:
    server, key = served
    pages = [page_of(staff_id) for staff_id in WATCHING]
    outcome = asyncio.run(play(server, key, pages, FIRMS, Plan(rate=25, seconds=6, kill_at=2)))
    assert all(len(one.events) == 1 for one in outcome.posted if one.tries == 1)
    assert (outcome.missing, outcome.stray, counted(outcome)) == (0, 0, "")
    assert outcome.reopened >= len(pages)
    assert [len(page.seen) > 0 for page in pages] == [True] * len(pages)


def test_a_line_is_on_the_page_at_once(served: tuple[Server, str], page_of: Callable[[str], Page]) -> None:
    server, key = served
    plan = Plan(rate=2, seconds=4, kill_at=0, seed="calm")
    outcome = asyncio.run(play(server, key, [page_of("A1")], FIRMS, plan))
    assert (outcome.missing, len(outcome.took)) == (0, 8)
    assert sorted(outcome.took)[2] < 2  # most are late only where the machine is busy with other tests


def test_whoever_is_not_signed_in_or_sees_no_firms_gets_no_line(
    served: tuple[Server, str], page_of: Callable[[str], Page]
) -> None:
    from http.client import HTTPConnection

    statuses = []
    for cookie in ("", page_of("X1").cookie):
        line = HTTPConnection("127.0.0.1", served[0].port, timeout=60)
        line.request("GET", "/live/", headers={"Cookie": cookie})
        statuses.append(line.getresponse().status)
        line.close()
    assert statuses == [302, 403]


def test_the_bench_seats_only_those_whose_post_holds_today(own_world: str) -> None:
    from xiaoer.branches.models import Post

    Post.objects.using("owner").filter(staff_id="M3").update(
        to_date=BUSINESS_DATE
    )  # the desk lives on the day after
    assert [scope.staff_id for scope in may_look()] == ["H1", "H2", "M1", "M2"]
