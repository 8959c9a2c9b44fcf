"""Notice and decide: events, then each manager's day."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.branches.night import portfolio
from xiaoer.contact_policy.terms import Policy
from xiaoer.events.night import noticed, sale_side, with_book
from xiaoer.events.telling import told
from xiaoer.events.terms import Rules
from xiaoer.kit.dates import add_working_days, from_day_number
from xiaoer.kit.tables.files import write_batches
from xiaoer.kit.text import reason
from xiaoer.nightly import history
from xiaoer.nightly.run import Night
from xiaoer.nightly.standing import open_tasks, standings
from xiaoer.nightly.standins import branch_rows, head_office, staff_rows
from xiaoer.offers.door import Doorkeeper
from xiaoer.offers.rules import candidates, chosen, days, offer_id, stopped_firms
from xiaoer.offers.terms import Candidate, FirmFacts, Occasion, Proposal, Terms
from xiaoer.segments.rules import next_due
from xiaoer.segments.terms import Rhythm

ROWS_AT_ONCE = 100_000
EVENTS = pa.schema(
    {
        "event_id": pa.string(), "customer_id": pa.string(), "rule": pa.string(), "event_date": pa.date32(),
        "due_date": pa.date32(), "severity": pa.string(), "because": pa.string(), "goal": pa.string(),
        "amount": pa.int64(),
    }
)  # fmt: skip
LOG = pa.schema(
    {
        "run_id": pa.string(), "day": pa.date32(), "customer_id": pa.string(), "manager_id": pa.string(),
        "rule": pa.string(), "kind": pa.string(), "expected_return": pa.int64(), "cost": pa.int64(),
        "priority": pa.float64(), "arm": pa.string(), "arm_probability": pa.float64(), "stopped": pa.string(),
        "offer_id": pa.string(), "minutes": pa.int64(), "goal": pa.string(), "rank": pa.int64(), "fits": pa.bool_(),
        "changed": pa.string(), "because": pa.string(),
    }
)  # fmt: skip


def events(night: Night) -> None:
    rules = Rules.in_force(night.business_date)
    firms = night.keep("firms_in_book", with_book(night.made("firms"), rules))
    buyers = night.keep("buyers", sale_side(night.made("partners"), firms, night.on))
    open_firms = firms.filter(~nw.col("closed"))
    open_buyers = buyers.join(open_firms.select("customer_id"), on="customer_id", how="semi")
    seen = night.keep("noticed", noticed(open_firms, open_buyers, night.on, rules))
    rows = pl.DataFrame(night.engine.collect(seen)).sort("customer_id", "rule", "partner", nulls_last=True)
    night.rows += write_batches(_worded(rows, night.business_date, rules), EVENTS, night.path("events"))


def _worded(rows: pl.DataFrame, day: date, rules: Rules) -> Iterator[pa.RecordBatch]:
    """Events in the order of their firms, a part of them at a time."""
    for piece in rows.iter_slices(ROWS_AT_ONCE):
        yield from told(piece, day, rules).select(EVENTS.names).to_arrow().cast(EVENTS).to_batches()


def offers(night: Night) -> None:
    """Candidates, their arms and stops; the best of each firm; each manager's day. All of it is logged."""
    night.keep("portfolio", _portfolio(night))
    day, terms = add_working_days(night.business_date, 1), Terms.in_force(night.business_date)
    firms = list(_firms(night, day))
    door = Doorkeeper(
        Policy.in_force(night.business_date), terms, day, standings(night, {f.customer_id for f in firms})
    )
    weighed = [one for firm in firms for one in candidates(firm, terms, door, day)]
    capacity = {
        row["staff_id"]: row["capacity_minutes"] for row in staff_rows(night) if row["capacity_minutes"]
    }
    lines = days(chosen(weighed), capacity, terms, day, history.ranks_before(night))
    by_candidate = {id(line.candidate): line for line in lines}
    alone = {id(one) for one in stopped_firms(weighed)}
    rows = [_logged(night, day, one, by_candidate.get(id(one)), told=id(one) in alone) for one in weighed]
    night.keep_rows("decisions", pa.Table.from_pylist(rows, LOG))


