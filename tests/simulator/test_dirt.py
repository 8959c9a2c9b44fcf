"""Every kind of dirt the simulated bank puts into its files is found again by the intake, and counted."""

import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.simulator.conftest import dirt_of
from xiaoer.app.commands.intake import by_table
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.simulator import bank as banks
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.breaks import BREAKS
from xiaoer.simulator.files import ENCODING, as_text
from xiaoer.simulator.terms import Plan
from xiaoer.sources.contracts import contract
from xiaoer.sources.intake import load_bank
from xiaoer.sources.ledger import ITEMS
from xiaoer.sources.reconciling import Reconciliation, reconciled
from xiaoer.sources.terms import FileReport, Why

END = date(2026, 10, 31)
PLAN = Plan(firms=700, months=8, seed=11, end=END)
MAPPING = Path(__file__).parents[2] / "mappings" / "simulator.toml"
WANTED = {
    *(f"{table}.{one.why}" for table, breaks in BREAKS.items() for one in breaks),
    *(f"{table}.exact_duplicate" for table in BREAKS),
    "invoices.late",
    "invoices.corrected",
    "transactions.corrected",
    "transactions.missing",
    "financial_statements.corrected",
    "branches.renamed",
    *(f"customers.{what}_{column}" for what in ("doubtful", "mended") for column in ("credit_code", "phone")),
    "people.doubtful_phone",
    "people.mended_phone",
}


@dataclass
class Taken:
    """A bank's files, and what the intake made of them."""

    folder: Path
    home: Path

    def __post_init__(self) -> None:
        self.lake, self.engine = Lake(self.home / "lake"), DuckEngine(self.home / "scratch")
        self.reports = self.load()
        self.ledger = reconciled(self.lake, self.engine)

    def load(self) -> list[FileReport]:
        return load_bank(self.folder, self.lake, self.engine, END, mapping_path=MAPPING)

    @property
    def dirt(self) -> dict[str, int]:
        """What the truth says was done, over all parts of the bank."""
        return dict(dirt_of(self.folder))

    @property
    def found(self) -> dict[str, int]:
        """What the intake reports, under the same names."""
        rows = by_table(self.reports, self.ledger)
        return {
            f"{row['source']}.{kind}": count for row in rows for kind, count in _kinds(row).items() if count
        }


def _kinds(row: dict[str, Any]) -> dict[str, int]:
    plain = {what: row[what] for what in ("late", "corrected", "renamed", "missing")}
    cells = {f"{what}_{name}": n for what in ("doubtful", "mended") for name, n in row[what].items()}
    return row["reasons"] | plain | cells


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("dirty")
    simulate(PLAN, folder / "bank", lambda _: None)
    return Taken(folder / "bank", folder)


@pytest.mark.parametrize("kind", sorted(WANTED))
def test_each_kind_is_there_and_found_to_the_row(kind: str, taken: Taken) -> None:
    assert taken.found.get(kind, 0) == taken.dirt[kind] > 0


def test_no_kind_is_unasserted_and_nothing_else_is_found(taken: Taken) -> None:
    assert set(taken.dirt) == WANTED
    assert taken.found == taken.dirt


def test_every_reason_the_intake_knows_occurs(taken: Taken) -> None:
    assert {kind.partition(".")[2] for kind in taken.dirt} >= {why.value for why in Why}


def test_every_row_of_every_file_is_loaded_or_quarantined(taken: Taken) -> None:
    for report in taken.reports:
        assert report.refused == ""
        assert report.loaded + report.quarantined == _lines(taken.folder / report.file), report.file


def _lines(path: Path) -> int:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.count(b"\r\n") - 1


def test_the_renamed_branch_is_named(taken: Taken) -> None:
    (renaming,) = (one for report in taken.reports for one in report.renamed)
    register = pl.DataFrame(
        pl.from_arrow(taken.engine.collect(taken.lake.open(contract("branches").schema, END, taken.engine)))
    )
    assert register.filter(branch_id=renaming.key)["name"].to_list() == [renaming.new]
    assert renaming.old != renaming.new


