"""Rings, circles and chains against a plain search, and the night's sums against a bank counted by hand."""

import random
from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest

from tests.loans.test_night_classes import frame
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import DuckEngine
from xiaoer.network.night import sides, sureties, ties
from xiaoer.network.rules import Edge, Place, places

TODAY = date(2026, 10, 31)
WAN = 1_000_000
RINGS = pa.schema({"customer_id": pa.string(), "ring": pa.string(), "ring_size": pa.int64(), "circle": pa.string(),
                   "circle_size": pa.int64(), "chain": pa.int64()})  # fmt: skip


def test_the_example_of_the_rules_page() -> None:
    """A and B stand for each other, B stands for C, C for D; E stands alone for F."""
    found = places([("A", "B"), ("B", "A"), ("B", "C"), ("C", "D"), ("E", "F"), ("G", "G")])
    assert found == {
        "A": Place("A", 2, "A", 4, 0),
        "B": Place("A", 2, "A", 4, 0),
        "C": Place("", 0, "A", 4, 1),
        "D": Place("", 0, "A", 4, 2),
        "E": Place("", 0, "E", 2, 0),
        "F": Place("", 0, "E", 2, 1),
    }


def plainly(edges: set[Edge]) -> dict[str, Place]:
    """By trying every pair: who reaches whom."""
    firms = sorted({firm for edge in edges for firm in edge})
    reach = {pair: pair in edges for pair in product(firms, firms)}
    both = {
        pair: pair in edges or pair[::-1] in edges or pair[0] == pair[1] for pair in product(firms, firms)
    }
    for middle, one, other in product(firms, firms, firms):
        reach[one, other] |= reach[one, middle] and reach[middle, other]
        both[one, other] |= both[one, middle] and both[middle, other]

    def together(one: str) -> list[str]:
        return [other for other in firms if other == one or (reach[one, other] and reach[other, one])]

    def chain(one: str) -> int:
        ring = together(one)
        behind = {a for a, b in edges if b in ring and a not in ring}
        return 1 + max((chain(other) for other in behind), default=-1)

    told = {}
    for one in firms:
        ring, circle = together(one), [other for other in firms if both[one, other]]
        head, size = (ring[0], len(ring)) if len(ring) > 1 else ("", 0)
        told[one] = Place(head, size, circle[0], len(circle), chain(one))
    return told


@pytest.mark.parametrize("seed", range(40))
def test_places_are_what_a_plain_search_finds(seed: int) -> None:
    chance = random.Random(seed)
    firms = [f"C{number}" for number in range(chance.randint(2, 12))]
    edges = {(chance.choice(firms), chance.choice(firms)) for _ in range(chance.randint(1, 24))}
    proper = {(one, other) for one, other in edges if one != other}
    assert places(edges) == plainly(proper)


def test_a_chain_as_long_as_a_bank_needs_no_recursion() -> None:
    found = places([(f"C{number:06d}", f"C{number + 1:06d}") for number in range(20_000)])
    assert found["C020000"].chain == 20_000


