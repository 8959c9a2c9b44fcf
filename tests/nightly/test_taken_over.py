"""What records told by day: collected for the night, shown under the same number, once, for as long as it stands."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.world import BUSINESS_DATE, publish_world, tables
from xiaoer.branches.models import Handover
from xiaoer.events.actions import take
from xiaoer.events.models import Event
from xiaoer.events.terms import Posted, RecordKind, Rules
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.nightly.collect import collect
from xiaoer.nightly.deciding import _taken_over, untold
from xiaoer.nightly.gathering import gather, recorded
from xiaoer.nightly.run import Night
from xiaoer.sources.models import Record
from xiaoer.sources.posted import forget_old_records

pytestmark = pytest.mark.usefixtures("own_world")
DAY = BUSINESS_DATE + timedelta(days=1)
SYSTEM = Scope("system:core", everything=True, edition=1)


def posted(number: str, day: date = DAY) -> tuple[str, ...]:
    record = Posted(
        RecordKind.PUBLIC_RECORD, number, "C000003", day, {"record": "litigation", "role": "defendant"}
    )
    with acting_as(SYSTEM):
        return take(SYSTEM, record, "core").event_ids


def night_of(home: Path, day: date) -> Night:
    return Night(
        day, "run", Lake(home / "lake"), DuckEngine(home / "scratch"), home / "night", home / "models"
    )


def taken(night: Night) -> list[dict[str, Any]]:
    batches = _taken_over(night, Rules.in_force(night.business_date))
    return [row for batch in batches for row in batch.to_pylist()]


def test_the_night_takes_it_over_under_its_number_and_lets_it_go(tmp_path: Path) -> None:
    (number,) = posted("R1")
    assert collect(DAY - timedelta(days=1))["desk_events"].num_rows == 0
    for later, stands in ((0, True), (5, True), (6, False)):
        night = night_of(tmp_path, DAY + timedelta(days=later))
        gather(night.lake, night.business_date)
        rows = taken(night)
        assert [row["event_id"] for row in rows] == ([number] if stands else [])
    with acting_as(SYSTEM):
        row = Event.objects.get(event_id=number)
    told = taken(night_of(tmp_path, DAY))[0]
    assert (json.loads(told["because"]), json.loads(told["goal"])) == (row.because, row.goal)
    assert told["event_date"] == DAY


def test_what_a_record_told_by_day_the_night_does_not_tell_again(tmp_path: Path) -> None:
    change = {"record": "registration_change", "changed": "owner"}
    with acting_as(SYSTEM):
        (number,) = take(
            SYSTEM, Posted(RecordKind.PUBLIC_RECORD, "R9", "C000003", DAY, change), "core"
        ).event_ids
    night = night_of(tmp_path, DAY)
    gather(night.lake, DAY)
    by_day = _taken_over(night, Rules.in_force(DAY))
    assert [row["event_id"] for batch in by_day for row in batch.to_pylist()] == [number]
    seen = pl.DataFrame(
        {"customer_id": ["C000003", "C000004", "C000003"], "rule": ["owner_changed"] * 2 + ["silence"]}
    )
    assert untold(seen, by_day).rows() == [("C000004", "owner_changed"), ("C000003", "silence")]


def test_published_over_the_desks_row_it_stands_once_and_the_record_again_adds_nothing() -> None:
    (number,) = posted("R2")
    with acting_as(SYSTEM):
        row = Event.objects.get(event_id=number)
    mine = {
        "event_id": number, "customer_id": row.customer_id, "rule": row.rule, "event_date": row.event_date,
        "due_date": row.due_date, "severity": row.severity, "because": json.dumps(row.because),
        "goal": json.dumps(row.goal), "amount": row.amount, "branch_id": row.branch_id, "manager_id": row.manager_id,
    }  # fmt: skip
    whole = tables(DAY, "next")
    events = pl.concat([pl.DataFrame(whole["events"]), pl.DataFrame([mine])], how="diagonal_relaxed")
    publish_world(tables=whole | {"events": events.to_arrow()}, business_date=DAY, run_id="next")
    rows = Event.objects.using("owner").filter(event_id=number)
    assert rows.at(2).count() == 1
    assert rows.count() == 2  # the desk's own, closed, stays for nights to come
    assert posted("R2") == ()
    assert collect(DAY)["desk_events"]["event_id"].to_pylist() == [number]


def test_a_record_from_before_the_last_nights_still_counts_by_its_own_day() -> None:
    posted("R3", DAY - timedelta(days=2))
    assert collect(DAY - timedelta(days=2))["desk_events"].num_rows == 1


def test_records_go_when_none_of_them_will_be_posted_again() -> None:
    posted("R4")
    assert forget_old_records(SystemClock().today() + timedelta(days=399)) == 0
    assert forget_old_records(SystemClock().today() + timedelta(days=402)) == 1
    assert Record.objects.using("owner").count() == 0


def test_a_handover_taken_back_after_a_night_is_out_of_the_lake(tmp_path: Path) -> None:
    row = {"customer_id": "C000003", "branch_id": "B101", "manager_id": "M1", "staff_id": "H1", "day": DAY}
    given = Handover.objects.using("owner").create(**row, from_id="M2", to_id="M1")
    night = night_of(tmp_path, DAY)
    gather(night.lake, DAY)
    assert night.engine.collect(recorded(night, "desk_handovers")).num_rows == 1
    Handover.objects.using("owner").filter(pk=given.pk).update(undone_at=SystemClock().now(), undone_by="H1")
    for _ in range(2):  # the second time nothing changes any more
        gather(night.lake, DAY)
        assert night.engine.collect(recorded(night_of(tmp_path, DAY), "desk_handovers")).num_rows == 0
