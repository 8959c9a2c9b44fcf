"""Delivered plans against their terms: plans made one by one by the rules agree, and every spoilt one is told."""

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest

from tests.loans.test_night_classes import frame
from xiaoer.kit.dates import add_months, day_number, from_day_number, is_working_day, months_between
from xiaoer.kit.tables import DuckEngine
from xiaoer.loans.night.plans import (
    CHANGED,
    NO_DAY_RULE,
    NO_LPR,
    NO_METHOD,
    NO_PAY_DAY,
    NO_REPRICING,
    Calendar,
    compared,
    lined,
    stated,
)
from xiaoer.loans.rules.lpr import Curve, Published, curve
from xiaoer.loans.rules.schedules import floating_rate, next_repricing, plan, repriced
from xiaoer.loans.terms import DayRule, Due, Loan, Method, Plans, Repricing
from xiaoer.nightly.calendar import days, lpr_curves, months, units

TODAY = date(2026, 10, 31)
TOLERANCE = Plans.in_force(TODAY).tolerance
DELIVERED = [(tenor, day, Fraction(rate)) for tenor, day, rate in (
    (12, date(2024, 10, 21), "0.031"), (12, date(2025, 5, 20), "0.03"), (12, date(2026, 3, 20), "0.029"),
    (60, date(2024, 10, 21), "0.036"), (60, date(2025, 5, 20), "0.035"))]  # fmt: skip
CURVES = lpr_curves(DELIVERED, TODAY)
FIRST, LAST = date(2021, 1, 1), date(2032, 12, 31)
LOANS = 400


def calendar(made: Any, curves: dict[int, Curve]) -> Calendar:
    now = {f"now_{tenor}": pa.array([units(one.on(TODAY))], pa.int64()) for tenor, one in curves.items()}
    return Calendar(
        days=made(days(FIRST, LAST, curves)), months=made(months(FIRST, LAST)), tonight=made(pa.table(now)),
        today=day_number(TODAY), next_new_year=day_number(date(2027, 1, 1)),
        month=2026 * 12 + 9,
    )  # fmt: skip


def turned(drawn: date, ends: date, rule: Repricing) -> list[date]:
    """The days on which a rate turned up to tonight, before the end."""
    found, day = [], drawn
    while (day := next_repricing(drawn, day, rule)) <= TODAY and day < ends:
        found.append(day)
    return found


def drawn_up(chance: random.Random) -> tuple[dict[str, Any], dict[str, Any], list[Due]]:
    """A note, its contract, and the plan the rules make of them."""
    drawn = date(2023, 1, 1) + timedelta(days=chance.randint(0, 1300))
    term = chance.choice((6, 12, 24, 36, 60))
    ends, method = add_months(drawn, term), chance.choice(list(Method)[:4])
    kind, rule, tenor = (
        chance.choice(("fixed", "lpr")),
        chance.choice(list(Repricing)),
        chance.choice((12, 60)),
    )
    spread, points = chance.randint(0, 60) * 5, CURVES[tenor].points
    rate = floating_rate(points, drawn, Fraction(spread))
    loan = Loan(chance.randint(1, 500) * 1_000_000, rate, drawn, ends, months_between(drawn, ends), method,
                chance.choice((1, 15, 21, 28, 31)), chance.choice(list(DayRule)))  # fmt: skip
    dues = plan(loan)
    for day in turned(drawn, ends, rule) if kind == "lpr" else []:
        rate = floating_rate(points, day, Fraction(spread))
        dues = repriced(replace(loan, rate=rate), dues, day, rate)
    note = {"amount": loan.principal, "balance": loan.principal, "rate": float(rate), "drawn_date": drawn,
            "due_date": ends, "extended_date": None, "customer_id": "C1", "product_id": "L01"}  # fmt: skip
    contract = {"rate_kind": kind, "spread_bp": float(spread), "repricing": rule.value, "lpr_tenor_months": tenor,
                "repayment_method": method.value, "pay_day": loan.pay_day, "day_rule": loan.day_rule.value,
                "rate": float(loan.rate), "restructured_date": None}  # fmt: skip
    return note, contract, list(dues)


