"""A firm's own life from one delivered snapshot to the next, a record month, a new line of goods: at and beside each bound."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from xiaoer.events.night import Snapshots, firm_life, goods_sold, looked_at, new_line, record_month
from xiaoer.events.records import decided
from xiaoer.events.rules import event
from xiaoer.events.terms import Posted, RecordKind, Rule, Rules, Stored
from xiaoer.kit.dates import day_number
from xiaoer.kit.text import say

DAY = date(2026, 6, 30)
TODAY, RULES, WAN = day_number(DAY), Rules.in_force(DAY), 1_000_000
FIRST, THEN = DAY - timedelta(days=40), DAY - timedelta(days=3)
FIRM = {
    "customer_id": "X", "potential": 2 * WAN, "last_contact_day": TODAY - 200, "sales_90d": 100 * WAN, "known_days": 700,
}  # fmt: skip
CUSTOMER = {"customer_id": "X", "region": "湖北省武汉市", "district": "江汉区", "staff_count": 20}
ROLE = {"customer_id": "X", "person_id": "P1", "role": "shareholder", "share": 0.6, "to_date": None}


def lazy(rows: list[dict[str, Any]], **kinds: Any) -> Any:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return nw.from_native(
        frame.cast({name: kind for name, kind in kinds.items() if name in frame.columns}).lazy()
    )


def found(frame: Any) -> list[dict[str, Any]]:
    return list(frame.collect("polars").to_native().to_dicts())


def lived(
    now: dict[str, Any],
    roles: list[dict[str, Any]] | None = None,
    address: tuple[str | None, str | None] = ("A", "A"),
    firm: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """What is seen of firm X between two snapshots."""
    customers = [CUSTOMER | {"business_date": FIRST}, CUSTOMER | now | {"business_date": THEN}]
    personal = [
        {"customer_id": "X", "business_date": at, "address": text}
        for at, text in zip((FIRST, THEN), address, strict=True)
    ]
    people = [ROLE | {"business_date": FIRST}, *({"business_date": THEN} | one for one in roles or [ROLE])]
    snapshots = Snapshots(
        lazy(customers), lazy(personal, address=pl.String), lazy(people, to_date=pl.Date, share=pl.Float64)
    )
    return found(firm_life(snapshots, lazy([FIRM | (firm or {})]), TODAY, RULES))


@pytest.mark.parametrize(
    ("now", "roles", "address", "expected"),
    [
        ({}, None, ("A", "A"), None),
        ({}, [ROLE, ROLE | {"person_id": "P2", "share": 0.4}], ("A", "A"), None),  # another, smaller share
        ({}, [ROLE | {"share": 0.3}, ROLE | {"person_id": "P2", "share": 0.7}], ("A", "A"), ("owner_changed", "P1", "P2")),
        ({}, [ROLE | {"to_date": FIRST}, ROLE | {"person_id": "P2", "share": 0.1}], ("A", "A"), ("owner_changed", "P1", "P2")),
        ({}, [ROLE | {"role": "legal_representative", "person_id": "P9"}], ("A", "A"), None),  # nobody was told before
        ({"district": "武昌区"}, None, ("A", "B"), ("address_changed", "湖北省武汉市江汉区", "湖北省武汉市武昌区")),
        ({}, None, ("A 1", "A1"), None),  # a blank is no move
        ({}, None, ("A", "B"), ("address_changed", "湖北省武汉市江汉区", "湖北省武汉市江汉区")),
        ({"district": "武昌区"}, None, (None, None), ("address_changed", "湖北省武汉市江汉区", "湖北省武汉市武昌区")),
        ({}, None, (None, "B"), None),
        ({"staff_count": 26}, None, ("A", "A"), ("staff_changed", 20, 26)),
        ({"staff_count": 25}, None, ("A", "A"), None),  # five people, but a quarter
        ({"staff_count": 14}, None, ("A", "A"), ("staff_changed", 20, 14)),
        ({"staff_count": None}, None, ("A", "A"), None),
    ],
)  # fmt: skip
def test_a_change_is_told_with_what_was_and_what_is_and_from_which_file(
    now: dict[str, Any], roles: Any, address: Any, expected: Any
) -> None:
    rows = lived(now, roles, address)
    told = [(row["rule"], row["was"] or row["before"], row["became"] or row["now"]) for row in rows]
    assert told == ([expected] if expected else [])
    for row in rows:
        one = event(row, DAY, RULES)
        assert one.event_date == THEN
        assert ("客户文件" if row["about"] == "file_customers" else "人员角色文件") in say(one.because, "zh")
        assert "06-27" in say(one.because, "en", DAY) or "27 Jun" in say(one.because, "en", DAY)


def test_a_change_stands_until_somebody_was_there_or_its_days_are_over() -> None:
    assert lived({"staff_count": 40}, firm={"last_contact_day": TODAY - 4})
    assert not lived({"staff_count": 40}, firm={"last_contact_day": TODAY - 3})
    customers = [
        CUSTOMER | {"business_date": FIRST},
        CUSTOMER | {"staff_count": 40, "business_date": DAY - timedelta(days=29)},
    ]
    for late, stands in ((0, True), (1, False)):
        none = lazy([{"customer_id": "Y", "business_date": FIRST, "address": "A"}])
        people = lazy([ROLE | {"business_date": FIRST}], to_date=pl.Date)
        seen = firm_life(Snapshots(lazy(customers), none, people), lazy([FIRM]), TODAY + late, RULES)
        assert bool(found(seen)) is stands


def test_each_snapshot_looked_at_has_one_before_it() -> None:
    days = [DAY - timedelta(days=at) for at in (60, 30, 5)]
    assert looked_at(days, DAY - timedelta(days=10)) == DAY - timedelta(days=30)
    assert looked_at(days, DAY - timedelta(days=90)) == days[0]
    assert looked_at([], DAY) is None


@pytest.mark.parametrize(
    ("sales", "months", "on", "expected"),
    [
        (69, 15, DAY, True),
        (68, 15, DAY, False),  # below 1.15 times the best
        (69, 14, DAY, False),  # too few months to be the best of
        (69, 15, DAY + timedelta(days=20), True),
        (69, 15, DAY + timedelta(days=21), False),
        (69, 15, DAY - timedelta(days=1), False),  # the month is not over
    ],
)
def test_a_record_month(sales: int, months: int, on: date, *, expected: bool) -> None:
    june = 2026 * 12 + 5
    rows = [{"customer_id": "X", "month": june - at, "sales": 60 * WAN} for at in range(1, months + 1)]
    rows.append({"customer_id": "X", "month": june, "sales": sales * WAN})
    seen = found(record_month(lazy(rows), lazy([FIRM]), on, RULES))
    assert bool(seen) is expected
    if seen:
        assert (seen[0]["amount"], seen[0]["count"], seen[0]["began"]) == ((sales - 60) * WAN, months, TODAY)


@pytest.mark.parametrize(
    ("changes", "papers", "expected"),
    [
        ({}, 3, True),
        ({}, 2, False),
        ({"gross": 3 * WAN}, 3, False),  # nine 万
        ({"status": "void"}, 3, False),
        ({"direction": "purchase"}, 3, False),
        ({"goods": None}, 3, False),
        ({"invoice_date": DAY - timedelta(days=61)}, 3, False),  # sold for longer
    ],
)
def test_a_new_line_of_goods(changes: dict[str, Any], papers: int, *, expected: bool) -> None:
    line = {"customer_id": "X", "direction": "sale", "status": "valid", "goods": "白酒", "gross": 4 * WAN,
            "invoice_date": DAY - timedelta(days=9)}  # fmt: skip
    old = line | {"goods": "饮料", "invoice_date": DAY - timedelta(days=300)}
    invoices = lazy([line | changes] * papers + [old, line | {"goods": "饮料"}])
    held = RULES.of(Rule.NEW_LINE)
    seen = found(new_line(goods_sold(invoices, TODAY, held["within_days"]), lazy([FIRM]), TODAY, RULES))
    assert [row["product"] for row in seen] == (["白酒"] if expected else [])


def test_a_posted_change_tells_it_by_day() -> None:
    told = {"record": "registration_change", "changed": "legal_representative"}
    (one,) = decided(Posted(RecordKind.PUBLIC_RECORD, "R1", "X", DAY, told), Stored(), RULES)
    assert one.rule is Rule.LEGAL_PERSON_CHANGED
    assert "法定代表人" in say(one.because, "zh")
    assert say(one.goal, "en").startswith("Check the change (public records)")
    assert not decided(
        Posted(RecordKind.PUBLIC_RECORD, "R2", "X", DAY, told | {"changed": None}), Stored(), RULES
    )
