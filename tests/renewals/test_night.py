"""Maturing notes with their facts, and the three no's, on a bank small enough to count by hand."""

from datetime import date
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from tests.loans.test_night_classes import frame
from xiaoer.kit.dates import day_number
from xiaoer.renewals.night import Around, cuts, gaps, maturing
from xiaoer.renewals.terms import Terms

TODAY = date(2026, 10, 31)
TERMS = Terms.in_force(TODAY)


def polars(rows: list[dict[str, Any]]) -> Any:
    return nw.from_native(pl.LazyFrame(pl.from_arrow(pa.Table.from_pylist(rows))))


def rows(lazy: Any) -> list[dict[str, Any]]:
    return lazy.collect("pyarrow").to_native().to_pylist()


PLACED = polars([{"customer_id": one, "branch_id": "B", "manager_id": "M"} for one in ("C1", "C2", "C3")])


def note(number: int, due: date, **more: Any) -> dict[str, Any]:
    return {"note_id": f"N{number}", "customer_id": f"C{number}", "contract_id": f"H{number}", "product_id": "L01",
            "balance": 100, "rate": 0.04, "due_date": due, "grade": 0, "late_days": 0, "last_late_day": None,
            "security": "mortgage", "branch_id": "B", "manager_id": "M"} | more  # fmt: skip


def facts(**tables: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    ends = (date(2026, 10, 30), TODAY, date(2026, 12, 15), date(2026, 12, 16))
    book = polars([note(at, due) for at, due in enumerate(ends)])
    firms = polars([{"customer_id": "C1", "days_since_sale": 4, "growth_12m": -0.2, "value": 0.01}])
    names = ("loan_contracts", "public_records", "other_bank_debts", "collateral", "valuations")
    around = Around(firms, *(frame(name, tables.get(name, [])) for name in names))
    return {row["note_id"]: row for row in rows(maturing(book, around, TERMS, day_number(TODAY)))}


def test_a_work_item_opens_45_days_ahead_and_no_earlier() -> None:
    found = facts()
    assert set(found) == {"N1", "N2"}
    assert (found["N1"]["days_since_sale"], found["N1"]["pd"], found["N2"]["pd"]) == (4, 0.01, None)


def test_what_hangs_on_a_note() -> None:
    record = {
        "customer_id": "C1",
        "kind": "penalty",
        "published_date": date(2024, 10, 31),
        "status": "closed",
    }
    found = facts(
        loan_contracts=[{"contract_id": "X", "renewed_from": "H1", "signed_date": date(2026, 10, 20)}],
        public_records=[record, record | {"published_date": date(2024, 10, 30)},
                        record | {"kind": "award"}, record | {"role": "plaintiff"},
                        record | {"customer_id": "C2", "published_date": date(2020, 1, 1), "status": "open"}],
        other_bank_debts=[{"customer_id": "C1", "report_date": date(2026, 9, 1), "balance": 5, "debt_no": "1",
                           "classification": "loss"},
                          {"customer_id": "C2", "report_date": date(2026, 9, 1), "balance": 5, "debt_no": "1",
                           "authorised_until": date(2026, 10, 30), "classification": "loss"}],
        collateral=[{"collateral_id": f"M{at}", "contract_id": "H1", "status": "held"} for at in (1, 2)]
        + [{"collateral_id": "M3", "contract_id": "H2", "status": "held"}],
        valuations=[{"collateral_id": "M1", "valued_date": date(2026, 1, 1)},
                    {"collateral_id": "M1", "valued_date": date(2024, 1, 1)},
                    {"collateral_id": "M2", "valued_date": date(2025, 6, 1)}],
    )  # fmt: skip
    first, second = found["N1"], found["N2"]
    assert (first["record_penalty"], second["record_penalty"]) == (1, 1)
    assert (first["bad_debts"], second["bad_debts"]) == (5, None)
    assert (first["valued_date"], second["valued_date"]) == (date(2025, 6, 1), None)
    assert (first["signed_date"], second["signed_date"]) == (date(2026, 10, 20), None)


def test_days_between_old_money_and_new() -> None:
    def contract(number: str, start: date, end: date, **more: Any) -> dict[str, Any]:
        return {
            "contract_id": number,
            "customer_id": "C1",
            "start_date": start,
            "end_date": end,
            "amount": 100,
        } | more

    told = rows(
        gaps(
            frame("loan_contracts", [
                contract("A", date(2025, 1, 1), date(2025, 12, 31)),
                contract("B", date(2025, 12, 31), date(2026, 6, 30), renewed_from="A",
                         renewal_kind="no_principal_repayment"),
                contract("C", date(2026, 7, 9), date(2027, 6, 30), renewed_from="B", renewal_kind="old_for_new"),
                contract("D", date(2026, 7, 1), date(2027, 6, 30), renewed_from="B",
                         renewal_kind="no_principal_repayment"),
            ]),
            PLACED,
        )
    )  # fmt: skip
    found = {(row["month"], row["kind"]): (row["loans"], row["days"], row["amount"]) for row in told}
    assert found == {(2025 * 12 + 11, "smooth"): (1, 0, 100), (2026 * 12 + 6, "gap"): (2, 10, 200)}


def test_cuts_count_for_firms_that_always_paid() -> None:
    lines = [
        {"line_id": "1", "customer_id": "C1", "limit": 60, "previous_limit": 100, "status": "cut"},
        {"line_id": "2", "customer_id": "C2", "limit": 60, "previous_limit": 100, "status": "cut"},
        {"line_id": "3", "customer_id": "C1", "limit": 100, "previous_limit": 100, "status": "active"},
        {"line_id": "4", "customer_id": "C3", "limit": 70, "previous_limit": 70, "status": "frozen"},
    ]
    told = rows(
        cuts(
            frame("credit_lines", lines),
            PLACED,
            polars([{"customer_id": "C1"}, {"customer_id": "C3"}]),
            24_321,
        )
    )
    assert {row["kind"]: (row["loans"], row["amount"]) for row in told} == {
        "cut": (1, 40),
        "withdrawal": (1, 70),
    }
