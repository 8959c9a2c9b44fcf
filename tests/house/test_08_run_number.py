"""Point 8: run_id is a hash of business date, input manifest, configuration and code version."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from xiaoer.kit.tables import Lake, Part
from xiaoer.nightly import run
from xiaoer.nightly.run import code_version, run_number

DAY = date(2026, 10, 31)
PART = Part(1, "invoices", "invoices", "a.csv", "f1", "delivered/invoices/000001.parquet", None, DAY, DAY, 10)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    made.commit(PART)
    return made


def test_the_same_inputs_give_the_same_number_on_every_machine(lake: Lake, tmp_path: Path) -> None:
    other = Lake(tmp_path / "elsewhere")
    other.commit(replace(PART, load_no=7, path="delivered/invoices/000007.parquet"))
    assert run_number(DAY, lake) == run_number(DAY, other)


def test_the_day_and_the_deliveries_change_it(lake: Lake) -> None:
    number = run_number(DAY, lake)
    assert run_number(DAY - timedelta(days=1), lake) != number
    lake.commit(replace(PART, load_no=2, source_file="b.csv"))
    assert run_number(DAY, lake) != number


def test_what_was_delivered_later_does_not(lake: Lake) -> None:
    number = run_number(DAY, lake)
    later = DAY + timedelta(days=1)
    lake.commit(replace(PART, load_no=2, source_file="b.csv", business_date=later, first_delivered=later))
    assert run_number(DAY, lake) == number


def test_code_and_parameters_change_it(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "rules.py").write_text("LIMIT = 1\n", encoding="utf-8")
    (package / "parameters.toml").write_text("days = 7\n", encoding="utf-8")
    monkeypatch.setattr(run, "PACKAGE", package)
    numbers = []
    for name, text in (
        ("rules.py", "LIMIT = 1\n"),
        ("rules.py", "LIMIT = 2\n"),
        ("parameters.toml", "days = 8\n"),
    ):
        (package / name).write_text(text, encoding="utf-8")
        code_version.cache_clear()
        numbers.append(run_number(DAY, lake))
    monkeypatch.undo()
    code_version.cache_clear()
    assert len(set(numbers)) == len(numbers)
