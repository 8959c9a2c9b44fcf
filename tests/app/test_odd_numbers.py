"""A bank's customer numbers may hold spaces and slashes; every page of such a firm opens."""

import json
from collections.abc import Callable
from datetime import timedelta

import pyarrow as pa
import pytest
from django.test import Client

from tests.world import BUSINESS_DATE, tables
from xiaoer.nightly.publish import publish

BEFORE, NUMBER = "C000003", "C 1/a"
ADDRESS = "/firms/C%201/a/"


@pytest.fixture
def desk(own_world: str, client_of: Callable[..., Client]) -> Client:
    """M1's, where one firm has an odd number."""

    def renamed(table: pa.Table) -> pa.Table:
        rows = [
            {
                name: value.replace(BEFORE, NUMBER) if isinstance(value, str) else value
                for name, value in row.items()
            }
            for row in table.to_pylist()
        ]
        return pa.Table.from_pylist(rows, table.schema)

    night = {name: renamed(table) for name, table in tables().items()}
    publish(night, BUSINESS_DATE + timedelta(days=1), "odd numbers")
    return client_of("M1")


def test_every_page_of_the_firm_opens(desk: Client) -> None:
    for address in ("/", "/firms/", ADDRESS, f"{ADDRESS}glance/", f"{ADDRESS}record/", f"{ADDRESS}plan/"):
        assert desk.get(address).status_code == 200, address
    assert ADDRESS in desk.get("/firms/").content.decode()
    assert desk.get("/api/firms/C%201/a").json()["firm"]["customer_id"] == NUMBER


def test_its_outcome_is_recorded_and_its_line_put_off(desk: Client) -> None:
    assert desk.post(f"{ADDRESS}record/", {"outcome": "interested", "channel": "visit"}).status_code == 302
    sent = json.dumps({"customer_id": NUMBER, "outcome": "not_reached"})
    assert desk.post("/api/outcomes", sent, "application/json").status_code == 201
    assert desk.get(f"/offers/{NUMBER}-20261118/postpone/").status_code in {200, 404}
