"""Point 3: personal data lives in one erasable place, never in features, decisions or history tables."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.apps import apps

from tests.house.bank import SmallBank
from xiaoer.contacts.actions import About, record_outcome
from xiaoer.kit.audit import History
from xiaoer.kit.facts.outbox import FactRow
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.contracts import contract, contracts
from xiaoer.sources.erasing import erase_customer
from xiaoer.sources.quarantine import forget

PERSONAL = {name: contract(name).schema.personal for name in contracts() if contract(name).schema.personal}
NAMES = frozenset().union(*PERSONAL.values())
SHORTEST_TELLING = 4


def test_names_telephones_and_addresses_are_marked() -> None:
    assert {"name", "phone", "address"} <= PERSONAL["customers"]
    assert {"name", "phone"} <= PERSONAL["people"]


def test_no_delivered_or_nightly_table_has_a_personal_value(small_bank: SmallBank) -> None:
    """Looks for the values themselves, in every text column, whatever it is called."""
    told = values_of(small_bank.lake.root / "personal")
    assert len(told) > 100
    for path in [*(small_bank.lake.root / "delivered").rglob("*.parquet"), *small_bank.written()]:
        texts = pl.read_parquet(path).select(pl.col(pl.String))
        for column in texts:
            found = told & set(column.drop_nulls().unique())
            assert not found, (path.parent.name, column.name, sorted(found)[:3])


def values_of(folder: Path) -> set[str]:
    told: set[str] = set()
    for table, columns in PERSONAL.items():
        for path in (folder / table).glob("*.parquet"):
            for column in pl.read_parquet(path, columns=sorted(columns)):
                told |= {
                    text for text in column.cast(pl.String).drop_nulls() if len(text) >= SHORTEST_TELLING
                }
    return told


def test_history_leaves_out_what_can_hold_personal_words() -> None:
    """The row itself can be erased; its history could not, so it never holds them."""
    kept = [model for model in apps.get_models() if getattr(model, "keeps_history", False)]
    assert len(kept) >= 3
    for model in kept:
        columns = {field.column for field in model._meta.concrete_fields}
        told = columns - set(getattr(model, "history_leaves_out", ()))
        assert not told & (NAMES | {"title"}), model


@pytest.mark.django_db
def test_a_note_is_not_in_the_history(scope_of: Callable[[str], Scope]) -> None:
    scope = scope_of("M1")
    with acting_as(scope):
        about = About("C000003", "", "visit", 0, 20)
        done = record_outcome(scope, about, "interested", date(2026, 11, 19), note="李秀兰的手机换了")
        kept = History.objects.get(table_name="contacts_contact", row_id=str(done.contact.pk))
        told = [row.told for row in FactRow.objects.filter(customer_id="C000003")]
    assert kept.after["outcome"] == "interested"
    assert "李秀兰" not in json.dumps([kept.after, kept.before, told], ensure_ascii=False)


def test_a_firm_is_erased_from_every_snapshot(small_bank: SmallBank, tmp_path: Path) -> None:
    shutil.copytree(small_bank.lake.root, tmp_path / "lake")
    lake, schema = Lake(tmp_path / "lake"), contract("customers").schema
    victim = str(small_bank.rows("features")[0]["customer_id"])
    assert lake.erase_person(schema, (victim,)) >= 1
    engine = DuckEngine(tmp_path / "scratch")
    seen = engine.collect(lake.open_personal(schema, small_bank.night.business_date, engine)).to_pylist()
    mine = [row for row in seen if row["customer_id"] == victim]
    assert mine
    assert all(row[name] is None for row in mine for name in schema.personal)
    assert any(row["name"] for row in seen if row["customer_id"] != victim)


def test_everything_kept_under_a_customer_is_erased(small_bank: SmallBank, tmp_path: Path) -> None:
    """Comments and notes lie under keys of their own; they go with their customer."""
    shutil.copytree(small_bank.lake.root, tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    surveys = contract("surveys").schema
    engine = DuckEngine(tmp_path / "scratch")
    told = engine.collect(lake.open(surveys, small_bank.night.business_date, engine)).to_pylist()
    victim = str(told[0]["customer_id"])
    answered = {row["survey_id"] for row in told if row["customer_id"] == victim}
    assert erase_customer(lake, victim) >= len(answered) + 1
    left = engine.collect(lake.open_personal(surveys, small_bank.night.business_date, engine)).to_pylist()
    assert all(row["comment"] is None for row in left if row["survey_id"] in answered)
    assert erase_customer(lake, "nobody") == 0


def test_quarantine_forgets_a_customer(tmp_path: Path) -> None:
    folder = tmp_path / "personal" / "quarantine"
    folder.mkdir(parents=True)
    rows = [
        {"file": "a.csv", "line": 2, "row": json.dumps({"customer_id": "C1", "name": "甲"})},
        {"file": "a.csv", "line": 3, "row": json.dumps({"customer_id": "C10", "name": "乙"})},
        {"file": "a.csv", "line": 4, "row": "C1,half a row"},
    ]
    pl.DataFrame(rows).write_parquet(folder / "000001.parquet")
    assert forget(tmp_path, "C1") == 2
    assert pl.read_parquet(folder / "000001.parquet")["line"].to_list() == [3]
    assert forget(tmp_path, "C1") == 0
