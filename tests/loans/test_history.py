"""Each change of bucket with what made it: the rules page's example, and every firm of a simulated bank."""

from collections import defaultdict
from datetime import date, timedelta

import pytest

from tests.loans.conftest import END, FIRMS, Bank
from xiaoer.kit.dates import from_day_number
from xiaoer.loans.night import at_least, spells
from xiaoer.loans.night.allocation import NEVER
from xiaoer.loans.rules.history import Cause, Stretch, changes, days_late, rule_of
from xiaoer.loans.terms import CURRENT, Buckets, RuleBook

BUCKETS, BOOK = Buckets.in_force(END), RuleBook.in_force(END)
#: Dues of 21 January, February, March; paid are 600 of 1,000 on 25 February and 1,400 on 30 March.
EXAMPLE = [Stretch("N1", date(2026, 2, 21), date(2026, 2, 22), date(2026, 3, 30))]


def told(rows: list[Stretch], today: date = END) -> list[tuple[date, int, int, Cause]]:
    return [(one.day, one.before, one.after, one.cause) for one in changes(rows, BUCKETS, today)]


def test_the_example_of_the_rules_page() -> None:
    assert told(EXAMPLE) == [
        (date(2026, 2, 22), 0, 1, Cause.UNPAID),
        (date(2026, 3, 24), 1, 31, Cause.OLDER),
        (date(2026, 3, 30), 31, 0, Cause.PAID),
    ]
    assert told(EXAMPLE, date(2026, 3, 29)) == told(EXAMPLE)[:2]
    assert [days_late(EXAMPLE, date(2026, 3, day)) for day in (23, 24, 29, 30)] == [30, 31, 36, 0]


def test_the_worst_of_several_notes_speaks_and_each_change_names_its_due() -> None:
    other = Stretch("N2", date(2026, 3, 21), date(2026, 3, 22), None)
    found = changes([*EXAMPLE, other], BUCKETS, date(2026, 4, 25))
    assert [(one.day, one.after, one.stretch.note_id, one.cause) for one in found] == [
        (date(2026, 2, 22), 1, "N1", Cause.UNPAID),
        (date(2026, 3, 24), 31, "N1", Cause.OLDER),
        (date(2026, 3, 30), 1, "N1", Cause.PAID),
        (date(2026, 4, 21), 31, "N2", Cause.OLDER),
    ]
    # N1's due was paid on 30 March, N2's of 21 March is the oldest still open.
    assert (found[2].left, found[2].days) == (other, 9)


@pytest.mark.parametrize(
    ("days", "rule"),
    [(0, None), (1, "overdue"), (90, "overdue"), (91, "overdue_90"), (271, "overdue_270"), (361, "overdue_360")],
)  # fmt: skip
def test_so_many_days_meet_a_rule(days: int, rule: str | None) -> None:
    found = rule_of(days, BOOK)
    assert (found.code if found else None) == rule


def _rows(bank: Bank, arrears: list[dict[str, int]]) -> list[tuple[str, Stretch]]:
    """Each stretch with its firm."""
    whose = {row["note_id"]: str(row["customer_id"]) for row in bank.rows("drawdown_notes")}
    return [
        (
            whose[row["note_id"]],
            Stretch(
                str(row["note_id"]),
                from_day_number(row["due_day"]),
                from_day_number(row["from_day"]),
                from_day_number(row["until_day"]) if row["until_day"] < NEVER else None,
            ),
        )
        for row in arrears
        if row["note_id"] in whose
    ]


@pytest.mark.slow
def test_changes_tell_the_same_as_the_nights_times(bank: Bank) -> None:
    """In and out of every bucket of every note and firm, told once by columns and once from each change."""
    found = bank.stretches(bank.table("repayments"))
    of_note, of_firm = defaultdict(list), defaultdict(list)
    for firm, one in _rows(bank, found.to_pylist()):
        of_note[one.note_id].append(one)
        of_firm[firm].append(one)
    whose = {note: firm for firm, held in of_firm.items() for note in {one.note_id for one in held}}
    arrears = bank.engine.table(found)
    by_note = defaultdict(set)
    for row in bank.collected(spells(arrears, bank.bands, bank.today)).to_pylist():
        by_note[row["note_id"]].add(_in_and_out(row))
    assert len(of_note) > FIRMS / 20
    for note, held in of_note.items():
        assert _stays(held, exact=True) == by_note[note], note
    owned = bank.engine.table(
        found.append_column("customer_id", [[whose.get(one) for one in found["note_id"].to_pylist()]])
    )
    by_firm = defaultdict(set)
    for row in bank.collected(at_least(owned, bank.bands, bank.today)).to_pylist():
        by_firm[row["customer_id"]].add(_in_and_out(row))
    for firm, held in of_firm.items():
        assert _stays(held, exact=False) == by_firm[firm], firm


def _in_and_out(row: dict[str, int]) -> tuple[int, date, date | None]:
    out = row["out_day"]
    return row["floor"], from_day_number(row["in_day"]), from_day_number(out) if out else None


def _stays(held: list[Stretch], *, exact: bool) -> set[tuple[int, date, date | None]]:
    """Times in each bucket (exact), or in it or a worse one, followed from change to change."""
    entered: dict[int, date] = {}
    done = set()
    for one in changes(held, BUCKETS, END):
        now = {one.after} - {CURRENT} if exact else {floor for floor in BUCKETS.floors if floor <= one.after}
        for floor in set(entered) - now:
            done.add((floor, entered.pop(floor), one.day))
        for floor in now - set(entered):
            entered[floor] = one.day
    return done | {(floor, day, None) for floor, day in entered.items()}


def test_a_due_reached_long_after_counts_from_the_day_it_became_the_oldest() -> None:
    """A correction may make an old due the oldest open one late: it starts where it stands, in its own bucket."""
    late = Stretch("N1", date(2026, 1, 21), date(2026, 4, 1), None)
    assert told([late], date(2026, 4, 2)) == [(date(2026, 4, 1), 0, 61, Cause.UNPAID)]
    assert days_late([late], date(2026, 3, 31)) == 0 and late.days(date(2026, 4, 1)) == 70
    assert timedelta(days=70) == date(2026, 4, 1) - late.due
