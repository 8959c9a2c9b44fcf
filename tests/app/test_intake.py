"""`xiaoer intake` as people and programs read it."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xiaoer.app.commands import intake
from xiaoer.kit.settings import read
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.terms import Plan

MAPPING = Path(__file__).parents[2] / "mappings" / "simulator.toml"
KEPT = {"source", "files", "unchanged", "loaded", "quarantined", "refused", "reasons", "seconds"}
GAINED = {"late", "corrected", "doubtful", "mended", "renamed", "missing"}


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = read({"XIAOER_HOME": str(tmp_path / "home")})
    monkeypatch.setattr(intake, "settings", lambda: own)
    simulate(Plan(firms=200, months=8, seed=4, end=date(2026, 10, 31)), tmp_path / "bank", lambda _: None)
    return tmp_path / "bank"


def run(bank: Path, *options: str) -> Result:
    result = CliRunner().invoke(intake.command, [str(MAPPING), str(bank), *options])
    assert result.exit_code == 0, result.output
    return result


def test_json_keeps_its_keys_and_gains_the_new_ones(bank: Path) -> None:
    rows = {row["source"]: row for row in json.loads(run(bank, "--json").stdout)}
    dirt = json.loads((bank / "truth" / "plan.json").read_text("utf-8"))["dirt"]
    for row in rows.values():
        assert set(row) >= KEPT | GAINED
    transactions = rows["transactions"]
    assert transactions["missing"] == dirt["transactions.missing"] > 0
    short = [one for one in transactions["ledger"]["differences"] if one["branch_id"] == "B00"]
    assert sum(one["ledger_rows"] - one["rows"] for one in short) == dirt["transactions.missing"]
    assert rows["branches"]["renamed"] == len(rows["branches"]["renamings"]) == 1
    assert rows["surveys"]["missing"] == 0


def test_the_table_is_followed_by_what_the_ledger_says(bank: Path) -> None:
    told = run(bank).stdout
    assert told.index("What was loaded") < told.index("Where the ledger disagrees")
    assert "totals of the ledger agree" in told


def test_a_trial_run_does_not_look_at_the_ledger(bank: Path) -> None:
    assert "ledger disagrees" not in run(bank, "--dry-run").stdout
    rows = json.loads(run(bank, "--dry-run", "--json").stdout)
    assert {row["missing"] for row in rows} == {None}
