"""Renewals: a work item for every note that ends soon, its conditions evaluated, and the three no's counted."""

import json
from collections.abc import Iterator
from typing import Any

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.dates import from_day_number
from xiaoer.nightly.run import Night
from xiaoer.renewals.night import Around, cuts, gaps, maturing
from xiaoer.renewals.rules import findings, stage
from xiaoer.renewals.terms import Maturing, Terms

ITEMS = pa.schema(
    {
        "note_id": pa.string(), "customer_id": pa.string(), "product_id": pa.string(), "balance": pa.int64(),
        "rate": pa.float64(), "due_date": pa.date32(), "stage": pa.string(), "signed_date": pa.date32(),
        "conditions": pa.string(), "branch_id": pa.string(), "manager_id": pa.string(),
    }
)  # fmt: skip
MORTGAGED = frozenset({"mortgage", "mixed"})


def renewals(night: Night) -> None:
    """Tables of the night: renewal_facts, renewals, renewal_promises."""
    terms = Terms.in_force(night.business_date)
    around = Around(
        night.made("firms"),
        night.delivered("loan_contracts"),
        night.delivered("public_records"),
        night.delivered("other_bank_debts"),
        night.delivered("collateral"),
        night.delivered("valuations"),
    )
    facts = night.keep("renewal_facts", maturing(night.made("loan_book"), around, terms, night.on.today))
    ordered = night.engine.collect(facts).sort_by("note_id").to_pylist()
    night.keep_rows("renewals", pa.Table.from_pylist(list(_items(night, ordered, terms)), ITEMS))
    _promises(night)


def _items(night: Night, rows: list[dict[str, Any]], terms: Terms) -> Iterator[dict[str, Any]]:
    told = night.lake.delivered("public_records", night.business_date)
    for row in rows:
        held = findings(_maturing(row, terms, records_told=told), terms, night.business_date)
        conditions = [
            {"condition": one.condition.value, "state": one.state.value, "because": list(one.because)}
            for one in held
        ]
        yield {name: row[name] for name in ITEMS.names if name in row} | {
            "stage": stage(held, row["signed_date"]).value,
            "conditions": json.dumps(conditions, ensure_ascii=False),
        }


def _maturing(row: dict[str, Any], terms: Terms, *, records_told: bool) -> Maturing:
    growth, bad = row["growth_12m"], row["bad_debts"]
    grave = tuple(kind for kind in sorted(terms.grave_records) if row[f"record_{kind}"])
    last = row["last_late_day"]
    return Maturing(
        due_date=row["due_date"],
        grade=row["grade"],
        late_days=row["late_days"],
        last_late_date=from_day_number(last) if last is not None else None,
        secured_by_mortgage=row["security"] in MORTGAGED,
        records=grave if records_told else None,
        days_since_sale=row["days_since_sale"],
        sales_share=None if growth is None else growth + 1,
        bad_elsewhere=None if bad is None else bad > 0,
        pd=row["pd"],
        valued_date=row["valued_date"],
        signed_date=row["signed_date"],
    )


def _promises(night: Night) -> None:
    """Days between old and new money, lines cut or frozen while nothing was past due."""
    placed = night.made("portfolio")
    notes = night.delivered("drawdown_notes")
    lost = (
        (nw.col("status") == "written_off")
        | ~nw.col("defaulted_date").is_null()
        | (nw.col("days_past_due") > 0)
    )
    bad = notes.filter(lost.fill_null(value=False)).select("customer_id").unique()
    sound = placed.select("customer_id").join(bad, on="customer_id", how="anti")
    month = night.business_date.year * 12 + night.business_date.month - 1
    lines = cuts(night.delivered("credit_lines"), placed, sound, month)
    columns = ["month", "kind", "branch_id", "manager_id", "loans", "days", "amount"]
    both = [part.select(columns) for part in (gaps(night.delivered("loan_contracts"), placed), lines)]
    night.keep("renewal_promises", nw.concat(both))
