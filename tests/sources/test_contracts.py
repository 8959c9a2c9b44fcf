"""The contracts hang together, and the committed pages are what they say."""

from pathlib import Path

import pytest

from xiaoer.kit.tables.schema import Kind
from xiaoer.sources.contracts import contracts
from xiaoer.sources.documentation import UNITS, pages
from xiaoer.sources.terms import Column, Contract

ROOT = Path(__file__).parents[2]
NUMERIC = {Kind.MONEY, Kind.INTEGER, Kind.NUMBER, Kind.RATE}
EVERY = [pytest.param(shape, id=name) for name, shape in contracts().items()]


def test_every_table_of_the_bank_has_a_contract() -> None:
    assert len(contracts()) == 38


@pytest.mark.parametrize("shape", EVERY)
def test_keys_and_days_are_required_columns(shape: Contract) -> None:
    required = {column.name for column in shape.columns if column.required}
    assert set(shape.key) <= required
    assert (shape.day in required) if shape.grain == "increment" else shape.day is None


@pytest.mark.parametrize("shape", EVERY)
def test_columns_differ_in_name_and_in_both_languages(shape: Contract) -> None:
    for words in ([column.name for column in shape.columns], [column.zh for column in shape.columns]):
        assert len(set(words)) == len(words)


@pytest.mark.parametrize("shape", EVERY)
def test_every_column_is_documented(shape: Contract) -> None:
    for column in shape.columns:
        assert all((column.zh, column.en, column.example)), column.name
        assert (column.unit in UNITS) if column.kind in NUMERIC else not column.unit, column.name


@pytest.mark.parametrize("shape", EVERY)
def test_references_and_choices_make_sense(shape: Contract) -> None:
    for column in shape.columns:
        assert column.refers is None or column.refers in contracts()
        assert not column.allowed or (column.kind is Kind.CODE and column.example in column.allowed)


def test_only_the_customer_number_is_needed_of_a_customer() -> None:
    assert [column.name for column in contracts()["customers"].columns if column.required] == ["customer_id"]


def test_names_phones_and_addresses_of_people_are_personal() -> None:
    personal = {
        (shape.name, column.name)
        for shape in contracts().values()
        for column in shape.columns
        if column.personal
    }
    assert {
        ("people", "name"),
        ("people", "phone"),
        ("people", "id_number"),
        ("customers", "phone"),
    } <= personal
    assert all(
        column.personal
        for shape in contracts().values()
        for column in shape.columns
        if _reveals(shape, column)
    )


def _reveals(shape: Contract, column: Column) -> bool:
    """Telephone numbers and addresses are personal everywhere but at the bank's own offices."""
    return column.name in {"phone", "email", "address", "id_number"} and shape.name != "branches"


def test_committed_pages_equal_the_contracts() -> None:
    folder = ROOT / "docs" / "files"
    committed = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    assert committed == pages(), "run: python -m xiaoer.sources.documentation docs/files"
