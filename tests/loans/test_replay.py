"""The simulated bank's 24 months, told by the night and told again by a plain day-by-day count."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.loans import plain
from tests.loans.conftest import END, FIRMS, Bank
from xiaoer.kit.dates import add_months, day_number, from_day_number, month_end
from xiaoer.loans.night import at_least, late_on, spells
from xiaoer.loans.night.allocation import NEVER

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(bank: Bank) -> dict[str, list[tuple[date, int]]]:
    """Every note's days past due on every day, by the plain count."""
    schedules, dues = bank.rows("schedules"), defaultdict(list)
    for row in schedules:
        dues[row["note_id"]].append(row)
    cash = plain.cash_by_note(schedules, bank.rows("repayments"))
    return {note: list(plain.days_past_due(rows, cash.get(note, []), END)) for note, rows in dues.items()}


@pytest.fixture(scope="module")
def arrears(bank: Bank) -> pa.Table:
    return bank.stretches(bank.table("repayments"))


def test_every_bucket_of_every_note_from_the_first_day(
    bank: Bank, told: dict[str, list[tuple[date, int]]], arrears: pa.Table
) -> None:
    found = defaultdict(set)
    for row in bank.collected(spells(bank.engine.table(arrears), bank.bands, bank.today)).to_pylist():
        out = row["out_day"]
        found[row["note_id"]].add(
            (row["floor"], from_day_number(row["in_day"]), out and from_day_number(out))
        )
    expected = {note: set(plain.in_and_out(days)) for note, days in told.items()}
    assert {note: rows for note, rows in expected.items() if rows} == dict(found)
    assert len(found) > FIRMS / 20
    assert {floor for rows in found.values() for floor, *_ in rows} == set(plain.FLOORS)


def test_days_past_due_at_every_month_end(
    bank: Bank, told: dict[str, list[tuple[date, int]]], arrears: pa.Table
) -> None:
    for back in range(24):
        day = month_end(add_months(END.replace(day=1), -back))
        late = bank.collected(late_on(bank.engine.table(arrears), day_number(day))).to_pylist()
        expected = {note: dict(days).get(day, 0) for note, days in told.items()}
        assert {row["note_id"]: row["days_past_due"] for row in late} == {
            note: days for note, days in expected.items() if days
        }


def test_days_past_due_are_the_banks_own(bank: Bank, arrears: pa.Table) -> None:
    """Where the simulated bank says how late a note is, the night says the same."""
    late = {row["note_id"]: row["days_past_due"] for row in
            bank.collected(late_on(bank.engine.table(arrears), bank.today)).to_pylist()}  # fmt: skip
    notes = [row for row in bank.rows("drawdown_notes") if row["balance"]]
    assert sum(late.get(row["note_id"], 0) != row["days_past_due"] for row in notes) == 0
    assert any(row["days_past_due"] for row in notes)


def test_the_firms_buckets_are_those_of_its_worst_note(
    bank: Bank, told: dict[str, list[tuple[date, int]]], arrears: pa.Table
) -> None:
    whose = {row["note_id"]: row["customer_id"] for row in bank.rows("drawdown_notes")}
    worst: dict[str, dict[date, int]] = defaultdict(dict)
    for note, days in told.items():
        if (firm := whose.get(note)) is not None:
            for day, late in days:
                worst[firm][day] = max(worst[firm].get(day, 0), late)
    expected = {
        (firm, floor, day)
        for firm, days in worst.items()
        for day, late in days.items()
        for floor in plain.FLOORS
        if late >= floor
    }
    owned = bank.engine.table(arrears).join(
        bank.table("drawdown_notes").select("note_id", "customer_id"), on="note_id", how="inner"
    )
    rows = bank.collected(at_least(owned, bank.bands, bank.today)).to_pylist()
    found = [
        (row["customer_id"], row["floor"], from_day_number(day))
        for row in rows
        for day in range(row["in_day"], row["out_day"] or bank.today + 1)
    ]
    assert len(found) == len(set(found)), "two times overlap"
    assert set(found) == expected


def days_of(rows: list[dict[str, Any]], today: int) -> set[tuple[str, int, int]]:
    """note, day, days past due of every day past due."""
    return {
        (row["note_id"], day, day - row["due_day"])
        for row in rows
        for day in range(row["from_day"], min(row["until_day"], today + 1))
    }


@pytest.mark.parametrize("moved", [40, -3])
def test_one_old_repayment_changes_exactly_the_days_after_it(
    bank: Bank, told: dict[str, list[tuple[date, int]]], arrears: pa.Table, moved: int
) -> None:
    """A repayment of the window's first months is told again with another day; the plain count says what follows."""
    repayments = bank.collected(bank.table("repayments"))
    early = pc.and_(pc.less(repayments["repaid_date"], date(2025, 4, 1)), pc.invert(repayments["early"]))
    chosen = repayments.filter(early).sort_by("repayment_id").to_pylist()[7]
    day = chosen["repaid_date"] + timedelta(moved)
    hit = pc.equal(repayments["repayment_id"], chosen["repayment_id"])
    column = pc.if_else(hit, pa.scalar(day, pa.date32()), repayments["repaid_date"])
    at = repayments.column_names.index("repaid_date")
    corrected = repayments.set_column(at, "repaid_date", column)
    again = bank.stretches(bank.engine.table(corrected)).to_pylist()
    before, after = days_of(arrears.to_pylist(), bank.today), days_of(again, bank.today)
    schedules = bank.rows("schedules")
    dues = [row for row in schedules if row["note_id"] == chosen["note_id"]]
    cash = plain.cash_by_note(schedules, corrected.to_pylist())[chosen["note_id"]]
    expected = {
        (chosen["note_id"], day_number(on), late) for on, late in plain.days_past_due(dues, cash, END) if late
    }
    others = {row for row in before if row[0] != chosen["note_id"]}
    assert after == others | expected
    changed = {on for _, on, _ in before ^ after}
    assert not changed or min(changed) >= day_number(min(day, chosen["repaid_date"]))
    assert bool(changed) == (moved > 0)


def test_a_day_never_reached_is_later_than_any_day() -> None:
    assert day_number(date(2999, 12, 31)) < NEVER
