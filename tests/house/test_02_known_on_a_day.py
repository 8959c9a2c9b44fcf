"""Point 2: the lake is keyed by business date and by the day a row was delivered; late rows do not leak."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.engines.alike import tables_differ
from tests.house.bank import DAY, SmallBank
from xiaoer.features.night import (
    account_flows,
    account_sums,
    balance_lines,
    payment_lines,
    payment_stretches,
)
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.kit.tables.expressions import with_day_numbers
from xiaoer.nightly.framing import account_frames
from xiaoer.nightly.run import run_number
from xiaoer.sources.contracts import contract
from xiaoer.sources.intake import load_bank, receive

MAPPING = r"""
[mapping]
name = "bank"
[defaults]
dated = '(?P<date>\d{8})'
[[source]]
table = "customers"
files = ["customers_*.csv"]
[[source]]
table = "invoices"
files = ["invoices_*.csv"]
"""
FIRST, LATER = date(2026, 9, 30), date(2026, 10, 31)


def delivered(root: Path, name: str, *lines: str) -> Lake:
    (root / "files").mkdir(exist_ok=True)
    (root / "bank.toml").write_text(MAPPING, encoding="utf-8")
    (root / "files" / name).write_text("\n".join((*lines, "")), encoding="utf-8")
    lake = Lake(root / "lake")
    reports = load_bank(
        receive(root / "bank.toml", root / "files", root / "inbox"), lake, DuckEngine(root / "scratch"), LATER
    )
    assert not [report.refused for report in reports if report.refused]
    return lake


def known(lake: Lake, table: str, column: str, on: date, scratch: Path) -> list[str]:
    engine = DuckEngine(scratch)
    return sorted(engine.collect(lake.open(contract(table).schema, on, engine))[column].to_pylist())


def test_a_row_delivered_late_was_not_known_on_its_own_day(tmp_path: Path) -> None:
    header = "customer_id,direction,invoice_no,invoice_date,gross"
    lake = delivered(tmp_path, "invoices_20260930.csv", header, "C1,sale,1,2026-09-01,10.00")
    number = run_number(FIRST, lake)
    lake = delivered(
        tmp_path, "invoices_20261031.csv", header, "C1,sale,2,2026-09-02,10.00", "C1,sale,3,2026-10-02,10.00"
    )
    scratch = tmp_path / "scratch"
    assert known(lake, "invoices", "invoice_no", FIRST, scratch) == ["1"]
    assert known(lake, "invoices", "invoice_no", LATER, scratch) == ["1", "2", "3"]
    assert run_number(FIRST, lake) == number
    assert run_number(LATER, lake) != number


def test_a_snapshot_is_the_last_one_delivered_by_then(tmp_path: Path) -> None:
    delivered(tmp_path, "customers_20260930.csv", "customer_id", "C1", "C2")
    lake = delivered(tmp_path, "customers_20261031.csv", "customer_id", "C1", "C3")
    scratch = tmp_path / "scratch"
    assert known(lake, "customers", "customer_id", FIRST, scratch) == ["C1", "C2"]
    assert known(lake, "customers", "customer_id", date(2026, 10, 30), scratch) == ["C1", "C2"]
    assert known(lake, "customers", "customer_id", LATER, scratch) == ["C1", "C3"]
    assert known(lake, "customers", "customer_id", date(2026, 9, 29), scratch) == []


def test_every_stored_row_carries_both_days(small_bank: SmallBank) -> None:
    parts = sorted((small_bank.lake.root / "delivered").rglob("*.parquet"))
    assert parts
    for path in parts:
        stamps = pq.read_table(path, columns=["business_date", "delivered_on"])
        assert [column.null_count for column in stamps.columns] == [0, 0], path
        late = pc.less_equal(stamps["business_date"], stamps["delivered_on"])
        assert pc.all(late, min_count=0).as_py(), path


def test_frames_of_many_days_are_what_each_night_would_know(small_bank: SmallBank, tmp_path: Path) -> None:
    """Payments come with their month's file: in the middle of a month nobody knows of it yet."""
    days = [date(2026, 9, 30), date(2026, 10, 15), DAY]
    night = replace(small_bank.night, folder=tmp_path)
    found = pl.DataFrame(night.engine.collect(account_frames(night, days)))
    for day in days:
        then = replace(night, business_date=day)
        payments = with_day_numbers(payment_lines(then.delivered("transactions")))
        balances = with_day_numbers(balance_lines(then.delivered("balances")))
        sums = account_sums(balances, payment_stretches(payments, then.on), then.on)
        own = pl.DataFrame(night.engine.collect(account_flows(sums)))
        assert own.height
        mine = found.filter(as_of_date=day).select(own.columns)
        assert tables_differ(own, mine) == [], day
