"""Published columns: marks that tell any two rows apart, monthly figures, JSON as the desk reads it, names."""

import json

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.nightly import wire
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.pieces import as_json, in_scope, monthly, said

TEXTS = st.one_of(
    st.none(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4)
)
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.one_of(st.none(), st.integers(-9, 9))), min_size=1, max_size=12)


@settings(deadline=None)
@given(ROWS)
def test_two_rows_have_one_mark_only_when_all_values_are_equal(rows: list[tuple[object, ...]]) -> None:
    table = pa.table(
        {name: pa.array(column) for name, column in zip("abc", zip(*rows, strict=True), strict=True)}
    )
    marks = wire.marks(table).to_pylist()
    assert len(set(marks)) == len(set(rows))
    assert all(len(mark) == 32 for mark in marks)


def test_a_null_an_empty_text_and_a_moved_text_are_three_things() -> None:
    rows = pa.table({"a": [None, "", "x", ""], "b": ["x", "x", "", None]})
    assert len(set(wire.marks(rows).to_pylist())) == 4


def test_what_copy_wrote_is_read_back() -> None:
    rows = pa.table({"id": [1, 2], "key": ['a,"b"\nc', ""]})
    told = bytes(wire.as_csv(rows))
    assert wire.from_csv(told, {"id": pa.int64(), "key": pa.string()}).rows() == [(1, 'a,"b"\nc'), (2, "")]
    assert wire.from_csv(b"", {"id": pa.int64()}).height == 0


def test_months_stand_in_their_places() -> None:
    owners = pl.DataFrame({"firm": ["A", "B", "C"]})
    rows = pl.DataFrame({"firm": ["A", "A", "B", "A"], "month": [10, 12, 9, 13], "sales": [5, 7, 3, 9]})
    found = monthly(owners, rows, ("sales",), 10, 3)
    assert found.select("firm", "known", "sales").rows() == [
        ("A", True, [5, 0, 7]),
        ("B", False, [0, 0, 0]),
        ("C", False, [0, 0, 0]),
    ]


def test_json_is_what_python_would_write() -> None:
    values = pl.DataFrame({"v": [[{"a": 1, "b": '"商\\n'}], [], None]})
    found = values.select(as_json(pl.col("v")))["v"].to_list()
    assert [None if one is None else json.loads(one) for one in found] == [
        [{"a": 1, "b": '"商\\n'}],
        [],
        None,
    ]


def test_nobody_named_is_called_by_the_number() -> None:
    rows = pl.DataFrame({"name": ["甲", "", None], "id": ["1", "2", "3"]})
    assert rows.select(said("name", pl.col("id")))["name"].to_list() == ["甲", "2", "3"]
    called = Directory(
        pl.DataFrame(schema={"customer_id": pl.String, "name": pl.String}),
        pl.DataFrame({"counterparty_id": ["P1"], "name": ["乙"], "customer_id": ["C1"]}),
    )
    for _ in range(2):  # asked again, of numbers it has met meanwhile
        assert called.names(["P2", "P1"]) == {"P1": "乙", "P2": "P2"}
        assert called.names(["P1"]) == {"P1": "乙"}


def test_a_firm_in_no_portfolio_is_a_fault() -> None:
    placed = pl.DataFrame({"customer_id": ["C1"], "branch_id": ["B1"], "manager_id": ["M1"]})
    assert in_scope(pl.DataFrame({"customer_id": ["C1"]}), placed)["manager_id"].to_list() == ["M1"]
    with pytest.raises(ValueError, match="C2"):
        in_scope(pl.DataFrame({"customer_id": ["C2"]}), placed)
