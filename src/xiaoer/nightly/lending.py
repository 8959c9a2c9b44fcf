"""Loans: money against dues, arrears from the first day, classes on month-ends and tonight, the reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame, Hold
from xiaoer.kit.tables.expressions import day_no, whole
from xiaoer.loans.night import (
    Known,
    at_least,
    bands,
    changes,
    classified,
    debtors,
    elsewhere_on,
    first_told,
    gathered,
    graded,
    lives,
    migration,
    noted,
    served,
    spells,
    stretches,
    unmarked,
    watched,
    watches,
)
from xiaoer.loans.night.allocation import NEVER
from xiaoer.loans.night.reports import began, cohorts, concentration, inclusive, ripened
from xiaoer.loans.terms import AssetClass, Buckets, Inclusive, RuleBook
from xiaoer.nightly.run import Night
from xiaoer.sources.contracts import contract

MONTHS_BACK = 12
LATE_FROM = {"late_30": 31, "late_90": 91}  # what vintages count
PLAN_DAYS = 366  # of a note's plan, so far back and ahead
DUES = (
    "note_id", "instalment", "due_date", "principal", "interest", "paid_principal", "paid_interest", "paid_date",
)  # fmt: skip
PAID = ("note_id", "instalment", "repaid_date", "principal", "interest", "early")
NOTE = ("note_id", "customer_id", "contract_id", "asset_class", "balance")
TOLD = (
    "product_id", "amount", "overdue_principal", "overdue_interest", "drawn_date", "due_date", "next_due_date", "rate",
    "days_past_due", "classification",
)  # fmt: skip
COUNTED = ("old_for_new", "restructured_again", "bankrupt", "uncured", "cured", "observed", "grade")
KNOWN = ("asset_class", *COUNTED, "oldest_due_day", "last_late_day", "rule", "began_day")
BOOK = (
    *NOTE, "on_day", "month", "old_for_new", "restructured_again", "late_days", "oldest_due_day", "last_late_day",
    "bankrupt", "uncured", "cured", "observed", "grade", "rule", "began_day", "branch_id", "manager_id",
)  # fmt: skip
TERMS = ("repayment_method", "security")
PLANNED = ("instalment", "due_date", "principal", "interest", "paid_date")
GROUP = "group"


def loans(night: Night) -> None:
    """Arrears with their history, classes on month-ends and tonight, the book, the reports.

    note_classes holds the notes something is known of on a day; all others on the book are normal, by no rule.
    """
    arrears, books = _arrears(night), Books.of(night)
    told = lives(books.snapshots, night.delivered("drawdown_notes"), books.ends, books.months)
    drawn = night.keep("notes_drawn", told.join(night.made("portfolio"), on="customer_id", how="inner"))
    _times(night, arrears, drawn)
    classes = _classes(night, books, _known(night, arrears))
    grades = night.keep("note_grades", graded(drawn, classes, books.months))
    night.keep("class_changes", changes(grades, classes, books.days))
    night.keep("migration", migration(grades, books.months))
    _tonight(night, classes)
    _reports(night, drawn, arrears)


@dataclass(frozen=True)
class Books:
    """The books that are judged: the last snapshot of each of the months before, by month number, and tonight's."""

    snapshots: Frame
    ends: dict[int, date]
    tonight: date

    @classmethod
    def of(cls, night: Night) -> Self:
        """As far back as snapshots were delivered, at most so many months."""
        schema = contract("drawdown_notes").schema
        snapshots = night.lake.snapshots(schema, night.business_date, night.engine)
        days = night.engine.collect(snapshots.select("business_date").unique())["business_date"].to_pylist()
        now = _month(night.business_date)
        ends = {_month(day): day for day in sorted(days) if now - MONTHS_BACK <= _month(day) < now}
        return cls(snapshots, ends, night.business_date)

    @property
    def months(self) -> list[int]:
        """Month numbers without a gap, tonight's the last."""
        now = _month(self.tonight)
        return list(range(min(self.ends, default=now), now + 1))

    @property
    def days(self) -> dict[int, int]:
        """The day number each month is judged on."""
        days = self.ends | {_month(self.tonight): self.tonight}
        return {month: day_number(day) for month, day in days.items()}

    def notes(self, tonight: Frame, table: Callable[[pa.Table], Frame]) -> Frame:
        """The notes with a balance on each of these days; `table` lays rows of ours beside the bank's."""
        now, days = _month(self.tonight), self.days
        past = pa.table(
            {
                "business_date": pa.array(self.ends.values(), pa.date32()),
                "on_day": pa.array([days[month] for month in self.ends], pa.int64()),
                "month": pa.array(self.ends, pa.int64()),
            }
        )
        then = self.snapshots.join(table(past), on="business_date", how="inner")
        here = {"on_day": nw.lit(days[now]).cast(nw.Int64), "month": nw.lit(now).cast(nw.Int64)}
        columns = (*NOTE, "on_day", "month")
        both = nw.concat([then.select(*columns), tonight.with_columns(**here).select(*columns)])
        return both.filter(nw.col("balance") > 0)


