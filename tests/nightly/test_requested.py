"""What the night publishes of the bank's requests: an owner, a deadline and a product for each, and the stops of open ones."""

from datetime import timedelta
from typing import Any

import pyarrow as pa

from tests.nightly.conftest import DAY
from xiaoer.nightly import requested
from xiaoer.nightly.run import Night
from xiaoer.nightly.standing import Standings
from xiaoer.satisfaction.rules import due_date
from xiaoer.satisfaction.terms import RequestRule


def shown(night: Night) -> list[dict[str, Any]]:
    return pa.concat_tables(requested.requests(night).pieces()).to_pylist()


def test_what_the_file_tells_is_published_with_owner_and_deadline(night: Night) -> None:
    rows, rule = shown(night), RequestRule.in_force(DAY)
    file = {
        one["request_id"]: one
        for one in night.engine.collect(night.delivered("service_requests")).to_pylist()
    }
    kept_from = DAY - timedelta(days=365)
    assert rows
    assert len(rows) == len({one["request_id"] for one in rows})
    for one in rows:
        told = file[one["request_id"]]
        assert one["status"] == "open" or one["closed_date"] >= kept_from
        assert one["due_date"] == (
            told["deadline_date"] or due_date(one["kind"], one["requested_date"], rule)
        )
        assert one["owner_id"] == (told["staff_id"] or one["manager_id"])
    assert {one["request_id"] for one in rows} >= {n for n, one in file.items() if one["status"] == "open"}


def test_every_open_complaint_stops_its_firm_tonight(night: Night) -> None:
    open_ones = {
        one["customer_id"] for one in shown(night) if one["status"] == "open" and one["kind"] == "complaint"
    }
    stops = Standings.of(night).stops
    stopped = {number for number, held in stops.items() if any(stop.reason == "complaint" for stop in held)}
    assert open_ones <= stopped
    told = night.engine.collect(night.delivered("service_requests")).to_pylist()
    assert stopped == {
        one["customer_id"] for one in told if one["kind"] == "complaint" and one["status"] == "open"
    }