def checked(made: Any, collect: Any, held: list[Any], curves: dict[int, Curve]) -> dict[str, Any]:
    """What the night says of each note."""
    notes, contracts, rows = [], [], []
    for at, (note, contract, dues) in enumerate(held):
        number = {"note_id": f"N{at}", "contract_id": f"H{at}"}
        notes.append({name: value for name, value in note.items() if name != "paid"} | number)
        contracts.append(contract | {"contract_id": f"H{at}"})
        rows += [{"note_id": f"N{at}", "instalment": one.number, "due_date": one.day, "principal": one.principal,
                  "interest": one.interest, "paid_date": note.get("paid", {}).get(one.number)} for one in dues]  # fmt: skip
    tables = [made(frame(name, told).collect("pyarrow").to_native()) for name, told in
              (("drawdown_notes", notes), ("loan_contracts", contracts), ("schedules", rows))]  # fmt: skip
    when = calendar(made, curves)
    terms = made(collect(stated(tables[0], tables[1], when)))
    lines = made(collect(lined(terms, tables[2], when)))
    return {row["note_id"]: row for row in collect(compared(terms, lines, tables[2], TOLERANCE)).to_pylist()}


def _polars(table: pa.Table) -> Any:
    return nw.from_native(pl.LazyFrame(pl.from_arrow(table)))


