"""The simulated bank as a whole: the same bytes, every table, figures within their ranges, totals that agree."""

import hashlib
import unicodedata
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from stdnum.cn import uscc

from bench import calibration
from tests.simulator.conftest import SMALL, Read, dirt_of, settled, unbroken
from xiaoer.simulator import calibrated
from xiaoer.simulator.bank import deliver, simulate
from xiaoer.simulator.documentation import calibration_table
from xiaoer.simulator.notes import notes_on
from xiaoer.simulator.people.terms import nothing
from xiaoer.simulator.terms import Plan, figures
from xiaoer.simulator.world import found_world, open_bank, told
from xiaoer.sources.contracts import contracts

ROOT = Path(__file__).parents[2]
TINY = Plan(firms=60, months=4, seed=3, end=date(2026, 10, 31))
STAMP = f"{SMALL.end:%Y%m%d}"
SEEDS = (1, 2, 3)


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _fen(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Float64) * 100).round().cast(pl.Int64)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate(TINY, tmp_path / name, lambda _: None)
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")


def test_another_seed_writes_another_bank(tmp_path: Path) -> None:
    simulate(TINY, tmp_path / "one", lambda _: None)
    simulate(Plan(TINY.firms, TINY.months, 4, TINY.end), tmp_path / "two", lambda _: None)
    one, two = _digests(tmp_path / "one"), _digests(tmp_path / "two")
    assert one["customers_20261031.csv"] != two["customers_20261031.csv"]


@pytest.mark.parametrize("table", list(contracts()))
def test_every_contract_is_written_under_its_headers(table: str, read: Read) -> None:
    rows, shape = read(table), contracts()[table]
    assert len(rows)
    assert {column.zh for column in shape.columns if column.required} <= set(rows.columns)
    assert set(rows.columns) - {"stamp"} <= {column.zh for column in shape.columns}


@pytest.mark.parametrize("table", [name for name, shape in contracts().items() if shape.key])
def test_keys_repeat_only_as_the_truth_says(table: str, bank: Path, read: Read) -> None:
    rows, told = read(table), dirt_of(bank)
    repeats = sum(told[f"{table}.{why}"] for why in ("exact_duplicate", "duplicate_key", "corrected"))
    assert len(unbroken(table, rows)) - len(settled(table, rows)) == repeats


def test_credit_codes_are_valid_but_for_the_slips(bank: Path, read: Read) -> None:
    register = settled("customers", read("customers")).drop_nulls("统一社会信用代码")
    codes = [unicodedata.normalize("NFKC", code) for code in register["统一社会信用代码"]]
    assert len(codes) > SMALL.firms / 2
    assert (
        sum(not uscc.is_valid(code) for code in codes) == dirt_of(bank)["customers.doubtful_credit_code"] > 0
    )


def test_names_do_not_repeat(read: Read) -> None:
    register = settled("customers", read("customers")).filter(
        (pl.col("stamp") == STAMP) & (pl.col("客户类型") != "小微企业主")
    )
    assert register["客户名称"].n_unique() == len(register)


def test_ledger_agrees_with_the_files(bank: Path, read: Read) -> None:
    totals = read("ledger_totals").filter(pl.col("机构号") == "B00")
    moved = _booked(bank, read)
    notes = read("drawdown_notes").with_columns(day=pl.col("stamp").str.to_date("%Y%m%d").cast(pl.String))
    for item, measured in (
        ("存款余额", _by_month(read("balances"), "余额", "余额日期")),
        ("贷款余额", _by_month(notes, "贷款余额", "day")),
        ("当月流入", _by_month(moved.filter(pl.col("收付方向") == "收"), "金额", "记账日期")),
        ("当月流出", _by_month(moved.filter(pl.col("收付方向") == "付"), "金额", "记账日期")),
        ("当月收回本金", _by_month(read("repayments"), "归还本金", "还款日期")),
    ):
        expected = _by_month(totals.filter(pl.col("核对项") == item), "金额", "总账日期")
        assert expected.rows() == measured.rows(), item


def _by_month(rows: pl.DataFrame, amount: str, day: str) -> pl.DataFrame:
    return rows.group_by(month=pl.col(day).str.head(7)).agg(_fen(amount).sum()).sort("month")