def _classes(night: Night, books: Books, known: Known) -> Frame:
    """What is known of notes on the days of all books, and the class by it."""
    rules, schedules = RuleBook.in_force(night.business_date), night.delivered("schedules")
    notes, debts = (
        books.notes(night.delivered("drawdown_notes"), night.engine.table),
        night.delivered("other_bank_debts"),
    )
    days = night.engine.table(pa.table({"on_day": pa.array(sorted(books.days.values()), pa.int64())}))
    mixed = night.keep("note_mixed", unmarked(notes))
    weighty = night.keep("note_debtors", debtors(notes, mixed, known, debts))
    told = night.keep("note_told", gathered(noted(notes, known, weighty), known, days))
    watching = night.keep("note_watches", watches(told, schedules, rules))
    ended = night.keep("note_watched", served(watching, schedules, rules))
    owed = elsewhere_on(debts.join(weighty, on="customer_id", how="semi"), days)
    judged = classified(watched(told, ended, rules), owed, rules)
    whose = night.made("portfolio")
    lasting = judged.with_columns(began_day=whole(began(rules))).join(whose, on="customer_id", how="inner")
    return night.keep("note_classes", lasting)


def _arrears(night: Night) -> Frame:
    """Every due that was ever the oldest one open, told range by range of notes."""
    plans, paid = night.lines("schedules").select(*DUES), night.lines("repayments").select(*PAID)
    first = night.engine.collect(first_told(night.delivered("repayments")))["first_day"][0].as_py()
    today, begins = night.on.today, NEVER if first is None else first

    def work(lines: Mapping[str, Frame], hold: Hold) -> dict[str, Frame]:
        return {"arrears": stretches(lines["plans"], lines["paid"], today, begins, hold)}

    night.keep_by_note({"plans": plans, "paid": paid}, work, ["arrears"])
    return night.made("arrears")


def _known(night: Night, arrears: Frame) -> Known:
    return Known(
        night.delivered("loan_contracts"),
        night.delivered("schedules"),
        arrears,
        night.delivered("public_records"),
    )


def _times(night: Night, arrears: Frame, drawn: Frame) -> None:
    """When notes and firms entered and left each bucket."""
    floors = bands(night.engine.table, Buckets.in_force(night.business_date).floors)
    whose = drawn.select("note_id", "customer_id")
    owned = arrears.join(whose, on="note_id", how="inner")
    told = spells(arrears, floors, night.on.today).join(whose, on="note_id", how="inner")
    night.keep("note_spells", told)
    night.keep("firm_spells", at_least(owned, floors, night.on.today))


