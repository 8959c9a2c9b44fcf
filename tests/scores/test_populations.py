"""Who is judged: conditions, occasions placed on the last frame before them, newcomers once, lists drawn by lot."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from tests.scores.test_labels import Rows, after, contact, later, note
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame
from xiaoer.scores.populations import UNITS, Known, Population, condition, rows

FIRST, SECOND = day_number(date(2025, 5, 31)), day_number(date(2025, 6, 30))


def lazy(table: Rows) -> Frame:
    frame: Frame = nw.from_native(pl.DataFrame(table, infer_schema_length=None).lazy())
    return frame


def firm(number: str, on_day: int, **told: Any) -> dict[str, Any]:
    opened = date(1970, 1, 1) + timedelta(on_day - 900)
    usual = {"closed": False, "kind": "enterprise", "debt": 0, "relation_months": 29.6, "opened_date": opened}
    return {"customer_id": number, "on_day": on_day} | usual | told


def known(*firms: dict[str, Any], notes: Rows | None = None) -> Known:
    empty = [{"note_id": "", "customer_id": "", "on_day": 0, "note_late_days": 0}]
    return Known(lazy(list(firms)), lazy(notes or empty))


def found(
    population: Population, on: Known, tables: Mapping[str, Rows] | None = None
) -> list[dict[str, Any]]:
    told = rows(population, on, later(tables or {})).collect("polars").to_native()
    return pl.DataFrame(told).sort("customer_id", "on_day", "item").to_dicts()


def test_conditions_are_not_met_by_what_is_not_known() -> None:
    table = lazy(
        [{"debt": 5, "kind": "owner"}, {"debt": None, "kind": None}, {"debt": 0, "kind": "enterprise"}]
    )

    def met(text: str) -> list[int]:
        return pl.DataFrame(table.filter(condition(text)).collect("polars").to_native())["debt"].to_list()

    assert met("debt > 0") == [5]
    assert met("debt <= 5") == [5, 0]
    assert met("kind = sole_trader | owner") == [5]
    assert met("kind != owner") == [0]
    with pytest.raises(ValueError, match="no condition"):
        condition("debt>0")


def test_firms_of_the_rule_that_are_still_there() -> None:
    on = known(firm("A", FIRST, debt=9), firm("B", FIRST), firm("C", FIRST, debt=9, closed=True))
    assert [row["customer_id"] for row in found(Population("firms", ("debt > 0",)), on)] == ["A"]


def test_an_occasion_belongs_to_the_last_frame_before_it() -> None:
    on = known(firm("A", FIRST), firm("A", SECOND))
    days = {
        "first": after(0),
        "second": after(1),
        "too_late": after(32),
    }  # after(0) is the second frame's own day
    contacts = [contact("accepted", contact_id=name, contact_date=day) for name, day in days.items()]
    placed = found(Population("offers", products=("E",)), on, {"contacts": contacts})
    assert [(row["item"], row["on_day"]) for row in placed] == [("first", FIRST), ("second", SECOND)]
    assert {row["asked_channel"] for row in placed} == {"call"}
    assert not found(Population("offers", products=("F",)), on, {"contacts": contacts})


def test_newcomers_count_once_and_from_their_opening() -> None:
    opened = date(2025, 5, 20)
    on = known(
        firm("A", FIRST, opened_date=opened, relation_months=0.4),
        firm("A", SECOND, opened_date=opened, relation_months=1.4),
        firm("B", SECOND),
    )
    assert found(Population("newcomers"), on) == [
        {"customer_id": "A", "on_day": FIRST, "from_day": day_number(opened), "item": ""}
    ]


def test_lists_without_a_lot_teach_nothing_about_effects() -> None:
    on = known(firm("A", SECOND), firm("B", SECOND))
    drawn = {"listed_date": after(2), "product_id": "E", "channel": "message"}
    lists = [
        drawn | {"campaign_id": "1", "customer_id": "A", "arm": "treated", "treated_share": 0.5},
        drawn | {"campaign_id": "1", "customer_id": "B", "arm": "held_out", "treated_share": 0.5},
        drawn | {"campaign_id": "2", "customer_id": "A", "arm": "treated", "treated_share": 1.0},
    ]
    placed = found(Population("lists", products=("E",)), on, {"campaign_lists": lists})
    assert [(row["customer_id"], row["item"], row["treated"]) for row in placed] == [
        ("A", "1", 1),
        ("B", "1", 0),
    ]


def test_products_a_firm_does_not_hold_on_the_day() -> None:
    on = known(firm("A", SECOND), firm("B", SECOND))
    tables = {
        "products": [{"product_id": "E", "name": "E"}, {"product_id": "F", "name": "F"}],
        "holdings": [
            {"customer_id": "A", "product_id": "E", "opened_date": after(0)},
            {"customer_id": "B", "product_id": "E", "opened_date": after(-9), "closed_date": after(0)},
            {"customer_id": "B", "product_id": "F", "opened_date": after(1)},
        ],
    }
    free = found(Population("products", products=("E", "F")), on, tables)
    assert [(row["customer_id"], row["item"]) for row in free] == [("A", "F"), ("B", "E"), ("B", "F")]
    assert {row["item"]: row["product_share"] for row in free} == {"E": 0.5, "F": 0.0}


def test_notes_drawn_and_notes_that_fail_within_the_month() -> None:
    on = known(firm("A", SECOND))
    told = [
        note(note_id="old"),
        note(note_id="new", drawn_date=after(9)),
        note(note_id="bad", defaulted_date=after(31)),
    ]
    assert [row["item"] for row in found(Population("granted"), on, {"drawdown_notes": told})] == ["new"]
    failed = found(Population("failed"), on, {"drawdown_notes": told})
    assert [(row["item"], row["from_day"]) for row in failed] == [("bad", SECOND + 31)]


def test_notes_by_what_is_known_of_them() -> None:
    owed = [{"note_id": name, "customer_id": "A", "on_day": SECOND, "note_late_days": late} for name, late in
            (("N", 0), ("M", 12))]  # fmt: skip
    on = known(firm("A", SECOND), firm("B", SECOND), notes=owed)
    assert [row["item"] for row in found(Population("notes", ("note_late_days > 0",)), on)] == ["M"]


def test_calls_and_approaches() -> None:
    on = known(firm("A", SECOND))
    made = [contact("reached", contact_id="1"), contact("reached", contact_id="2", channel="visit", purpose="care"),
            contact("reached", contact_id="3", direction="inbound")]  # fmt: skip
    assert [row["item"] for row in found(Population("calls"), on, {"contacts": made})] == ["1", "3"]
    assert [row["item"] for row in found(Population("approaches"), on, {"contacts": made})] == ["1", "2"]
    assert len(UNITS) == 10
