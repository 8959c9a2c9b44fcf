"""Reports add up: the return to the notes to the fen, each row of a migration to one, each vintage to what was drawn."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override

from tests.world import BUSINESS_DATE
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.loans import queries
from xiaoer.loans.actions import approve_change, make_change, review_change
from xiaoer.workbench import risk
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown.book_quality import Matrix, Vintages

pytestmark = pytest.mark.django_db


def sheet(book: Any, name: str) -> list[tuple[Any, ...]]:
    return list(book[name].iter_rows(values_only=True))


def fen(value: object) -> int:
    amount = Decimal(str(value)) * 100
    assert abs(amount - round(amount)) < Decimal("0.0001")
    return round(amount)


def test_the_return_adds_up_to_the_notes(
    client_of: Callable[..., Any], scope_of: Callable[[str], Scope]
) -> None:
    """Also after three people moved a note to another class."""
    scope = scope_of("R1")
    with acting_as(scope):
        note = next(
            one
            for one in queries.notes(scope).order_by("note_id")
            if one.rule_class == "normal" == one.book_class
        )
    head = scope_of("H1" if note.branch_id == "B1" else "H2")
    with acting_as(scope):
        case = make_change(scope, note.note_id, "doubtful", BUSINESS_DATE, "court papers").case
    for one, act in ((head, review_change), (scope_of("G1"), approve_change)):
        with acting_as(one):
            act(one, case, BUSINESS_DATE)
    book = openpyxl.load_workbook(BytesIO(client_of("R1").get("/loans/return/").content), read_only=True)
    with acting_as(scope):
        notes = list(queries.notes(scope))
        now = queries.in_force(scope, notes)
    assert now[note.note_id] == "doubtful"
    whole = sum(one.balance for one in notes)
    for name in ("逾期分档", "五级分类", "普惠贷款"):
        rows = [row for row in sheet(book, name)[1:] if row[0] != "普惠贷款户数"]
        *lines, last = rows
        assert last[0] == "合计"
        assert (last[-2], fen(last[-1])) == (len(notes), whole)
        assert sum(row[-2] for row in lines) == len(notes)
        assert sum(fen(row[-1]) for row in lines) == whole
    listed = sheet(book, "借据")[1:]
    assert {row[0]: fen(row[-1]) for row in listed} == {one.note_id: one.balance for one in notes}
    by_class: Counter[str] = Counter()
    for row in listed:
        by_class[row[3]] += fen(row[-1])
    told: Counter[str] = Counter()
    for row in sheet(book, "五级分类")[1:-1]:
        told[row[0]] += fen(row[-1])
    assert +told == by_class
    assert {row[0]: row[1] for row in sheet(book, "逾期分档")[1:-1]}["181–270 天"] == sum(
        one.bucket == 181 for one in notes
    )


def test_each_row_of_the_migration_adds_up_to_one(scope_of: Callable[[str], Scope]) -> None:
    scope = scope_of("R1")
    with acting_as(scope):
        matrix = risk.migration(Desk(scope, BUSINESS_DATE, BUSINESS_DATE), "")
    seen = [row for row in matrix.rows if row.notes]
    assert len(seen) >= 3
    assert all(sum(cell.share for cell in row.squares) == Fraction(1) for row in seen)
    assert sum(row.notes for row in matrix.rows) + matrix.came == sum(
        one["n"] for one in matrix.moved if one["to_class"]
    )


def test_left_and_came_stand_apart() -> None:
    moved = [
        {"from_class": "normal", "to_class": "normal", "n": 2, "sum": 20},
        {"from_class": "normal", "to_class": "substandard", "n": 1, "sum": 10},
        {"from_class": "normal", "to_class": "", "n": 5, "sum": 1},
        {"from_class": "", "to_class": "normal", "n": 7, "sum": 1},
        {"from_class": "doubtful", "to_class": "special_mention", "n": 1, "sum": 1},
    ]
    matrix = Matrix(date(2026, 10, 1), [date(2026, 10, 1)], moved)
    row = matrix.rows[0]
    assert [cell.share for cell in row.squares] == [Fraction(2, 3), 0, Fraction(1, 3), 0, 0]
    assert (row.left, row.notes, matrix.came, matrix.worse, matrix.better) == (5, 3, 7, 1, 1)


class Cohort:
    """A row of the vintages table."""

    def __init__(self, month: date, amount: int, late: list[tuple[int, int]]) -> None:
        self.month, self.amount, self.late_30, self.late_90 = month, amount, late, []


def test_an_age_counts_once_the_whole_quarter_has_reached_it() -> None:
    rows = [Cohort(date(2026, 1, 1), 100, [(2, 10), (5, 10)]), Cohort(date(2026, 3, 1), 300, [(3, 30)])]
    curve = Vintages(rows, "late_30", date(2026, 7, 31), {}).chart
    assert curve is not None
    assert curve.series[0].name == "2026 Q1"
    assert curve.series[0].values == (0.0, 0.0, 2.5, 10.0, 10.0, None, None)
    assert curve.series[1].values == (0.0, 0.0, 2.5, 10.0, 10.0, 20.0, 20.0)
    before = Vintages(rows, "late_30", date(2026, 7, 30), {}).chart
    assert before is not None
    assert before.series[0].values == (0.0, 0.0, 2.5, 10.0, None, None)
    assert Vintages(rows, "late_90", date(2026, 1, 30), {}).chart is None


def test_the_sentence_speaks_of_an_age_that_half_the_money_has_reached() -> None:
    rows = [Cohort(date(2026, 1, 1), 100, [(2, 10), (5, 10)]), Cohort(date(2026, 3, 1), 300, [(3, 30)])]
    with override("en"):
        told = Vintages(rows, "late_30", date(2026, 7, 31), {}).sentence
    assert told == "Of what was drawn at least 4 months ago, 10.0% were over 30 days late by then"


def test_the_reports_pages_open_in_both_languages(client_of: Callable[..., Any]) -> None:
    for page in ("overdue", "classes", "migration", "vintages", "concentration"):
        for language in ("zh-hans", "en"):
            answer = client_of("R1", **{"Accept-Language": language}).get(f"/loans/{page}/")
            assert answer.status_code == 200, page
    assert client_of("R1").get("/loans/overdue/?excel=1").status_code == 200
    assert client_of("T1").get("/loans/return/").status_code == 403


def test_sums_of_the_world_are_those_of_its_notes(scope_of: Callable[[str], Scope]) -> None:
    """Concentration by sector re-adds, and a manager sees only the own part of everything."""
    scope, mine = scope_of("R1"), scope_of("M1")
    with acting_as(scope):
        whole, shares = queries.whole(scope), queries.shares(scope, "sector")
        by_manager = defaultdict(int)
        for one in queries.notes(scope):
            by_manager[one.manager_id] += one.balance
    assert sum(one["balance"] for one in shares) == whole[1]
    with acting_as(mine):
        assert queries.whole(mine)[1] == by_manager["M1"]
        assert sum(one["balance"] for one in queries.shares(mine, "sector")) == by_manager["M1"]
