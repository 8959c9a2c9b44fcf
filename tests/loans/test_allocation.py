"""The example of the rules page, through the night, and money that does not come the plain way."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from tests.loans import plain
from tests.loans.test_night_classes import frame
from xiaoer.kit.dates import day_number, from_day_number
from xiaoer.kit.tables import DuckEngine
from xiaoer.kit.tables.expressions import with_day_numbers
from xiaoer.loans.night import at_least, bands, first_told, late_on, spells, stretches
from xiaoer.loans.night.allocation import NEVER
from xiaoer.loans.terms import Buckets

TODAY = date(2026, 4, 30)
PLAN = [{"note_id": "N", "instalment": at, "due_date": date(2026, at, 21), "principal": 900_00, "interest": 100_00}
        for at in (1, 2, 3)]  # fmt: skip


def money(day: date, amount: int, **more: Any) -> dict[str, Any]:
    return {"note_id": "N", "repaid_date": day, "principal": amount, "interest": 0, "early": False} | more


def told(plan: list[dict[str, Any]], paid: list[dict[str, Any]]) -> Any:
    """Arrears of notes with these dues and repayments."""
    repayments = frame("repayments", paid)
    (begins,) = first_told(repayments).collect("pyarrow").to_native()["first_day"].to_pylist()
    begins = NEVER if begins is None else begins
    plans = with_day_numbers(frame("schedules", plan))
    return stretches(plans, with_day_numbers(repayments), day_number(TODAY), begins)


def polars(table: pa.Table) -> Any:
    return nw.from_native(pl.LazyFrame(pl.from_arrow(table)))


def times(*paid: dict[str, Any], plan: list[dict[str, Any]] = PLAN) -> list[tuple[int, date, date | None]]:
    """Bucket, in, out of note N."""
    rows = [row | {"repayment_id": str(at)} for at, row in enumerate(paid)]
    late = told(plan, rows)
    found = spells(late, bands(polars, Buckets.in_force(TODAY).floors), day_number(TODAY)).collect("pyarrow")
    return sorted(
        (row["floor"], from_day_number(row["in_day"]), row["out_day"] and from_day_number(row["out_day"]))
        for row in found.to_native().to_pylist()
    )


FIRST, LAST = money(date(2026, 1, 21), 1000_00), money(date(2026, 3, 30), 1400_00)


def test_in_and_out_of_the_rules_page() -> None:
    assert times(FIRST, money(date(2026, 2, 25), 600_00), LAST) == [
        (1, date(2026, 2, 22), date(2026, 3, 24)),
        (31, date(2026, 3, 24), date(2026, 3, 30)),
    ]
    assert times(FIRST, money(date(2026, 2, 25), 1000_00), LAST) == [
        (1, date(2026, 2, 22), date(2026, 2, 25)),
        (1, date(2026, 3, 22), date(2026, 3, 30)),
    ]


def test_paying_ahead_hides_no_arrears() -> None:
    """Money for March, paid in January and marked early, counts in March; unmarked it covers February."""
    ahead = money(date(2026, 1, 21), 1000_00, instalment=3)
    assert times(FIRST, ahead | {"early": True}) == [
        (1, date(2026, 2, 22), date(2026, 3, 21)),
        (1, date(2026, 3, 22), date(2026, 4, 21)),
        (31, date(2026, 4, 21), None),
    ]
    assert times(FIRST, ahead) == [(1, date(2026, 3, 22), date(2026, 4, 21)), (31, date(2026, 4, 21), None)]


def test_money_taken_back_never_covered_anything() -> None:
    back = money(date(2026, 3, 1), -1000_00)
    assert times(FIRST, money(date(2026, 2, 21), 1000_00), back)[0] == (
        1,
        date(2026, 2, 22),
        date(2026, 3, 24),
    )


def test_what_the_plan_shows_as_paid_before_repayments_were_told() -> None:
    paid = PLAN[0] | {"paid_principal": 900_00, "paid_interest": 100_00, "paid_date": date(2026, 1, 31)}
    later = PLAN[1] | {"paid_principal": 900_00, "paid_interest": 100_00, "paid_date": date(2026, 2, 21)}
    assert times(money(date(2026, 2, 21), 1000_00), LAST, plan=[paid, later, PLAN[2]]) == [
        (1, date(2026, 1, 22), date(2026, 1, 31)),
        (1, date(2026, 3, 22), date(2026, 3, 30)),
    ]
    assert times(plan=[paid, later])[0] == (1, date(2026, 1, 22), date(2026, 1, 31))


def test_nothing_due_nothing_late() -> None:
    assert late_on(told([], []), 20_000).collect("pyarrow").to_native().num_rows == 0


def test_notes_left_out_early_are_never_late() -> None:
    """Random notes, most paid in time and by name, are late on the days a plain count says, and on no other."""
    chance, plan, paid = random.Random(8), [], []
    for note in range(400):
        care = chance.random()
        for row in PLAN:
            mine = row | {"note_id": f"N{note}"}
            if chance.random() < 0.1:
                mine |= {"paid_principal": 900_00, "paid_interest": 100_00, "paid_date": row["due_date"]}
            plan.append(mine)
            paid += list(payments(chance, mine, care))
    rows = [row | {"repayment_id": str(at)} for at, row in enumerate(paid)]
    found = {
        (row["note_id"], day, day - row["due_day"])
        for row in told(plan, rows).collect("pyarrow").to_native().to_pylist()
        for day in range(row["from_day"], min(row["until_day"], day_number(TODAY) + 1))
    }
    cash = plain.cash_by_note([{"paid_date": None} | row for row in plan], rows)
    expected = {
        (note, day_number(day), late)
        for note in {row["note_id"] for row in plan}
        for day, late in plain.days_past_due(
            [row for row in plan if row["note_id"] == note], cash.get(note, []), TODAY
        )
        if late
    }
    assert found == expected
    assert 50 < len({note for note, *_ in found}) < 350


def payments(chance: random.Random, due: dict[str, Any], care: float) -> Iterator[dict[str, Any]]:
    """What came in for a due: all by name, too late, in two parts, ahead, or for no due by name."""
    kind = "whole" if chance.random() < care else chance.choice(("late", "parts", "ahead", "unnamed", "none"))
    days = {"late": chance.randint(1, 60), "ahead": -chance.randint(1, 40)}.get(
        kind, chance.choice((0, 0, 1))
    )
    named = {"note_id": due["note_id"], "instalment": None if kind == "unnamed" else due["instalment"]}
    row = money(due["due_date"] + timedelta(days), 1000_00, **named, early=kind == "ahead" and care > 0.3)
    for amount in {"parts": (600_00, 400_00), "none": ()}.get(kind, (1000_00,)):
        yield row | {"principal": amount}


def test_two_notes_late_on_the_same_days_are_one_time_of_the_firm(tmp_path: Path) -> None:
    """Also where many firms are told at once on many threads: rows alike in all have no order of their own."""
    firms = [f"C{at:05d}" for at in range(20_000)]
    rows = [(firm, due, due + 1, due + 9) for firm in firms for due in (100, 100, 100, 200, 200)]
    names = ("customer_id", "due_day", "from_day", "until_day")
    engine = DuckEngine(tmp_path)
    table = engine.table(pa.table([list(column) for column in zip(*rows, strict=True)], names=names))
    told = engine.collect(at_least(table, bands(engine.table, (1,)), 20_000)).to_pylist()
    engine.close()
    found = sorted((row["customer_id"], row["in_day"], row["out_day"]) for row in told)
    assert found == [(firm, due + 1, due + 9) for firm in firms for due in (100, 200)]