def test_the_ledger_differs_by_the_missing_rows_and_nothing_else(taken: Taken) -> None:
    """Item by item, day by day, branch by branch: what is short is what was never delivered."""
    lost = _lost(taken)
    expected = {
        (row["item"], row["month"], branch): (row["rows"], row["amount"])
        for branch in ("B00", "own")
        for row in _summed(lost, branch).to_dicts()
        for branch in (row["branch_id"],)
    }
    differences = {
        (one.item, f"{one.ledger_date:%Y-%m}", one.branch_id): (one.rows_short, one.amount_short)
        for one in taken.ledger.differences
    }
    assert differences == expected
    assert all(one.explained == (one.branch_id == "B00") for one in taken.ledger.differences)
    assert sum(taken.ledger.agree.values()) > 100


def _lost(taken: Taken) -> pl.DataFrame:
    lost = pl.read_parquet(taken.folder / "truth" / "missing.parquet")
    schema = contract("accounts").schema
    accounts = pl.from_arrow(taken.engine.collect(taken.lake.snapshots(schema, END, taken.engine)))
    booked = pl.DataFrame(accounts).select("account_id", "branch_id").unique()
    return lost.join(booked, on="account_id")


def _summed(lost: pl.DataFrame, branch: str) -> pl.DataFrame:
    at = pl.lit(branch) if branch == "B00" else pl.col("branch_id")
    item, month = pl.lit("money_") + pl.col("direction"), pl.col("booked_date").dt.strftime("%Y-%m")
    return lost.group_by(item=item, month=month, branch_id=at).agg(
        rows=pl.len(), amount=pl.col("amount").sum()
    )


def test_all_totals_agree_once_the_missing_rows_arrive(tmp_path: Path) -> None:
    simulate(Plan(firms=300, months=6, seed=5, end=END), tmp_path / "bank", lambda _: None)
    taken = Taken(tmp_path / "bank", tmp_path)
    assert taken.ledger.missing("transactions") == taken.dirt["transactions.missing"] > 0
    lost = pl.read_parquet(taken.folder / "truth" / "missing.parquet")
    (taken.folder / f"transactions_{END:%Y%m%d}_again.csv").write_bytes(_written(taken, lost))
    (report,) = (report for report in taken.load() if not report.unchanged)
    assert (report.loaded, report.corrected) == (len(lost), 0)
    assert report.late == lost.filter(pl.col("booked_date") <= date(2026, 9, 30)).height
    agreed = reconciled(taken.lake, taken.engine)
    assert agreed.differences == ()
    assert agreed.agreeing == taken.ledger.agreeing + len(taken.ledger.differences)


def _written(taken: Taken, lost: pl.DataFrame) -> bytes:
    """Rows as the bank would send them, what the truth did not keep left empty."""
    first = next(taken.folder.glob("transactions_*.csv.gz"))
    header = gzip.decompress(first.read_bytes()).decode(ENCODING).splitlines()[0].split(",")
    text = as_text("transactions", lost)
    empty = [pl.lit("").alias(name) for name in header if name not in text.columns]
    return text.with_columns(empty).select(header).write_csv(line_terminator="\r\n").encode(ENCODING)


def test_a_bank_made_in_parts_is_counted_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(banks, "PART_FIRMS", 200)
    simulate(Plan(firms=400, months=5, seed=2, end=END), tmp_path / "bank", lambda _: None)
    taken = Taken(tmp_path / "bank", tmp_path)
    assert len(list(taken.folder.glob("truth/plan*.json"))) == 2
    assert taken.found == taken.dirt
    assert taken.ledger.missing("transactions") > 0


def test_the_ledger_s_items_are_those_of_its_contract() -> None:
    assert set(ITEMS) == set(contract("ledger_totals").column("item").allowed)


def test_nothing_known_is_nothing_to_reconcile(tmp_path: Path) -> None:
    assert reconciled(Lake(tmp_path / "lake"), DuckEngine(tmp_path / "scratch")) == Reconciliation()
