"""How each firm stands towards being approached, gathered from consents, stops, contacts and plans."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.contact_policy.terms import Known, Stop, Touch
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night
from xiaoer.offers.door import Standing

CONSENTS = ("marketing", "call", "message", "email")
NOT_REACHED = "not_reached"
REMEMBERED_DAYS = 400
OPEN = "open"
STRICTEST = "sole_trader"  # a firm of unknown kind is treated like a person: visits, nothing unasked


def standings(night: Night, firms: set[str]) -> dict[str, Standing]:
    """The standing of the firms asked for."""
    touches, stops = _touches(night), _stops(night)
    planned: dict[str, date] = {}
    for task in open_tasks(night):
        planned[task["customer_id"]] = min(
            task["due_date"], planned.get(task["customer_id"], task["due_date"])
        )
    rows = night.engine.collect(night.delivered("customers")).to_pylist()
    return {
        row["customer_id"]: Standing(
            Known(
                row["kind"] or STRICTEST,
                _consents(row),
                tuple(stops[row["customer_id"]]),
                tuple(touches[row["customer_id"]]),
            ),
            _last_reached(touches[row["customer_id"]]),
            planned.get(row["customer_id"]),
        )
        for row in rows
        if row["customer_id"] in firms
    }


def open_tasks(night: Night) -> list[dict[str, Any]]:
    """Promises of the desk that are still open, oldest first."""
    rows = night.engine.collect(recorded(night, "desk_tasks"))
    kept = rows.filter(pc.equal(rows["status"], OPEN))
    return kept.sort_by([("due_date", "ascending"), ("task_id", "ascending")]).to_pylist()


def _consents(row: dict[str, Any]) -> dict[str, bool | None]:
    return {use: row[f"consent_{use}"] for use in CONSENTS}


def _touches(night: Night) -> dict[str, list[Touch]]:
    rows = night.rows_of("contacts")
    recent = rows.filter(pc.greater(rows["day"], pa.scalar(night.on.today - REMEMBERED_DAYS)))
    found: dict[str, list[Touch]] = defaultdict(list)
    for row in recent.sort_by(
        [(name, "ascending") for name in ("customer_id", "day", "channel")]
    ).to_pylist():
        found[row["customer_id"]].append(
            Touch(row["contact_date"], row["channel"] or "", row["purpose"] or "", row["outcome"] or "")
        )
    return found


def _stops(night: Night) -> dict[str, list[Stop]]:
    """The desk's stops, and complaints the bank's files say are still open."""
    found: dict[str, list[Stop]] = defaultdict(list)
    for row in night.engine.collect(recorded(night, "desk_suppressions")).to_pylist():
        found[row["customer_id"]].append(
            Stop(row["reason"], row["day"], row["until_date"], row["channel"] or "")
        )
    for row in night.engine.collect(night.delivered("service_requests")).to_pylist():
        if (
            row["kind"] == "complaint"
            and row["status"] == OPEN
            and row["requested_date"] <= night.business_date
        ):
            found[row["customer_id"]].append(Stop("complaint", row["requested_date"]))
    return found


def _last_reached(touches: Iterable[Touch]) -> date | None:
    return max((touch.day for touch in touches if touch.outcome != NOT_REACHED), default=None)
