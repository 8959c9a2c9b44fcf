"""Point 1: money is Int64 minor units from file to desk, and every order has a unique tie-break."""

import random
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.house.bank import DAY, STEPS, SmallBank, firm_facts, fresh_night
from tools.lints.float_money import MONEY
from xiaoer.kit.tables import Kind
from xiaoer.kit.text import reason
from xiaoer.offers.days import days
from xiaoer.offers.terms import Candidate, Effort, Occasion, Room, Terms
from xiaoer.sources.contracts import contract, contracts


def test_every_contract_keeps_its_money_whole() -> None:
    money = [
        (name, column, schema.columns[column])
        for name in contracts()
        for schema in [contract(name).schema]
        for column in schema.columns
        if schema.columns[column] is Kind.MONEY
    ]
    assert len(money) > 40
    assert {kind.arrow for _, _, kind in money} == {pa.int64()}


def floats_of_money(path: Path) -> list[str]:
    schema = pq.read_schema(path)
    return [
        name for name in schema.names if MONEY.search(name) and pa.types.is_floating(schema.field(name).type)
    ]


def test_no_table_of_lake_or_night_holds_money_as_a_float(small_bank: SmallBank) -> None:
    tables = [*(small_bank.lake.root / "delivered").rglob("*.parquet"), *small_bank.written()]
    assert len(tables) > 50
    assert {str(path): found for path in tables if (found := floats_of_money(path))} == {}


def test_two_runs_on_two_threads_agree_to_the_last_bit(small_bank: SmallBank, tmp_path: Path) -> None:
    again = fresh_night(small_bank.lake, tmp_path / "again", tmp_path / "scratch")
    for step in STEPS:
        step.work(again)
    for path in small_bank.written():
        first, second = (
            pq.read_table(path),
            pq.read_table(again.folder / path.relative_to(small_bank.night.folder)),
        )
        assert ordered(first) == ordered(second), path.name


def ordered(table: pa.Table) -> list[str]:
    return sorted(map(repr, table.to_pylist()))


def test_equal_priorities_are_ordered_the_same_whoever_comes_first() -> None:
    terms = Terms.in_force(DAY)
    effort = Effort("call", "care", 20, 0.1, "potential")
    occasion = Occasion(
        "contact_due", "note", reason("contact_due_first", due_date=DAY), reason("goal_contact_due"), 0
    )
    alike = [
        Candidate(firm_facts(f"C{number}"), occasion, effort, 500_00, 100_00, 400_00.0)
        for number in range(30)
    ]
    expected = [
        line.candidate.firm.customer_id for line in days(alike, Room({}), replace(terms), DAY, {}).lines
    ]
    for seed in range(5):
        shuffled = random.Random(seed).sample(alike, len(alike))
        assert [
            line.candidate.firm.customer_id for line in days(shuffled, Room({}), terms, DAY, {}).lines
        ] == expected


def test_no_two_lines_of_a_morning_share_a_rank(small_bank: SmallBank) -> None:
    ranked = [
        (row["manager_id"], row["rank"]) for row in small_bank.rows("decisions") if row["rank"] is not None
    ]
    assert ranked
    assert len(ranked) == len(set(ranked))