def _portfolio(night: Night) -> Any:
    at_work = [{name: row[name] for name in ("staff_id", "branch_id")} for row in staff_rows(night)]
    staff = night.engine.table(pa.Table.from_pylist(at_work))
    branches = night.engine.table(pa.table({"branch_id": [row["branch_id"] for row in branch_rows(night)]}))
    customers, assignments = night.delivered("customers"), night.delivered("assignments")
    return portfolio(
        customers, assignments, staff, branches, head_office=head_office(night), today=night.on.today
    )


def _firms(night: Night, day: date) -> Iterator[FirmFacts]:
    occasions = _occasions(night, day)
    known = (
        night.made("firms")
        .filter(~nw.col("closed"))
        .join(night.made("portfolio"), on="customer_id", how="left")
        .select(
            "customer_id",
            "branch_id",
            "manager_id",
            "potential",
            "loan_balance",
            "value",
            "band",
            "days_past_due",
            "last_contact_day",
            "every_days",
            "due_channel",
            "opened_date",
        )
    )
    for row in night.engine.collect(known).sort_by("customer_id").to_pylist():
        mine = [*occasions.get(row["customer_id"], ()), *_contact_due(row, day)]
        if mine:
            yield FirmFacts(
                row["customer_id"],
                row["branch_id"],
                row["manager_id"],
                row["potential"] or 0,
                row["loan_balance"] or 0,
                row["value"],
                row["band"],
                row["days_past_due"] or 0,
                tuple(mine),
            )


def _occasions(night: Night, day: date) -> dict[str, list[Occasion]]:
    found: dict[str, list[Occasion]] = defaultdict(list)
    for row in night.rows_of("events").to_pylist():
        because = json.loads(row["because"])[0]
        found[row["customer_id"]].append(
            Occasion(
                row["rule"], row["severity"], because, json.loads(row["goal"]), row["amount"], row["event_id"]
            )
        )
    for task in open_tasks(night):
        if task["due_date"] <= day:
            found[task["customer_id"]].append(_promised(task))
    return found


def _promised(task: dict[str, Any]) -> Occasion:
    because = reason("follow_up", "warn", made_date=task["day"])
    return Occasion(
        "follow_up", "promised", because, reason("goal_follow_up"), 0, str(task["task_id"]), task["kind"]
    )


def _contact_due(row: dict[str, Any], day: date) -> list[Occasion]:
    """The contact plan's turn, where the tier's rhythm has run out."""
    if row["every_days"] is None:
        return []
    last = None if row["last_contact_day"] is None else from_day_number(row["last_contact_day"])
    # Nothing known of when it began and nobody ever there: its turn is now.
    began = row["opened_date"] or day - timedelta(days=row["every_days"])
    due = next_due(last, began, Rhythm(row["every_days"], row["due_channel"]), day)
    if due > day:
        return []
    if last is None:
        because = reason("contact_due_first", due_date=due)
    else:
        because = reason("contact_due", due_date=due, days=(day - last).days)
    channel = row["due_channel"] if row["due_channel"] in ("visit", "call") else "call"
    return [Occasion("contact_due", "note", because, reason("goal_contact_due"), 0, kind=channel)]


def _logged(night: Night, day: date, one: Candidate, line: Proposal | None, *, told: bool) -> dict[str, Any]:
    return {
        "run_id": night.run_id,
        "day": day,
        "customer_id": one.firm.customer_id,
        "manager_id": one.firm.manager_id,
        "rule": one.occasion.rule,
        "kind": one.effort.kind,
        "minutes": one.effort.minutes,
        "goal": json.dumps(one.occasion.goal, ensure_ascii=False),
        "expected_return": one.expected_return,
        "cost": one.cost,
        "priority": one.priority,
        "arm": one.arm,
        "arm_probability": one.arm_probability,
        "stopped": json.dumps(one.stopped, ensure_ascii=False) if one.stopped else None,
        "offer_id": line.offer_id if line else offer_id(one, day) if told else None,
        "rank": line.rank if line else None,
        "fits": line.fits if line else None,
        "changed": json.dumps(line.changed, ensure_ascii=False) if line and line.changed else None,
        "because": json.dumps(list(line.because if line else [one.occasion.because]), ensure_ascii=False),
    }
