"""Lists of values behave as lists of records do: sifted, ordered, counted, added up, in a listing and its workbook."""

from dataclasses import dataclass
from io import BytesIO

import pytest
from django.db.models import Q
from openpyxl import load_workbook

from xiaoer.kit.screens.held import as_rows, meets
from xiaoer.kit.screens.listing import Listing
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table
from xiaoer.kit.screens.workbook import workbook


@dataclass(frozen=True)
class Row:
    code: str
    colour: str
    n: int | None


ROWS = as_rows([Row("a", "red", 3), Row("b", "Blue", None), Row("c", "red", 1)])
TABLE = Table(
    name="held", title="Held", row_key="code", default_order="-n", opens=lambda one: f"/{one.code}/",
    columns=(Column("code", "Code", "code", "name", ("code",), fixed=True), Column("n", "N", "n", "count", ("n",), "n")),
    filters=(Filter("colour", "Colour", tuple(Choice(c, c, Q(colour=c)) for c in ("red", "Blue")), few=True),),
    finds=lambda typed: Q(colour__icontains=typed) | Q(code=typed), page_size=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (Q(), "abc"),
        (Q(colour="red"), "ac"),
        (~Q(colour="red"), "b"),
        (Q(colour="red") & Q(n__gt=1), "a"),
        (Q(n__isnull=True) | Q(n__lte=1), "bc"),
        (Q(code__in=["b", "c"]) & ~Q(n__isnull=True), "c"),
        (Q(colour__icontains="blu"), "b"),
        (Q(n__lt=2) | Q(n__gte=3), "ac"),
    ],
)
def test_conditions(wanted: Q, codes: str) -> None:
    assert "".join(row.code for row in ROWS.filter(wanted)) == codes


def test_a_lookup_lists_do_not_use_is_a_fault() -> None:
    with pytest.raises(KeyError):
        meets(Row("a", "red", 1), Q(code__regex="a"))


def test_a_filter_set_to_what_there_is_nothing_of_keeps_nothing_and_can_be_taken_away() -> None:
    gone = Listing(TABLE, ROWS, {"colour": "green"})
    assert (gone.count, gone.whole_count, gone.rows) == (0, 3, [])
    (on,) = gone.filters[0].on
    assert (on.title, on.count, on.address) == ("green", 0, "?")
    assert Listing(TABLE, ROWS, {"colour": "green.red"}).count == 2


def test_a_listing_over_values() -> None:
    whole = Listing(TABLE, ROWS, {})
    assert [row.key for row in whole.rows] == ["a", "c"], "unknown last, and beyond the page"
    assert (whole.count, whole.whole_count, whole.totals[1].value) == (3, 3, 4)  # type: ignore[union-attr]
    assert [(one.key, one.count) for one in whole.filters[0].choices] == [("red", 2), ("Blue", 1)]
    sifted = Listing(TABLE, ROWS, {"colour": "red", "sort": "n", "q": "red"})
    assert [row.key for row in sifted.rows] == ["c", "a"]
    assert [row.key for row in Listing(TABLE, ROWS, {"page": "2"}).rows] == ["b"]
    assert [row.key for row in Listing(TABLE, ROWS, {"q": "B"}).rows] == ["b"]
    sheet = load_workbook(BytesIO(workbook(whole, "en", keys=["c"]))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Code", "N"], ["c", 1]]