def _booked(bank: Path, read: Read) -> pl.DataFrame:
    """Transactions as the bank booked them: the last word on each, and those it never delivered."""
    lost = pl.read_parquet(bank / "truth" / "missing.parquet")
    never = lost.select(
        pl.col("account_id").alias("账号"),
        pl.col("direction").replace_strict({"in": "收", "out": "付"}).alias("收付方向"),
        (pl.col("amount") / 100).cast(pl.String).alias("金额"),
        pl.col("booked_date").cast(pl.String).alias("记账日期"),
    )
    assert len(never) == dirt_of(bank)["transactions.missing"] > 0
    return pl.concat([settled("transactions", read("transactions")).select(never.columns), never])


def test_balances_are_the_sum_of_their_payments(bank: Path, read: Read) -> None:
    signed = pl.when(pl.col("收付方向") == "收").then(_fen("金额")).otherwise(-_fen("金额"))
    month = pl.col("记账日期").str.head(7)
    moved = _booked(bank, read).group_by("账号", month=month).agg(moved=signed.sum())
    held = read("balances").with_columns(held=_fen("余额"), month=pl.col("余额日期").str.head(7))
    held = held.sort("账号", "month").with_columns(before=pl.col("held").shift(1).over("账号"))
    held = held.join(moved, on=["账号", "month"], how="left")
    wrong = held.filter(
        pl.col("before").is_not_null() & (pl.col("before") + pl.col("moved").fill_null(0) != pl.col("held"))
    )
    assert wrong.is_empty()


def test_calibration_holds(read: Read) -> None:
    # One small bank alone says little about bad loans: that figure is taken from three of the demonstration's size.
    measured = calibration.measured(read) | {
        "npl_ratio": sum(_non_performing(seed) for seed in SEEDS) / len(SEEDS)
    }
    for name, row in figures().items():
        if row.expect:
            low, high = row.expect
            assert low <= measured[name] <= high, f"{name}: {measured[name]:.4f} not in {low} … {high}"


def _non_performing(seed: int) -> float:
    """By balance at the end of a bank of the demonstration's size."""
    world = found_world(Plan(2_000, 18, seed, SMALL.end))
    notes = notes_on(world.loans, world.firms, SMALL.end)
    return float(notes.filter(pl.col("days_past_due") > 90)["balance"].sum() / notes["balance"].sum())


def test_forty_defaults_or_more_to_learn_from() -> None:
    for seed in SEEDS:
        world = found_world(Plan(2_000, 18, seed, SMALL.end))
        assert world.loans.notes.filter(pl.col("defaulted").is_not_null())["i"].n_unique() >= 40


def test_the_first_firm_may_be_an_owner_without_a_code() -> None:
    world = found_world(Plan(120, 2, 11, TINY.end))
    assert world.firms["kind"][0] == "owner"
    assert world.firms["credit_code"].dtype == pl.String
    assert world.firms["credit_code"][0] is None


def test_principal_of_the_instalments_is_the_amount_drawn() -> None:
    world = found_world(TINY)
    rows, notes = world.loans.instalments, world.loans.notes
    assert np.bincount(rows.note, weights=rows.principal).tolist() == notes["amount"].to_list()


def test_the_page_shows_the_calibration() -> None:
    assert calibration_table() in (ROOT / "docs" / "simulator.md").read_text("utf-8")


def test_the_calibration_is_the_frozen_one() -> None:
    """Whoever changes a table sets date and seal anew (src/xiaoer/simulator/frozen.toml) and measures again."""
    assert calibrated.digest() == calibrated.seal(), f"seal = {calibrated.digest()!r}"
    assert date.fromisoformat(calibrated.frozen()) <= date(2026, 12, 31)


def test_a_bank_that_approached_nobody_is_delivered_too(tmp_path: Path) -> None:
    living, ties = open_bank(TINY)
    while not living.over:
        living.step(living.day, nothing())
    delivery, _ = deliver(told(living, ties), tmp_path, lambda _: None)
    assert delivery.rows["contacts"] == delivery.rows["surveys"] == 0
    assert delivery.rows["transactions"] > 0
