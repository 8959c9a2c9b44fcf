"""Notice and decide: events, then each manager's day."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

import polars as pl
import pyarrow as pa

from xiaoer.branches.night import portfolio
from xiaoer.branches.rules import followed
from xiaoer.events.telling import told
from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.dates import add_working_days
from xiaoer.kit.tables.files import write_batches
from xiaoer.nightly import adopted, bank_rules, decisions, deputies, history
from xiaoer.nightly.asking import Asked
from xiaoer.nightly.bank_rules import EVENTS
from xiaoer.nightly.decisions import LOG
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.handled import Handled
from xiaoer.nightly.noticing import seen
from xiaoer.nightly.pieces import parts
from xiaoer.nightly.run import Night
from xiaoer.nightly.spool import Spool, spooled
from xiaoer.nightly.standing import Standings
from xiaoer.nightly.standins import branch_rows, head_office, staff_rows
from xiaoer.offers.days import Planned, days
from xiaoer.offers.door import Doorkeeper, Standing, wearied
from xiaoer.offers.rules import candidates
from xiaoer.offers.terms import Candidate, FirmFacts, Room, Terms

ROWS_AT_ONCE = 100_000


def events(night: Night) -> None:
    rules = Rules.in_force(night.business_date)
    rows = seen(night, rules)
    book = bank_rules.RuleBook.of(night)
    by_day = _taken_over(night, rules)
    heard = untold(rows.filter(~pl.col("rule").is_in(sorted(book.muted))), by_day)
    batches = chain(_worded(heard, night.business_date, rules), by_day, bank_rules.events(night, book))
    night.rows += write_batches(Handled.of(night).heard(batches), EVENTS, night.path("events"))


def untold(seen: pl.DataFrame, by_day: list[pa.RecordBatch]) -> pl.DataFrame:
    """What the night sees without what a record told by day already of the same firm by the same rule."""
    told = pl.DataFrame(pa.Table.from_batches(by_day, EVENTS)).select("customer_id", "rule")
    return seen.join(told, on=["customer_id", "rule"], how="anti", maintain_order="left")


def _taken_over(night: Night, rules: Rules) -> list[pa.RecordBatch]:
    """What records told by day, under its own numbers and for as long as its rule lets it stand."""
    told = pl.DataFrame(night.engine.collect(recorded(night, "desk_events")))
    stands = {rule.value: rules.of(rule).get("stands_days", 0) for rule in Rule}
    age = (pl.lit(night.business_date) - pl.col("day")).dt.total_days()
    kept = told.filter(age <= pl.col("rule").replace_strict(stands, default=0, return_dtype=pl.Int64))
    rows = kept.rename({"day": "event_date"}).unique("event_id", keep="first", maintain_order=True)
    return rows.sort("customer_id", "event_id").select(EVENTS.names).to_arrow().cast(EVENTS).to_batches()


def _worded(rows: pl.DataFrame, day: date, rules: Rules) -> Iterator[pa.RecordBatch]:
    """Events in the order of their firms, a part of them at a time."""
    for piece in rows.iter_slices(ROWS_AT_ONCE):
        yield from told(piece, day, rules).select(EVENTS.names).to_arrow().cast(EVENTS).to_batches()


def offers(night: Night) -> None:
    """Candidates, their arms and stops; each manager's day within all limits. All of it is logged.

    Firms are weighed a part at a time; what is kept of a part are its open candidates, and its log lies on disk until
    the managers' days are known.
    """
    day, terms = add_working_days(night.business_date, 1), adopted.terms(night)
    room = Room.in_force(night.business_date, _minutes(night))
    with spooled(night.folder, LOG) as log:
        asking = dict(_open(night, day, terms, log))
        planned = days(asking.values(), room, terms, day, history.ranks_before(night))
        rows = {id(candidate): row for row, candidate in asking.items()}
        lines = {rows[id(line.candidate)]: line for line in planned.lines}
        causes = {rows[number]: cause for number, cause in planned.causes.items()}
        night.rows += write_batches(
            decisions.with_lines(log.batches(), lines, causes), LOG, night.path("decisions")
        )
    night.keep_rows("shadow_prices", _priced(night, planned, day))


def _priced(night: Night, planned: Planned, day: date) -> pa.Table:
    managers = pl.DataFrame(night.rows_of("portfolio"))["manager_id"]
    books = dict(managers.value_counts().iter_rows())
    return decisions.priced(planned, day, books, head_office(night))


def _minutes(night: Night) -> dict[str, int]:
    """A day's minutes of those of whom the bank delivers them; none of whoever is away on the day planned."""
    told = {row["staff_id"]: row["capacity_minutes"] for row in staff_rows(night) if row["capacity_minutes"]}
    return told | dict.fromkeys(deputies.of_day(night), 0)


def _open(night: Night, day: date, terms: Terms, log: Spool) -> Iterator[tuple[int, Candidate]]:
    """The open candidates of each firm by their rows in the log, which takes all occasions of all firms."""
    asked, standings = Asked.on(night, day), Standings.of(night)
    policy = adopted.policy(night)
    for part in parts(night):
        firms = asked.firms(part)
        known = standings.of_firms(part, [firm.customer_id for firm in firms])
        door = Doorkeeper(policy, terms, day, known)
        firms = [_with_weariness(firm, known, day, terms) for firm in firms]
        weighed = [one for firm in firms for one in candidates(firm, terms, door, day)]
        first = log.rows
        log.add(decisions.logged(night.run_id, day, weighed))
        yield from ((first + at, one) for at, one in enumerate(weighed) if one.open)


def _with_weariness(firm: FirmFacts, known: Mapping[str, Standing], day: date, terms: Terms) -> FirmFacts:
    """A firm that may be offered something, with what approaches of late still weigh."""
    standing = known.get(firm.customer_id)
    if standing is None or all(one.likely is None for one in firm.occasions):
        return firm
    return replace(firm, wearied=wearied(standing, day, terms.worth))


def books(night: Night) -> None:
    """Who answers for which firm."""
    night.keep("portfolio", _portfolio(night))


def _portfolio(night: Night) -> Any:
    at_work = [{name: row[name] for name in ("staff_id", "branch_id")} for row in staff_rows(night)]
    staff = night.engine.table(pa.Table.from_pylist(at_work))
    branches = night.engine.table(pa.table({"branch_id": [row["branch_id"] for row in branch_rows(night)]}))
    customers, assignments = night.delivered("customers"), night.delivered("assignments")
    return portfolio(
        customers, assignments, staff, branches,
        handed=_handed(night), head_office=head_office(night), today=night.on.today,
    )  # fmt: skip


def _handed(night: Night) -> Any:
    """Firms handed over at the desk, by whom the bank's file may still name."""
    rows = night.engine.collect(recorded(night, "desk_handovers")).sort_by("handover_id")
    steps = zip(*(rows[name].to_pylist() for name in ("customer_id", "from_id", "to_id", "day")), strict=True)
    found = sorted((firm, giver, *taken) for (firm, giver), taken in followed(steps).items())
    kinds = [(name, pa.string()) for name in ("customer_id", "from_id", "to_id")]
    columns = [list(column) for column in zip(*found, strict=True)] or [[], [], [], []]
    return night.engine.table(pa.table(columns, schema=pa.schema([*kinds, ("handed_date", pa.date32())])))
