"""Two pages as one reader meets them: how long Django and PostgreSQL take, without server and network."""

import statistics
from collections.abc import Iterator
from typing import Any

from bench.watching import timed

OPENED = 20


def opened() -> Iterator[tuple[str, float, int]]:
    """(page, median seconds, statements asked) for the manager with the longest morning list."""
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    staff_id, customer_id = _busiest()
    client = Client()
    client.force_login(account_of(staff_id))
    for name, address in (("morning-list-alone", "/"), ("firm-page-alone", f"/firms/{customer_id}/")):
        asked = _statements(client, address)
        taken = [timed(lambda address=address: client.get(address))[0] for _ in range(OPENED)]  # type: ignore[misc]
        yield name, statistics.median(taken), asked


def _statements(client: Any, address: str) -> int:
    """How many statements a page asks, warm; anything but a page is a mistake of the bench."""
    from django.db import connection

    asked = 0

    def counting(execute: object, *told: object) -> object:
        nonlocal asked
        asked += 1
        return execute(*told)  # type: ignore[operator]

    client.get(address)
    with connection.execute_wrapper(counting):
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return asked


def _busiest() -> tuple[str, str]:
    from django.db.models import Count

    from xiaoer.kit.published import pointer
    from xiaoer.offers.models import Proposal

    rows = (
        Proposal.objects.using("owner").at(pointer("owner").edition).exclude(manager_id__startswith="pool:")
    )
    staff_id = (
        rows.order_by().values_list("manager_id").annotate(n=Count("pk")).order_by("-n", "manager_id")[0][0]
    )
    return staff_id, rows.filter(manager_id=staff_id).order_by("rank")[0].customer_id


def account_of(staff_id: str) -> Any:
    """A member of staff's way in, made where there is none; nobody knows its password."""
    from xiaoer.branches.models import Account

    account, fresh = Account.objects.using("owner").get_or_create(
        staff_id=staff_id, defaults={"username": staff_id.lower()}
    )
    if fresh:
        account.set_unusable_password()
        account.save(using="owner")
    return account
