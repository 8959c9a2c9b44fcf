"""The log of what was weighed: every candidate with its arm and what stopped it, and its line where it has one."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa

from xiaoer.kit.text import Reason
from xiaoer.offers.days import Planned
from xiaoer.offers.rules import offer_id, stopped_firms
from xiaoer.offers.terms import Candidate, Factors, Proposal

LOG = pa.schema(
    {
        "run_id": pa.string(), "day": pa.date32(), "customer_id": pa.string(), "manager_id": pa.string(),
        "rule": pa.string(), "kind": pa.string(), "expected_return": pa.int64(), "cost": pa.int64(),
        "priority": pa.float64(), "arm": pa.string(), "arm_probability": pa.float64(), "stopped": pa.string(),
        "offer_id": pa.string(), "minutes": pa.int64(), "goal": pa.string(), "rank": pa.int64(), "fits": pa.bool_(),
        "changed": pa.string(), "because": pa.string(), "dropped": pa.string(), "hour_price": pa.int64(),
        "chance": pa.float64(), "lever": pa.float64(), "family": pa.string(), "unit": pa.string(),
        "dealt_date": pa.date32(),
        "product_id": pa.string(), "propensity": pa.float64(), "told_by": pa.string(), "context": pa.float64(),
        "prize": pa.int64(), "patience": pa.int64(), "source": pa.string(),
    }
)  # fmt: skip
PRICES = pa.schema(
    {
        "kind": pa.string(), "place": pa.string(), "branch_id": pa.string(), "manager_id": pa.string(),
        "capacity": pa.int64(), "used": pa.int64(), "price": pa.int64(), "left_out": pa.int64(),
        "left_worth": pa.int64(), "day": pa.date32(), "firms": pa.int64(), "gap": pa.float64(),
    }
)  # fmt: skip
_json = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make an encoder for every row
FACTORS = tuple(one.name for one in fields(Factors))
LINE = {
    "row": pl.Int64, "offer_id": pl.String, "rank": pl.Int64, "fits": pl.Boolean, "changed": pl.String,
    "because": pl.String, "hour_price": pl.Int64,
}  # fmt: skip


def logged(run_id: str, day: date, weighed: Sequence[Candidate]) -> pa.RecordBatch:
    """Candidates as rows of the log, without the lines nobody knows yet; a firm stopped throughout has a number."""
    told = {id(one) for one in stopped_firms(weighed)}
    columns: Mapping[str, Iterable[Any]] = {
        "run_id": [run_id] * len(weighed),
        "day": [day] * len(weighed),
        "customer_id": [one.firm.customer_id for one in weighed],
        "manager_id": [one.firm.manager_id for one in weighed],
        "rule": [one.occasion.rule for one in weighed],
        "kind": [one.effort.kind for one in weighed],
        "expected_return": [one.expected_return for one in weighed],
        "cost": [one.cost for one in weighed],
        "priority": [one.priority for one in weighed],
        "arm": [one.arm for one in weighed],
        "arm_probability": [one.arm_probability for one in weighed],
        "stopped": [_json(one.stopped) if one.stopped else None for one in weighed],
        "offer_id": [offer_id(one, day) if id(one) in told else None for one in weighed],
        "minutes": [one.effort.minutes for one in weighed],
        "goal": [_json(one.occasion.goal) for one in weighed],
        "because": [_json([one.occasion.because]) for one in weighed],
        "chance": [one.effort.chance for one in weighed],
        "lever": [one.lever for one in weighed],
        "family": [one.family for one in weighed],
        "unit": [one.unit for one in weighed],
        "dealt_date": [one.dealt_date for one in weighed],
        "source": [one.occasion.source for one in weighed],
        "product_id": [one.occasion.product_id for one in weighed],
        **{name: [getattr(one.factors, name, None) for one in weighed] for name in FACTORS},
    }
    nothing = [None] * len(weighed)
    return pa.RecordBatch.from_pydict({name: columns.get(name, nothing) for name in LOG.names}, schema=LOG)


def with_lines(
    log: Iterable[pa.RecordBatch], lines: Mapping[int, Proposal], causes: Mapping[int, Reason]
) -> Iterator[pa.RecordBatch]:
    """The log with each line of a manager's day, and why each other open candidate has none, given by their rows."""
    told, first = pl.DataFrame([_line(*line) for line in lines.items()], LINE, orient="row"), 0
    left = [(row, _json(cause)) for row, cause in causes.items()]
    why = pl.DataFrame(left, {"row": pl.Int64, "dropped": pl.String}, orient="row")
    for batch in log:
        rows = pl.DataFrame(batch).with_row_index("row", first).cast({"row": pl.Int64})
        first += batch.num_rows
        beside = rows.drop("dropped").join(told, on="row", how="left", suffix="_line", maintain_order="left")
        beside = beside.join(why, on="row", how="left", maintain_order="left")
        laid = beside.with_columns(pl.coalesce(f"{name}_line", name).alias(name) for name in list(LINE)[1:])
        yield from laid.select(LOG.names).to_arrow().cast(LOG).to_batches()


def _line(row: int, line: Proposal) -> tuple[object, ...]:
    changed = _json(line.changed) if line.changed else None
    return row, line.offer_id, line.rank, line.fits, changed, _json(line.because), line.hour_price


def priced(planned: Planned, day: date, books: Mapping[str, int], head_office: str) -> pa.Table:
    """What a unit of each place is worth, as rows, with the firms of each manager's book and the gap of the whole.

    What belongs to no branch is the head office's.
    """
    rows = [
        asdict(one)
        | {"day": day, "firms": books.get(one.manager_id, 0), "gap": planned.gap}
        | {"branch_id": one.branch_id or head_office}
        for one in planned.prices
    ]
    return pa.Table.from_pylist(rows, schema=PRICES)
