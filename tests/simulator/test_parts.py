"""A large bank in parts: the same bytes with one process or two, one thread or two; numbers nowhere twice."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.simulator.conftest import dirt_of, rows_of, settled, unbroken
from xiaoer.simulator import bank as bank_module
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.terms import Plan
from xiaoer.sources.contracts import contracts

PLAN = Plan(firms=240, months=4, seed=9, end=date(2026, 10, 31))
SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.terms import Plan
simulate(Plan(120, 4, 3, date(2026, 10, 31)), Path(sys.argv[1]), lambda _: None)
"""


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank_module, "PART_FIRMS", 100)
        for jobs in (1, 2):
            simulate(PLAN, folder / str(jobs), lambda _: None, jobs)
    return folder


def test_one_process_or_two_write_the_same_bytes(parted: Path) -> None:
    assert digests(parted / "1") == digests(parted / "2")


def test_one_thread_or_two_write_the_same_bytes(tmp_path: Path) -> None:
    for threads in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path / threads)],
            env=os.environ | {"POLARS_MAX_THREADS": threads, "OMP_NUM_THREADS": threads},
            check=True,
        )
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def rows(parted: Path, table: str) -> pl.DataFrame:
    return pl.concat(
        [rows_of(path) for path in sorted((parted / "1").glob(f"{table}_2*.csv*"))], how="diagonal"
    )


@pytest.mark.parametrize("table", [name for name, shape in contracts().items() if shape.key])
def test_numbers_are_nowhere_twice(parted: Path, table: str) -> None:
    """But for what the truth of the parts tells of: repeats and corrections."""
    found, told = rows(parted, table), dirt_of(parted / "1")
    repeats = sum(told[f"{table}.{why}"] for why in ("exact_duplicate", "duplicate_key", "corrected"))
    assert len(unbroken(table, found)) - len(settled(table, found)) == repeats


def test_the_parts_make_up_the_bank(parted: Path) -> None:
    firms = rows(parted, "customers")
    assert firms.filter(pl.col("stamp") == "20261031")["客户号"].n_unique() == PLAN.firms
    assert firms["开户机构号"].n_unique() > 1
    branches = set(rows(parted, "branches")["机构号"])
    assert set(firms["开户机构号"]) <= branches
    staff = set(rows(parted, "staff")["员工号"])
    assert set(rows(parted, "assignments")["员工号"].drop_nulls()) <= staff


def test_head_office_totals_are_the_sum_of_all_branches(parted: Path) -> None:
    totals = (
        rows(parted, "ledger_totals").with_columns(pl.col("笔数").cast(pl.Int64)).filter(pl.col("笔数") > 0)
    )
    head = (
        totals.filter(pl.col("机构号") == "B00")
        .select("总账日期", "核对项", "笔数")
        .sort("总账日期", "核对项")
    )
    branches = (
        totals.filter(pl.col("机构号") != "B00").group_by("总账日期", "核对项").agg(pl.col("笔数").sum())
    )
    assert head.rows() == branches.sort("总账日期", "核对项").rows()


def test_no_invoice_number_of_one_part_stands_in_another(parted: Path) -> None:
    """Both sides of an inner sale carry one number, but both live in one part."""
    number = pl.col("客户号").str.extract(r"^C(\d+)$", 1).cast(pl.Int64)
    invoices = rows(parted, "invoices").select(part=(number - 1) // 80, number="发票号码").drop_nulls()
    assert invoices["part"].n_unique() == 3
    assert invoices.group_by("number").agg(pl.col("part").n_unique())["part"].max() == 1