def in_polars(rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> Any:
    return nw.from_native(pl.LazyFrame(pl.from_arrow(pa.Table.from_pylist(rows, schema))))


BOOK = [
    {"customer_id": firm, "contract_id": contract, "balance": wan * WAN, "grade": grade, "late_days": late}
    for firm, contract, wan, grade, late in (
        ("C1", "H1", 100, 0, 0),
        ("C1", "H2", 50, 1, 12),
        ("C2", "H3", 80, 2, 95),
        ("C3", "H4", 30, 0, 0),
    )
]
GIVEN = [
    # number, debtor, contract, guarantor, wan, more
    ("G1", "C1", "H1", "C2", 60, {}),
    ("G2", "C1", "H1", "P7", 70, {"guarantor_kind": "person"}),  # with G1 130 of 100: covered are 100
    ("G3", "C2", "H3", "C1", None, {"guarantor_kind": None}),  # names no amount: the whole 80
    ("G4", "C3", None, "C1", 50, {}),  # names no contract: all the firm owes, 30
    ("G5", "C3", "H4", "C2", 30, {"status": "released"}),
    ("G6", "C3", "H4", "C2", 30, {"end_date": date(2026, 10, 30)}),
    ("G7", "C3", "H4", "C2", 30, {"start_date": date(2026, 11, 1)}),
    ("G8", "C3", "H9", "C2", 30, {}),  # nothing is owed on it any more
]  # fmt: skip


def guarantees() -> list[dict[str, Any]]:
    return [
        {"guarantee_id": number, "customer_id": debtor, "contract_id": contract, "guarantor_id": guarantor,
         "guarantor_kind": "customer", "amount": None if wan is None else wan * WAN, "status": "active"} | more
        for number, debtor, contract, guarantor, wan, more in GIVEN
    ]  # fmt: skip


def told(made: Callable[[Any], Any], collect: Callable[[Any], pa.Table]) -> tuple[Any, Any, Any]:
    """Ties, firms and sides as an engine works them out."""
    book, firms = made(pa.Table.from_pylist(BOOK)), [{"customer_id": f"C{at}"} for at in (1, 2, 3, 4)]
    delivered = made(frame("guarantees", guarantees()).collect("pyarrow").to_native())
    tied = ties(delivered, book, made(pa.Table.from_pylist(firms)), day_number(TODAY))
    kept = collect(tied)
    ours = [(row["guarantor_id"], row["customer_id"]) for row in kept.to_pylist() if row["ours"]]
    rings = [{"customer_id": firm} | vars(place) for firm, place in places(ours).items()]
    standing = sureties(made(kept), book, made(pa.Table.from_pylist(rings, RINGS)))
    firm_rows = collect(standing)
    return kept.to_pylist(), firm_rows.to_pylist(), collect(sides(made(kept), made(firm_rows))).to_pylist()


def _polars(table: pa.Table) -> Any:
    return nw.from_native(pl.LazyFrame(pl.from_arrow(table)))


@pytest.fixture(params=["polars", "duckdb"])
def found(request: pytest.FixtureRequest, tmp_path: Any) -> tuple[Any, Any, Any]:
    if request.param == "polars":
        return told(_polars, lambda lazy: lazy.collect("pyarrow").to_native())
    engine = DuckEngine(tmp_path)
    return told(engine.table, engine.collect)


def test_only_what_is_in_force_for_something_owed_counts(found: tuple[Any, Any, Any]) -> None:
    tied = {row["guarantee_id"]: row for row in found[0]}
    assert {number: (row["balance"] // WAN, row["counted_amount"] // WAN, row["ours"]) for number, row in tied.items()} == {
        "G1": (100, 60, True), "G2": (100, 70, False), "G3": (80, 80, True), "G4": (30, 30, True),
    }  # fmt: skip


def test_cover_and_what_each_stands_for(found: tuple[Any, Any, Any]) -> None:
    firms = {row["customer_id"]: row for row in found[1]}
    names = ("balance", "guarantors", "covered_amount", "debtors", "stands_for_amount")
    assert {firm: tuple(row[name] // (WAN if "a" in name and name != "guarantors" else 1) for name in names)
            for firm, row in firms.items()} == {
        "C1": (150, 2, 100, 2, 110), "C2": (80, 1, 80, 1, 60), "C3": (30, 1, 30, 0, 0),
    }  # fmt: skip
    assert [(firms[one]["ring"], firms[one]["ring_size"], firms[one]["chain"]) for one in ("C1", "C2", "C3")] == [
        ("C1", 2, 0), ("C1", 2, 0), ("", 0, 1),
    ]  # fmt: skip
    assert (firms["C1"]["grade"], firms["C1"]["late_days"]) == (1, 12)


def test_each_guarantee_stands_on_both_pages_with_how_the_other_stands(found: tuple[Any, Any, Any]) -> None:
    rows = {(row["guarantee_id"], row["side"]): row for row in found[2]}
    assert set(rows) == {("G1", "debtor"), ("G1", "guarantor"), ("G2", "debtor"), ("G3", "debtor"),
                         ("G3", "guarantor"), ("G4", "debtor"), ("G4", "guarantor")}  # fmt: skip
    debtor, guarantor, person = rows["G1", "debtor"], rows["G1", "guarantor"], rows["G2", "debtor"]
    assert (debtor["customer_id"], debtor["other_id"], debtor["other_grade"], debtor["other_late_days"]) == (
        "C1",
        "C2",
        2,
        95,
    )
    assert (guarantor["customer_id"], guarantor["other_id"], guarantor["other_grade"]) == ("C2", "C1", 1)
    assert (person["other_grade"], person["mutual"], person["other_kind"]) == (None, False, "person")
    assert {key: row["mutual"] for key, row in rows.items() if row["mutual"]} == {
        ("G1", "debtor"): True, ("G1", "guarantor"): True, ("G3", "debtor"): True, ("G3", "guarantor"): True,
    }  # fmt: skip