def _tonight(night: Night, classes: Frame) -> None:
    """The book tonight, a row per note with what the bank says of it and what the rules say, and its plans."""
    notes = night.delivered("drawdown_notes").filter(nw.col("balance") > 0)
    told = notes.join(night.made("portfolio"), on="customer_id", how="inner")
    limits = inclusive(
        told, night.delivered("credit_lines"), _sized(night), Inclusive.in_force(night.business_date)
    )
    book = _ruled(told, classes, night).join(limits, on="customer_id", how="left")
    mine = night.keep("loan_book", book.select(*BOOK, *TOLD, *TERMS, "credit_limit", "counts"))
    due = nw.col("due_date")
    first, last = (night.business_date + timedelta(days) for days in (-PLAN_DAYS, PLAN_DAYS))
    near = night.delivered("schedules").filter(due >= nw.lit(first), due <= nw.lit(last))
    plans = near.join(mine.select("note_id", "customer_id"), on="note_id", how="inner")
    night.keep("note_plans", plans.select("customer_id", "note_id", *PLANNED))


def _ruled(notes: Frame, classes: Frame, night: Night) -> Frame:
    """Tonight's notes with what the rules say; of whom nothing is known, that."""
    on = night.on.today
    mine = classes.filter(nw.col("on_day") == on).select("note_id", *KNOWN, late_days=nw.col("days_past_due"))
    mine = mine.with_columns(known_class=nw.col("asset_class")).drop("asset_class")
    terms = night.delivered("loan_contracts").select(
        "contract_id", *TERMS, contract_class=nw.col("asset_class")
    )
    both = notes.join(mine, on="note_id", how="left").join(terms, on="contract_id", how="left")
    quiet = {name: nw.coalesce(nw.col(name), nw.lit(0)) for name in ("late_days", *COUNTED)}
    marks = (nw.col(name) for name in ("known_class", "asset_class", "contract_class"))
    return both.with_columns(
        on_day=nw.lit(on).cast(nw.Int64),
        month=nw.lit(_month(night.business_date)).cast(nw.Int64),
        asset_class=nw.coalesce(*marks, nw.lit(AssetClass.NON_RETAIL.value)),
        rule=nw.coalesce(nw.col("rule"), nw.lit("")),
        began_day=nw.coalesce(nw.col("began_day"), nw.lit(on)),
        **quiet,
    )


def _sized(night: Night) -> Frame:
    sizes = night.made("segments").select("customer_id", "size_class")
    return (
        night.delivered("customers").select("customer_id", "kind").join(sizes, on="customer_id", how="left")
    )


def _reports(night: Night, drawn: Frame, arrears: Frame) -> None:
    night.keep("cohorts", cohorts(drawn))
    first = drawn.select(day=day_no("drawn_date").min())
    calendar = night.engine.table(_calendar(night, night.engine.collect(first)["day"][0].as_py()))
    for name, floor in LATE_FROM.items():
        night.keep(f"vintage_{name}", ripened(drawn, arrears, calendar, floor, night.on.today))
    now = night.made("loan_book").select(
        "customer_id", "note_id", "balance", "grade", "branch_id", "manager_id"
    )
    letter = nw.coalesce(nw.col("industry_code"), nw.lit("")).str.slice(0, 1)
    sectors = night.delivered("customers").select("customer_id", code=letter)
    shares = [concentration(now, sectors, "sector"), concentration(now, _groups(night), GROUP)]
    night.keep("concentration_loans", nw.concat(shares))


def _groups(night: Night) -> Frame:
    """customer_id and the head of its group, the smallest number where the bank names several."""
    ties = night.delivered("relationships").filter(nw.col("kind") == GROUP)
    members = [
        ties.select(customer_id=nw.col("to_id"), code=nw.col("from_id")),
        ties.select(customer_id=nw.col("from_id"), code=nw.col("from_id")),
    ]
    return nw.concat(members).group_by("customer_id").agg(nw.col("code").min().alias("code"))


def _calendar(night: Night, first: int | None) -> pa.Table:
    """The month number of every day from the first drawing to tonight."""
    days = range(first if first is not None else night.on.today, night.on.today + 1)
    months = [_month(date.fromordinal(day + date(1970, 1, 1).toordinal())) for day in days]
    return pa.table({"day": pa.array(days, pa.int64()), "month": pa.array(months, pa.int64())})


def _month(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1