@pytest.fixture(params=["polars", "duckdb"])
def check(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    if request.param == "polars":
        return lambda held, curves=CURVES: checked(
            _polars, lambda lazy: lazy.collect("pyarrow").to_native(), held, curves
        )
    engine = DuckEngine(tmp_path)
    return lambda held, curves=CURVES: checked(engine.table, engine.collect, held, curves)


def test_plans_made_by_the_rules_depart_nowhere(check: Any) -> None:
    chance = random.Random(5)
    held = [drawn_up(chance) for _ in range(LOANS)]
    found = check(held)
    assert {number: row for number, row in found.items() if row["departs"]} == {}
    assert all(
        row["compared"] for number, row in found.items() if held[int(number[1:])][0]["due_date"] > TODAY
    )
    assert {row["missing"] for row in found.values()} == {0}
    assert len({row["base_day"] for row in found.values()}) > 50


def test_what_is_spoilt_is_told_by_how_much_and_since_when(check: Any) -> None:
    """A level plan of 1.2 million yuan; its third due a day late, its fifth 500 yuan too dear, its last left out."""
    drawn, ends = date(2026, 2, 3), date(2027, 2, 3)
    loan = Loan(1_200_000_00, Fraction("0.042"), drawn, ends, 12, Method.EQUAL_INSTALMENT)
    note, contract, _ = drawn_up(random.Random(1))
    note |= {"amount": loan.principal, "rate": 0.042, "drawn_date": drawn, "due_date": ends}
    contract |= {"rate_kind": "lpr", "spread_bp": 120.0, "repricing": "anniversary", "lpr_tenor_months": 12,
                 "repayment_method": "equal_instalment", "pay_day": 21, "day_rule": "as_written"}  # fmt: skip
    dues = plan(loan)
    moved = [replace(one, day=one.day + timedelta(days=1)) if one.number == 3 else one for one in dues]
    dearer = [replace(one, interest=one.interest + 500_00) if one.number == 5 else one for one in dues]
    within = [replace(one, interest=one.interest + TOLERANCE) for one in dues]
    wrong_rate = [replace(one, interest=one.interest) for one in plan(replace(loan, rate=Fraction("0.0435")))]
    found = check([(note, contract, list(plans)) for plans in (dues, moved, dearer, within, dues[:-1])]
                  + [(note | {"rate": 0.0435}, contract, wrong_rate)])  # fmt: skip
    # What was paid ahead of its day may cost less.
    cheaper = [replace(one, interest=0) if one.number == 5 else one for one in dues]
    paid = {"paid": {5: dues[4].day - timedelta(days=3)}}
    early = check([(note | paid, contract, cheaper), (note, contract, cheaper)])
    assert [early[number]["departs"] for number in ("N0", "N1")] == [0, 1]
    names = ("departs", "day_rows", "amount_rows", "gap_amount", "count_gap", "rate_gap")
    told = [tuple(found[f"N{at}"][name] for name in names) for at in range(6)]
    assert told[:5] == [(0, 0, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 0, 1, 500_00, 0, 0), (0, 0, 0, 0, 0, 0),
                        (1, 0, 0, 0, -1, 0)]  # fmt: skip
    assert told[5][:2] == (1, 0) and told[5][5] == 15_000  # 0.15 percentage points
    assert from_day_number(found["N1"]["since_day"]) == dues[2].day + timedelta(days=1)
    assert from_day_number(found["N2"]["since_day"]) == dues[4].day
    assert from_day_number(found["N5"]["since_day"]) == drawn


def test_the_next_turn_and_its_rate(check: Any) -> None:
    """Drawn on 29 February 2024 for five years at LPR plus 120: by the year it turns on 1 January, or late in February."""
    note, contract, _ = drawn_up(random.Random(1))
    note |= {"drawn_date": date(2024, 2, 29), "due_date": date(2029, 2, 28)}
    contract |= {"rate_kind": "lpr", "spread_bp": 120.0, "lpr_tenor_months": 12}
    turns = [
        {"repricing": "new_year_repricing"},
        {"repricing": "anniversary"},
        {"rate_kind": "fixed", "rate": 0.05},
    ]
    ending = note | {"due_date": date(2026, 12, 31)}
    due = [Due(1, date(2026, 11, 21), 0, 0)]
    held = [(note, contract | turn, due) for turn in turns] + [(ending, contract | turns[0], due)]
    found = check(held)
    days_of = [(from_day_number(row["base_day"]), row["next_day"] and from_day_number(row["next_day"])) for row in
               (found[f"N{at}"] for at in range(4))]  # fmt: skip
    assert days_of == [
        (date(2026, 1, 1), date(2027, 1, 1)), (date(2026, 2, 28), date(2027, 2, 28)), (date(2024, 2, 29), None),
        (date(2026, 1, 1), None),
    ]  # fmt: skip
    # On 1 January and on 28 February 3.00 % held, tonight 2.90 %.
    assert [(found[f"N{at}"]["rate"], found[f"N{at}"]["next_rate"]) for at in range(3)] == [
        (420_000, 410_000), (420_000, 410_000), (500_000, None),
    ]  # fmt: skip


def test_a_rate_turns_no_more_once_the_note_has_ended(check: Any) -> None:
    """Ended on 20 January 2026 and not paid off: it turned on 1 January, or a year after its drawing, not at its end."""
    note, contract, _ = drawn_up(random.Random(1))
    contract |= {"rate_kind": "lpr", "spread_bp": 120.0, "lpr_tenor_months": 12}
    due = [Due(1, date(2026, 1, 20), 0, 0)]
    turns = [{"repricing": "new_year_repricing"}, {"repricing": "anniversary"}]
    drawn = (date(2024, 1, 20), date(2025, 1, 20))
    held = [(note | {"drawn_date": day, "due_date": date(2026, 1, 20)}, contract | turn, due)
            for day in drawn for turn in turns]  # fmt: skip
    found = check(held)
    assert [from_day_number(found[f"N{at}"]["base_day"]) for at in range(4)] == [
        date(2026, 1, 1), date(2025, 1, 20), date(2026, 1, 1), date(2025, 1, 20),
    ]  # fmt: skip
    assert {found[f"N{at}"]["next_day"] for at in range(4)} == {None}


def test_what_is_not_said_is_named_and_not_assumed(check: Any) -> None:
    note, contract, _ = drawn_up(random.Random(2))
    drawn, ends = date(2025, 11, 3), date(2026, 11, 3)
    note |= {"drawn_date": drawn, "due_date": ends, "rate": 0.05}
    contract |= {"rate_kind": "fixed", "rate": 0.05, "repayment_method": "equal_principal", "pay_day": 21,
                 "day_rule": "following"}  # fmt: skip
    loan = Loan(
        note["amount"], Fraction("0.05"), drawn, ends, 12, Method.EQUAL_PRINCIPAL, 21, DayRule.FOLLOWING
    )
    dues = list(plan(loan))
    changes = (
        ({}, 0, 12), ({"day_rule": None}, NO_DAY_RULE, 12), ({"pay_day": None}, NO_PAY_DAY, 12),
        ({"repayment_method": None}, NO_METHOD, 0), ({"repayment_method": "revolving"}, NO_METHOD, 0),
        ({"rate_kind": None}, NO_REPRICING, None), ({"rate_kind": "lpr", "repricing": None}, NO_REPRICING, None),
        ({"restructured_date": date(2026, 5, 1)}, CHANGED, 0),
    )  # fmt: skip
    found = check([(note, contract | change, dues) for change, _, _ in changes])
    for at, (change, missing, looked_at) in enumerate(changes):
        row = found[f"N{at}"]
        assert (row["missing"], row["departs"]) == (missing, 0), change
        assert looked_at is None or row["compared"] == looked_at, change
    # Without the rule a due on a day without work is not judged; all others are.
    free = [one for one in dues if not is_working_day(one.day.replace(day=21))]
    assert free, "the example needs a due day without work"
    spoilt = [replace(one, day=one.day + timedelta(days=3)) for one in dues]
    found = check([(note, contract | {"day_rule": None}, spoilt)])
    assert 0 < found["N0"]["day_rows"] < 12


def test_a_day_nobody_told_the_lpr_of_is_unknown(check: Any) -> None:
    published = Published.in_force(TODAY)
    told = curve([], published, 12)
    assert told.on(date(2019, 8, 19)) is None
    assert told.on(date(2023, 7, 1)) == Fraction("0.0355")
    assert told.on(published.known_until) == Fraction("0.03")
    assert told.on(published.known_until + timedelta(days=1)) is None
    own = curve(DELIVERED, published, 12)
    assert (own.on(TODAY), own.on(date(2024, 10, 20))) == (Fraction("0.029"), Fraction("0.0335"))
    # A bank that delivers no curve is told nothing of a rate that turned after the published history ends.
    note, contract, dues = drawn_up(random.Random(3))
    contract |= {
        "rate_kind": "lpr",
        "spread_bp": 0.0,
        "repricing": "new_year_repricing",
        "lpr_tenor_months": 12,
    }
    running = note | {"drawn_date": date(2025, 1, 5), "due_date": date(2027, 12, 31)}
    found = check([(running, contract, dues)], lpr_curves([], TODAY))["N0"]
    told = tuple(found[name] for name in ("missing", "rate", "next_rate", "amount_rows", "rate_gap"))
    assert told == (NO_LPR, None, None, 0, 0)
    # A note whose plan nobody delivered still says when its rate turns.
    bare = check([(running, contract, dues), (running | {"rate": 0.03}, contract, [])])["N1"]
    assert (bare["compared"], bare["departs"], bare["count_gap"]) == (0, 0, 0)
    assert bare["next_day"] == day_number(date(2027, 1, 1))
    odd = check([(running, contract | {"lpr_tenor_months": 24}, dues)])["N0"]
    assert odd["missing"] == NO_REPRICING
    assert Curve((), None).on(TODAY) is None
