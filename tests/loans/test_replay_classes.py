"""Classes at each of 24 past month-ends: by the night's functions on what was known then, and by a plain telling."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from tests.loans import plain
from tests.loans.conftest import END, MONTHS, Bank
from xiaoer.kit.dates import add_months, day_number, month_end
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import with_day_numbers
from xiaoer.loans.night import (
    Known,
    classified,
    debtors,
    elsewhere_on,
    facts_on,
    noted,
    stretches,
    unmarked,
)
from xiaoer.loans.terms import FiveClass, RuleBook
from xiaoer.sources.contracts import contract

pytestmark = pytest.mark.slow
GRADES = {one.value: grade for grade, one in enumerate(FiveClass)}
ENDS = [month_end(add_months(END.replace(day=1), -back)) for back in range(MONTHS)]


@dataclass(frozen=True)
class Past:
    """The bank's tables in memory, and each as it was known on a day."""

    tables: dict[str, pl.DataFrame]

    def on(self, name: str, day: date) -> pl.DataFrame:
        """Nothing that came later: payments, records and reports by their day, plans without later payments."""
        rows, dated = self.tables[name], DATED.get(name)
        if name == "schedules":
            unpaid = pl.col("paid_date") > day
            return rows.with_columns(
                pl.when(~unpaid.fill_null(value=False)).then(pl.col(column)).alias(column)
                for column in ("paid_date", "paid_principal", "paid_interest")
            )
        return rows.filter(pl.col(dated) <= day) if dated else rows


DATED = {
    "repayments": "repaid_date", "public_records": "published_date", "other_bank_debts": "report_date",
    "loan_contracts": "start_date",
}  # fmt: skip


@pytest.fixture(scope="module")
def past(bank: Bank) -> Past:
    names = (*DATED, "schedules")
    tables = {name: pl.DataFrame(bank.collected(bank.table(name))) for name in names}
    schema = contract("drawdown_notes").schema
    tables["notes"] = pl.DataFrame(bank.collected(bank.lake.snapshots(schema, END, bank.engine)))
    return Past(tables)


def held(frame: Frame) -> Frame:
    """Computed now."""
    found: Frame = nw.from_native(nw.to_native(frame).collect().lazy())
    return found


def by_the_night(past: Past, day: date) -> dict[str, tuple[int, int]]:
    """note: grade, days past due."""
    on = day_number(day)
    told = {name: lazy(past.on(name, day)) for name in (*DATED, "schedules")}
    begins = day_number(past.tables["repayments"]["repaid_date"].min())  # type: ignore[arg-type]
    plans, paid = with_day_numbers(told["schedules"]), with_day_numbers(told["repayments"])
    arrears = held(stretches(plans, paid, on, begins, held))
    known = Known(told["loan_contracts"], told["schedules"], arrears, told["public_records"])
    book, debts = (
        lazy(the_book(past, day).with_columns(on_day=pl.lit(on, pl.Int64))),
        told["other_bank_debts"],
    )
    seen = held(noted(book, known, held(debtors(book, unmarked(book), known, debts))))
    rules = RuleBook.in_force(day)
    owed = elsewhere_on(debts, lazy(pl.DataFrame({"on_day": [on]})))
    rows = classified(facts_on(seen, known, rules), owed, rules).collect().to_native()
    judged = {row["note_id"]: (row["grade"], row["days_past_due"]) for row in rows.to_dicts()}
    return {note: judged.get(note, (0, 0)) for note in the_book(past, day)["note_id"]}


def the_book(past: Past, day: date) -> pl.DataFrame:
    columns = ("note_id", "customer_id", "contract_id", "asset_class", "balance")
    return past.tables["notes"].filter(pl.col("business_date") == day, pl.col("balance") > 0).select(columns)


def lazy(rows: pl.DataFrame) -> Frame:
    frame: Frame = nw.from_native(rows.lazy())
    return frame


@pytest.fixture(scope="module")
def plainly(past: Past) -> dict[date, dict[str, tuple[int, int]]]:
    """Of each month-end each note's grade and days past due: one note, one day, one due after another."""
    schedules, dues = past.tables["schedules"].to_dicts(), defaultdict(list)
    for row in schedules:
        dues[row["note_id"]].append(row)
    cash = plain.cash_by_note(schedules, past.tables["repayments"].to_dicts())
    late = {note: dict(plain.days_past_due(rows, cash.get(note, []), END)) for note, rows in dues.items()}
    kinds = {row["contract_id"]: row["renewal_kind"] for row in past.tables["loan_contracts"].to_dicts()}
    broke = bankrupt(past.tables["public_records"].to_dicts())

    def told(row: dict[str, Any], day: date) -> tuple[int, int]:
        days = late.get(row["note_id"], {}).get(day, 0)
        grade = GRADES[plain.five_class(days)]
        mentioned = int(kinds.get(row["contract_id"]) == "old_for_new")
        lost = 4 * int(broke.get(row["customer_id"], date.max) <= day)
        return max(grade, mentioned, lost), days

    return {day: {row["note_id"]: told(row, day) for row in the_book(past, day).to_dicts()} for day in ENDS}


def bankrupt(records: list[dict[str, Any]]) -> dict[str, date]:
    """The first day of each bankrupt firm."""
    found: dict[str, date] = {}
    for row in records:
        if row["kind"] == "bankruptcy" and row["role"] != "plaintiff":
            day = row["published_date"]
            found[row["customer_id"]] = min(found.get(row["customer_id"], day), day)
    return found


@pytest.mark.parametrize("day", ENDS, ids=str)
def test_the_class_of_every_note_on_a_past_month_end(
    past: Past, plainly: dict[date, dict[str, tuple[int, int]]], day: date
) -> None:
    assert by_the_night(past, day) == plainly[day]


def test_all_classes_were_seen(plainly: dict[date, dict[str, tuple[int, int]]], past: Past) -> None:
    """The simulated bank marks all its notes as retail, whose classes days, renewals and bankruptcies decide."""
    seen = {grade for told in plainly.values() for grade, _ in told.values()}
    assert seen == {0, 1, 2, 3, 4}
    assert set(past.tables["notes"]["asset_class"].unique()) == {"retail"}
    assert past.tables["loan_contracts"]["restructured_date"].null_count() == len(
        past.tables["loan_contracts"]
    )
