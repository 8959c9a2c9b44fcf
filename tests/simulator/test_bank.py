"""The simulated bank as a whole: the same bytes, every table, figures within their ranges, totals that agree."""

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from stdnum.cn import uscc

from bench import calibration
from tests.simulator.conftest import SMALL, Read
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.documentation import calibration_table
from xiaoer.simulator.notes import notes_on
from xiaoer.simulator.terms import Plan, figures
from xiaoer.simulator.world import found_world
from xiaoer.sources.contracts import contracts

ROOT = Path(__file__).parents[2]
TINY = Plan(firms=60, months=4, seed=3, end=date(2026, 10, 31))
STAMP = f"{SMALL.end:%Y%m%d}"
YUAN = r"^-?\d+\.\d\d$"
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
def test_keys_are_unique_among_good_rows(table: str, read: Read) -> None:
    shape = contracts()[table]
    key = [shape.column(name).zh for name in shape.key]
    within = ["stamp", *key] if shape.grain == "snapshot" else key
    rows = read(table).unique([*key, *(["stamp"] if shape.grain == "snapshot" else _contents(table, read))])
    assert not rows.select(within).is_duplicated().any()


def _contents(table: str, read: Read) -> list[str]:
    return [name for name in read(table).columns if name != "stamp"]


def test_credit_codes_are_valid(read: Read) -> None:
    codes = read("customers").drop_nulls("统一社会信用代码")["统一社会信用代码"].unique()
    assert len(codes) > SMALL.firms / 2
    assert all(uscc.is_valid(code) for code in codes)


def test_names_do_not_repeat(read: Read) -> None:
    register = read("customers").filter((pl.col("stamp") == STAMP) & (pl.col("客户类型") != "小微企业主"))
    assert register["客户名称"].n_unique() == len(register)


def test_ledger_agrees_with_the_files(read: Read) -> None:
    totals = read("ledger_totals").filter(pl.col("机构号") == "B00").with_columns(_fen("金额"))
    for item, measured in (
        ("存款余额", _by_stamp(read("balances"), "余额")),
        ("贷款余额", _by_stamp(read("drawdown_notes"), "贷款余额")),
        ("当月流入", _by_stamp(_good(read("transactions")).filter(pl.col("收付方向") == "收"), "金额")),
        ("当月流出", _by_stamp(_good(read("transactions")).filter(pl.col("收付方向") == "付"), "金额")),
        ("当月收回本金", _by_stamp(read("repayments"), "归还本金")),
    ):
        expected = totals.filter(pl.col("核对项") == item).select("stamp", "金额").sort("stamp")
        assert expected.rows() == measured.rows(), item


def _by_stamp(rows: pl.DataFrame, amount: str) -> pl.DataFrame:
    return rows.group_by("stamp").agg(_fen(amount).sum()).sort("stamp")


def _good(rows: pl.DataFrame) -> pl.DataFrame:
    """Transactions freed of the dirt put on top: their own numbers, once each."""
    return rows.filter(~pl.col("流水号").str.starts_with("X")).unique("流水号")


def test_balances_are_the_sum_of_their_payments(read: Read) -> None:
    signed = pl.when(pl.col("收付方向") == "收").then(_fen("金额")).otherwise(-_fen("金额"))
    moved = _good(read("transactions")).group_by("账号", "stamp").agg(moved=signed.sum())
    held = read("balances").with_columns(held=_fen("余额")).sort("账号", "stamp")
    held = held.with_columns(before=pl.col("held").shift(1).over("账号")).join(
        moved, on=["账号", "stamp"], how="left"
    )
    wrong = held.filter(
        pl.col("before").is_not_null() & (pl.col("before") + pl.col("moved").fill_null(0) != pl.col("held"))
    )
    assert wrong.is_empty()


def test_dirt_is_counted_in_the_truth(bank: Path, read: Read) -> None:
    dirt = json.loads((bank / "truth" / "plan.json").read_text("utf-8"))["dirt"]
    invoices = read("invoices")
    broken = invoices.filter(pl.col("发票号码").str.starts_with("X"))
    assert len(broken) == sum(
        dirt.get(f"invoices.{why}", 0) for why in ("not_a_date", "not_a_number", "empty_required")
    )
    assert (
        len(invoices)
        - len(broken)
        - invoices.drop("stamp").unique().height
        + len(broken.drop("stamp").unique())
        == dirt["invoices.exact_duplicate"]
    )


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


def test_principal_of_the_instalments_is_the_amount_drawn() -> None:
    world = found_world(TINY)
    rows, notes = world.loans.instalments, world.loans.notes
    assert np.bincount(rows.note, weights=rows.principal).tolist() == notes["amount"].to_list()


def test_the_page_shows_the_calibration() -> None:
    assert calibration_table() in (ROOT / "docs" / "simulator.md").read_text("utf-8")
