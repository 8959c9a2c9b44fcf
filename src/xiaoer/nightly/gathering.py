"""Collect: what the desk recorded, laid into the lake by day, so that the night reads one world."""

import hashlib
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaoer.kit.tables import Frame, Kind, Lake, Part, TableSchema
from xiaoer.nightly.collect import collect
from xiaoer.nightly.run import Night

DESK = {
    "desk_contacts": TableSchema(
        "desk_contacts",
        {
            "customer_id": Kind.KEY, "offer_id": Kind.KEY, "channel": Kind.CODE, "outcome": Kind.CODE,
            "staff_id": Kind.KEY, "day": Kind.DATE, "expected_return": Kind.MONEY, "minutes": Kind.INTEGER,
        },
        (), "day",
    ),
    "desk_tasks": TableSchema(
        "desk_tasks",
        {
            "task_id": Kind.INTEGER, "customer_id": Kind.KEY, "due_date": Kind.DATE, "kind": Kind.CODE,
            "minutes": Kind.INTEGER, "status": Kind.CODE, "staff_id": Kind.KEY, "day": Kind.DATE, "offer_id": Kind.KEY,
        },
        (), "day",
    ),
    "desk_checks": TableSchema(
        "desk_checks",
        {
            "note_id": Kind.KEY, "customer_id": Kind.KEY, "day": Kind.DATE, "found": Kind.CODE, "staff_id": Kind.KEY,
        },
        (), "day",
    ),
    "desk_suppressions": TableSchema(
        "desk_suppressions",
        {
            "customer_id": Kind.KEY, "channel": Kind.CODE, "reason": Kind.CODE, "day": Kind.DATE,
            "until_date": Kind.DATE, "source": Kind.CODE,
        },
        (), "day",
    ),
    "desk_events": TableSchema(
        "desk_events",
        {
            "event_id": Kind.KEY, "customer_id": Kind.KEY, "rule": Kind.CODE, "day": Kind.DATE, "due_date": Kind.DATE,
            "severity": Kind.CODE, "because": Kind.TEXT, "goal": Kind.TEXT, "amount": Kind.MONEY,
        },
        (), "day",
    ),
    "desk_answers": TableSchema(
        "desk_answers",
        {
            "answer_id": Kind.INTEGER, "customer_id": Kind.KEY, "fact": Kind.CODE, "number": Kind.INTEGER,
            "text": Kind.TEXT, "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_lessons": TableSchema(
        "desk_lessons",
        {
            "customer_id": Kind.KEY, "product_id": Kind.KEY, "opened_date": Kind.DATE, "step": Kind.CODE,
            "end": Kind.CODE, "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_surveys": TableSchema(
        "desk_surveys",
        {
            "customer_id": Kind.KEY, "staff_id": Kind.KEY, "channel": Kind.CODE, "asked_date": Kind.DATE,
            "score": Kind.INTEGER, "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_rules": TableSchema(
        "desk_rules",
        {
            "step_id": Kind.INTEGER, "rule": Kind.KEY, "version": Kind.INTEGER, "step": Kind.CODE, "body": Kind.TEXT,
            "until_date": Kind.DATE, "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_handled": TableSchema(
        "desk_handled",
        {
            "step_id": Kind.INTEGER, "event_id": Kind.KEY, "customer_id": Kind.KEY, "rule": Kind.KEY, "step": Kind.CODE,
            "until_date": Kind.DATE, "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_figures": TableSchema(
        "desk_figures",
        {
            "step_id": Kind.INTEGER, "subject": Kind.KEY, "step": Kind.CODE, "body": Kind.TEXT, "from_date": Kind.DATE,
            "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_requests": TableSchema(
        "desk_requests",
        {
            "request_id": Kind.KEY, "customer_id": Kind.KEY, "kind": Kind.CODE, "topic": Kind.CODE,
            "channel": Kind.CODE, "day": Kind.DATE, "due_date": Kind.DATE, "owner_id": Kind.KEY,
        },
        (), "day",
    ),
    "desk_request_steps": TableSchema(
        "desk_request_steps",
        {
            "step_id": Kind.INTEGER, "request_id": Kind.KEY, "customer_id": Kind.KEY, "step": Kind.CODE,
            "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_absences": TableSchema(
        "desk_absences",
        {
            "absence_id": Kind.INTEGER, "staff_id": Kind.KEY, "deputy_id": Kind.KEY, "from_date": Kind.DATE,
            "to_date": Kind.DATE, "back_date": Kind.DATE, "day": Kind.DATE,
        },
        (), "day",
    ),
    "desk_handovers": TableSchema(
        "desk_handovers",
        {
            "handover_id": Kind.INTEGER, "customer_id": Kind.KEY, "from_id": Kind.KEY, "to_id": Kind.KEY,
            "day": Kind.DATE,
        },
        (), "day",
    ),
}  # fmt: skip


TAKEN_BACK = frozenset({"desk_handovers"})  # the desk forgets rows of other tables that the lake keeps


def gather(lake: Lake, business_date: date) -> int:
    """Lay the desk's rows up to a day into the lake, a part for each day; gives the rows of changed days."""
    with lake.alone():
        return sum(
            _gather(lake, DESK[name], rows, business_date) for name, rows in collect(business_date).items()
        )


def recorded(night: Night, name: str) -> Frame:
    """What the desk recorded, as known on the business date."""
    return night.lake.open(DESK[name], night.business_date, night.engine)


def _gather(lake: Lake, schema: TableSchema, rows: pa.Table, business_date: date) -> int:
    """Days that have rows; of what can be taken back also those that had some and have none any more."""
    days = set(rows["day"].unique().to_pylist())
    if schema.name in TAKEN_BACK:
        days |= {part.business_date for part in lake.manifest.known_on(schema.name, business_date)}
    return sum(_day(lake, schema, rows.filter(pc.equal(rows["day"], day)), day) for day in sorted(days))


def _day(lake: Lake, schema: TableSchema, rows: pa.Table, day: date) -> int:
    """Nothing where the day is as it was; else the day's part anew, the earlier one replaced."""
    load_no = lake.manifest.next_load_no
    stamped = _stamped(schema, rows, day, load_no)
    told = repr(stamped.drop(["load_no"]).to_pylist()) if len(stamped) else f"nothing on {day}"
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    if lake.manifest.has(schema.name, fingerprint):
        return 0
    path, _ = lake.part_paths(schema, load_no)
    (lake.root / path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(stamped, lake.root / path, compression="zstd")
    lake.commit(
        Part(
            load_no,
            schema.name,
            schema.name,
            f"{schema.name}_{day}",
            fingerprint,
            str(path),
            None,
            day,
            day,
            len(stamped),
            replaces=lake.manifest.standing_for(schema.name, f"{schema.name}_{day}"),
        )
    )
    return len(stamped)


def _stamped(schema: TableSchema, rows: pa.Table, day: date, load_no: int) -> pa.Table:
    """Rows in a fixed order, so that the same rows have the same fingerprint."""
    count = len(rows)
    stamps = {
        "business_date": [day] * count,
        "delivered_on": [day] * count,
        "load_no": [load_no] * count,
        "line_no": list(range(count)),
    }
    kept = rows.select(list(schema.columns)).sort_by([(name, "ascending") for name in schema.columns])
    full = pa.table(
        {name: kept[name] for name in schema.columns}
        | {name: pa.array(values) for name, values in stamps.items()}
    )
    return full.cast(schema.arrow)
