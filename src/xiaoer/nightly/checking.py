"""Post-loan checks: when each note is to be looked at next, and where its drawing went."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from xiaoer.kit.dates import from_day_number
from xiaoer.loans.night.checks import last_checks, traced, uses
from xiaoer.loans.rules.checks import due, escalation, flagged, interval
from xiaoer.loans.terms import Checks
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night

ITEMS = pa.schema(
    {
        "note_id": pa.string(), "customer_id": pa.string(), "product_id": pa.string(), "balance": pa.int64(),
        "grade": pa.int64(), "due_date": pa.date32(), "last_check_date": pa.date32(), "escalated_to": pa.string(),
        "traced_amount": pa.int64(), "forbidden_amount": pa.int64(), "unclear_amount": pa.int64(),
        "flagged": pa.bool_(),
    }
)  # fmt: skip
BOOK = ("note_id", "customer_id", "product_id", "balance", "grade", "drawn_date", "amount")


def checks(night: Night) -> None:
    """Tables of the night: drawings_traced, check_facts, checks_due."""
    terms, book = Checks.in_force(night.business_date), night.made("loan_book").select(*BOOK)
    trace = night.keep(
        "drawings_traced", traced(book, night.delivered("transactions"), terms, night.on.today)
    )
    last = last_checks(book, night.made("contacts"), recorded(night, "desk_checks"))
    known = book.join(last, on="note_id", how="left").join(uses(trace, terms), on="note_id", how="left")
    facts = night.engine.collect(night.keep("check_facts", known)).sort_by("note_id")
    items = _items(facts.to_pylist(), terms, night.business_date)
    night.keep_rows("checks_due", pa.Table.from_pylist(list(items), ITEMS))


def _items(rows: list[dict[str, Any]], terms: Checks, today: date) -> Iterator[dict[str, Any]]:
    """A row for each note whose drawing is known; a note without a day of drawing cannot be planned."""
    for row in rows:
        if row["drawn_date"] is None:
            continue
        last = from_day_number(row["last_check_day"]) if row["last_check_day"] is not None else None
        days = interval(row["grade"], row["balance"], row["product_id"] or "", terms)
        day = due(row["drawn_date"], last, days, terms)
        over = (today - day).days
        yield {name: row[name] for name in ITEMS.names if name in row} | {
            "due_date": day,
            "last_check_date": last,
            "escalated_to": escalation(over, terms).value if over >= 0 else "",
            "flagged": flagged(row["amount"], row["forbidden_amount"] or 0, terms),
        }
