"""The night's classes of all notes against the rules asked one debtor at a time, on two engines."""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import count
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest

from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import DuckEngine
from xiaoer.loans.night import Known, classified, facts_on
from xiaoer.loans.night.facts import MEASURES, elsewhere_on
from xiaoer.loans.rules.classification import Claim, Elsewhere, cure, judged, observation
from xiaoer.loans.terms import RuleBook
from xiaoer.sources.contracts import contract

TODAY = date(2026, 10, 31)
BOOK = RuleBook.in_force(TODAY)
DEBTORS = 3_000
WHOLE = ("on_day", "balance", *MEASURES)


def debtors(chance: random.Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Notes with facts around every threshold, and debts elsewhere of some."""
    notes, others, numbers = [], [], count()
    for debtor in range(DEBTORS):
        for _ in range(chance.randint(1, 4)):
            facts = {name: int(chance.random() < 0.08) for name in MEASURES}
            facts["days_past_due"] = chance.choice((0, 0, 0, 0, 1, 90, 91, 270, 271, 360, 361))
            notes.append(
                facts
                | {"note_id": f"N{next(numbers)}", "customer_id": f"C{debtor}", "on_day": 1}
                | {"balance": chance.choice((1, 10, 100, 900)) * 1_000_000}
                | {"asset_class": chance.choice(("retail", "non_retail", "non_retail"))}
            )
        if chance.random() < 0.5:
            row = {name: chance.choice((0, 100, 1000)) * 1_000_000 for name in
                   ("other_debts", "other_overdue_90", "other_bad")}  # fmt: skip
            others.append(row | {"on_day": 1, "customer_id": f"C{debtor}"})
    return notes, others


def test_all_at_once_is_one_by_one(tmp_path: Any) -> None:
    notes, others = debtors(random.Random(3))
    expected: dict[str, tuple[int, str]] = {}
    of, there = defaultdict(list), {row["customer_id"]: row for row in others}
    for note in notes:
        of[note["customer_id"]].append(note)
    for debtor, held in of.items():
        row = there.get(debtor, {})
        elsewhere = Elsewhere(
            row.get("other_debts", 0), row.get("other_overdue_90", 0), row.get("other_bad", 0)
        )
        claims = [
            Claim(one["asset_class"], one["balance"], {name: one[name] for name in MEASURES}) for one in held
        ]
        for one, decided in zip(held, judged(claims, elsewhere, BOOK), strict=True):
            expected[one["note_id"]] = (decided.five_class.grade, decided.rule)
    for frames in (polars_frames, duck_frames(tmp_path)):
        told = classified(*frames(pa.Table.from_pylist(notes), pa.Table.from_pylist(others)), BOOK).collect(
            "pyarrow"
        )
        found = {row["note_id"]: (row["grade"], row["rule"]) for row in told.to_native().to_pylist()}
        assert found == expected
    seen = {rule for _, rule in expected.values()}
    unknown = {"loss_expected_90", "loss_expected_50", "evasion", "diverted"}
    assert seen - {""} == {one.code for one in BOOK.rules} - unknown


def polars_frames(*tables: pa.Table) -> list[Any]:
    return [nw.from_native(pl.LazyFrame(pl.from_arrow(table))) for table in tables]


def duck_frames(folder: Any) -> Any:
    engine = DuckEngine(folder)
    return lambda *tables: [engine.table(table) for table in tables]


def frame(name: str, rows: list[dict[str, Any]]) -> Any:
    """Rows of a delivered table, columns left out being empty."""
    schema = contract(name).schema.arrow
    kept = pa.schema([field for field in schema if field.name in contract(name).schema.columns])
    return polars_frames(
        pa.Table.from_pylist([{key: row.get(key) for key in kept.names} for row in rows], kept)
    )[0]


def stretched(rows: list[tuple[str, date, date, date]]) -> Any:
    names = ("note_id", "due_day", "from_day", "until_day")
    return polars_frames(
        pa.table(
            {
                name: [row[at] if name == "note_id" else day_number(row[at]) for row in rows]
                for at, name in enumerate(names)
            },
            schema=pa.schema([(names[0], pa.string()), *((name, pa.int64()) for name in names[1:])]),
        )
    )[0]


def found_on(
    day: date, contracts: list[dict[str, Any]], dues: list[date], late: list[tuple[str, date, date, date]],
    records: list[dict[str, Any]] = [],  # noqa: B006
) -> dict[str, int]:  # fmt: skip
    """The facts of note N of contract H on a day."""
    notes = polars_frames(pa.table({"note_id": ["N"], "customer_id": ["C"], "contract_id": ["H"],
                                    "asset_class": pa.array([None], pa.string()), "on_day": [day_number(day)]}))[0]  # fmt: skip
    plan = [{"note_id": "N", "instalment": at, "due_date": one} for at, one in enumerate(dues, 1)]
    known = Known(frame("loan_contracts", contracts), frame("schedules", plan), stretched(late),
                  frame("public_records", records))  # fmt: skip
    (row,) = facts_on(notes, known, BOOK).collect("pyarrow").to_native().to_pylist()
    return row


MONTHLY = [date(2025 + at // 12, at % 12 + 1, 21) for at in range(30)]
LATE = ("N", date(2025, 1, 21), date(2025, 1, 22), date(2025, 6, 1))  # up to 130 days


@pytest.mark.parametrize("dues", [MONTHLY, MONTHLY[::12]])
@pytest.mark.parametrize("more", [0, 1, 183, 184, 185, 364, 365, 400, 500])
def test_cures_and_observations_are_those_of_the_rules(dues: list[date], more: int) -> None:
    last_late, restructured = date(2025, 5, 31), date(2025, 2, 10)
    day = last_late + timedelta(more)
    plain = found_on(day, [{"contract_id": "H", "asset_class": "non_retail"}], dues, [LATE])
    late_now = LATE[3] > day
    served = cure(last_late, dues, day, BOOK).served
    assert (plain["uncured"], plain["cured"]) == ((0, 0) if late_now else (int(not served), int(served)))
    contract_row = {"contract_id": "H", "asset_class": "retail", "restructured_date": restructured}
    watched = found_on(day, [contract_row], dues, [LATE])
    assert watched["observed"] == int(not observation(restructured, dues, last_late, day, BOOK).served)


def test_other_facts() -> None:
    day = date(2026, 1, 1)
    former = {"contract_id": "G", "restructured_date": date(2025, 3, 1)}
    for months, again in ((date(2026, 2, 28), 1), (date(2026, 3, 1), 0)):
        newer = {
            "contract_id": "H",
            "renewed_from": "G",
            "restructured_date": months,
            "renewal_kind": "old_for_new",
        }
        row = found_on(date(2026, 3, 2), [former, newer], MONTHLY, [])
        assert (row["restructured_again"], row["old_for_new"], row["asset_class"]) == (again, 1, "non_retail")
    bankrupt = {
        "customer_id": "C",
        "kind": "bankruptcy",
        "published_date": date(2026, 1, 1),
        "role": "subject",
    }
    assert found_on(day, [{"contract_id": "H"}], MONTHLY, [], [bankrupt])["bankrupt"] == 1
    assert found_on(day - timedelta(1), [{"contract_id": "H"}], MONTHLY, [], [bankrupt])["bankrupt"] == 0
    asks = bankrupt | {"role": "plaintiff"}
    assert found_on(day, [{"contract_id": "H"}], MONTHLY, [], [asks])["bankrupt"] == 0


def test_debt_elsewhere_by_the_latest_report_while_authorised() -> None:
    def row(**changes: Any) -> dict[str, Any]:
        return {"customer_id": "C", "report_date": date(2026, 9, 1), "debt_no": "1", "authorisation_id": "Q",
                "authorised_until": date(2026, 10, 31), "kind": "loan", "balance": 100, "days_past_due": 0,
                "classification": "normal"} | changes  # fmt: skip

    rows = [
        row(report_date=date(2026, 8, 1), balance=7),
        row(),
        row(debt_no="2", days_past_due=91, classification="substandard", balance=10),
        row(debt_no="3", days_past_due=90, balance=20),
        row(debt_no="4", kind="guarantee", balance=5),
    ]
    days = polars_frames(
        pa.table({"on_day": [day_number(date(2026, 10, 31)), day_number(date(2026, 11, 1))]})
    )[0]
    told = elsewhere_on(frame("other_bank_debts", rows), days).collect("pyarrow").to_native().to_pylist()
    assert told == [
        {
            "on_day": day_number(date(2026, 10, 31)), "customer_id": "C", "other_debts": 130, "other_overdue_90": 10,
            "other_bad": 10,
        }
    ]  # fmt: skip
