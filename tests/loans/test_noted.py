"""Notes nothing is known of are left out before the class rules: they would be normal, by no rule and no fact."""

from collections.abc import Iterator
from datetime import date

import narwhals as nw
import polars as pl
import pytest

from tests.loans.conftest import END, Bank
from xiaoer.kit.tables import Frame
from xiaoer.loans.night import Known, classified, debtors, elsewhere_on, facts_on, noted, unmarked
from xiaoer.loans.night.facts import MEASURES
from xiaoer.loans.terms import RuleBook
from xiaoer.sources.contracts import contract

pytestmark = pytest.mark.slow
BOOK = RuleBook.in_force(END)
KEY = ["on_day", "note_id"]
FEW = 240  # notes that belong to a third as many firms
DAYS = (date(2026, 4, 30), date(2026, 10, 31))


@pytest.fixture(scope="module")
def rows(bank: Bank) -> pl.DataFrame:
    """Notes of two month-ends."""
    told = bank.lake.snapshots(contract("drawdown_notes").schema, END, bank.engine)
    found = pl.DataFrame(bank.collected(told.filter(nw.col("balance") > 0)))
    on_day = pl.col("business_date").cast(pl.Int32).cast(pl.Int64)
    return found.filter(pl.col("business_date").is_in(DAYS)).with_columns(on_day=on_day)


@pytest.fixture(params=["non_retail", None])
def notes(rows: pl.DataFrame, request: pytest.FixtureRequest) -> Frame:
    """Every third note of another kind than retail, or not marked at all; firms have several notes."""
    number = pl.col("note_id").str.tail(3).cast(pl.Int64)
    third = pl.lit(request.param, pl.String)
    marked = rows.with_columns(
        asset_class=pl.when(number % 3 == 0).then(third).otherwise("asset_class"),
        customer_id=pl.when(number < FEW)
        .then(pl.format("D{}", number % (FEW // 3)))
        .otherwise("customer_id"),
    )
    columns = ("on_day", "note_id", "customer_id", "contract_id", "asset_class", "balance")
    return nw.from_native(marked.select(columns).lazy())


@pytest.fixture(scope="module")
def known(bank: Bank) -> Known:
    """The bank's tables, a few contracts restructured, and the classes of contracts not marked."""

    def held(name: str) -> pl.DataFrame:
        return pl.DataFrame(bank.collected(bank.table(name)))

    some = pl.col("contract_id").str.tail(2).cast(pl.Int64) % 17 == 0
    contracts = held("loan_contracts").with_columns(
        restructured_date=pl.when(some).then(pl.lit(date(2025, 9, 1))), asset_class=pl.lit(None, pl.String)
    )
    arrears = pl.DataFrame(bank.stretches(bank.table("repayments")))
    tables = (contracts, held("schedules"), arrears, held("public_records"))
    return Known(*(nw.from_native(one.lazy()) for one in tables))


@pytest.fixture(scope="module")
def debts(bank: Bank) -> Frame:
    return nw.from_native(pl.DataFrame(bank.collected(bank.table("other_bank_debts"))).lazy())


def judged(notes: Frame, known: Known, debts: Frame) -> pl.DataFrame:
    owed = elsewhere_on(debts, notes.select("on_day").unique())
    rows = classified(facts_on(notes, known, BOOK), owed, BOOK).collect().to_native()
    return rows.select(sorted(rows.columns)).sort(KEY)


def test_what_is_left_out_is_normal_and_the_rest_is_judged_alike(
    notes: Frame, known: Known, debts: Frame
) -> None:
    seen = noted(notes, known, debtors(notes, unmarked(notes), known, debts))
    whole, part = judged(notes, known, debts), judged(seen, known, debts)
    assert whole.join(part, on=KEY, how="semi").equals(part)
    left_out = whole.join(part, on=KEY, how="anti")
    assert left_out.height > whole.height / 5
    assert list(quiet(left_out)) == []
    rules = set(part["rule"])
    assert {"debtor_non_performing", "overdue_90", "old_for_new", "under_observation"} <= rules


def quiet(rows: pl.DataFrame) -> Iterator[str]:
    """What is not nought of notes that are said to be quiet."""
    yield from (name for name in ("grade", *MEASURES) if (rows[name] != 0).any())
    yield from (name for name in ("last_late_day", "oldest_due_day") if rows[name].is_not_null().any())
    yield from (["rule"] if (rows["rule"] != "").any() else [])
