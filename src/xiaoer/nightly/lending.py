"""Loans: money against dues, arrears from the first day, classes on month-ends and tonight, the reports."""

from collections.abc import Mapping
from datetime import date

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame, Hold
from xiaoer.kit.tables.expressions import day_no, whole
from xiaoer.loans.night import (
    Known,
    at_least,
    bands,
    classified,
    elsewhere_on,
    first_told,
    gathered,
    served,
    spells,
    stretches,
    watched,
    watches,
)
from xiaoer.loans.night.allocation import NEVER
from xiaoer.loans.night.reports import began, changes, cohorts, concentration, inclusive, migration, ripened
from xiaoer.loans.terms import Buckets, Inclusive, RuleBook
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
PLANNED = ("instalment", "due_date", "principal", "interest", "paid_date")
GROUP = "group"


def loans(night: Night) -> None:
    """Tables of the night: arrears, note_spells, firm_spells, note_classes, class_changes, loan_book, and reports."""
    book = RuleBook.in_force(night.business_date)
    arrears = _arrears(night)
    drawn = night.keep("notes_drawn", _drawn(night))
    _times(night, arrears, drawn)
    books = night.keep("note_months", _books(night))
    told = night.keep("note_told", gathered(books, _known(night, arrears)))
    watching = night.keep("note_watches", watches(told, night.delivered("schedules"), book))
    ended = night.keep("note_watched", served(watching, night.delivered("schedules"), book))
    facts = night.keep("note_facts", watched(told, ended, book))
    debts = elsewhere_on(night.delivered("other_bank_debts"), facts.select("on_day").unique())
    judged = classified(facts, debts, book).with_columns(began_day=whole(began(book)))
    classes = night.keep("note_classes", judged.join(night.made("portfolio"), on="customer_id", how="inner"))
    night.keep("class_changes", changes(classes))
    _tonight(night, classes)
    _reports(night, classes, drawn, arrears)


def _arrears(night: Night) -> Frame:
    """Every due that was ever the oldest one open, told range by range of notes."""
    plans, paid = night.delivered("schedules").select(*DUES), night.delivered("repayments").select(*PAID)
    first = night.engine.collect(first_told(paid))["first_day"][0].as_py()
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


def _drawn(night: Night) -> Frame:
    """Every note a snapshot ever told of, those settled long ago included, with whose firm it was."""
    schema = contract("drawdown_notes").schema
    told = night.lake.snapshots(schema, night.business_date, night.engine)
    names = ("customer_id", "product_id", "amount", "drawn_date")
    once = told.group_by("note_id").agg(*(nw.col(name).max().alias(name) for name in names))
    return once.join(night.made("portfolio"), on="customer_id", how="inner")


def _times(night: Night, arrears: Frame, drawn: Frame) -> None:
    """When notes and firms entered and left each bucket."""
    floors = bands(night.engine.table, Buckets.in_force(night.business_date).floors)
    whose = drawn.select("note_id", "customer_id")
    owned = arrears.join(whose, on="note_id", how="inner")
    told = spells(arrears, floors, night.on.today).join(whose, on="note_id", how="inner")
    night.keep("note_spells", told)
    night.keep("firm_spells", at_least(owned, floors, night.on.today))


def _books(night: Night) -> Frame:
    """Notes with a balance: tonight's, and those of the last snapshot of each of the months before."""
    on = night.on.today
    tonight = night.delivered("drawdown_notes").with_columns(
        on_day=nw.lit(on), month=nw.lit(_month(night.business_date))
    )
    parts = [tonight]
    snapshots = night.lake.snapshots(contract("drawdown_notes").schema, night.business_date, night.engine)
    for day in _month_ends(night, snapshots):
        kept = snapshots.filter(nw.col("business_date") == nw.lit(day))
        parts.append(kept.with_columns(on_day=nw.lit(day_number(day)), month=nw.lit(_month(day))))
    columns: list[str | nw.Expr] = [*NOTE, nw.col("on_day").cast(nw.Int64), nw.col("month").cast(nw.Int64)]
    return nw.concat([part.filter(nw.col("balance") > 0).select(*columns) for part in parts])


def _month_ends(night: Night, snapshots: Frame) -> list[date]:
    """The last day told of in each of the months before this one."""
    rows = night.engine.collect(snapshots.select("business_date").unique())["business_date"].to_pylist()
    now = _month(night.business_date)
    last = {_month(day): day for day in sorted(rows) if now - MONTHS_BACK <= _month(day) < now}
    return sorted(last.values())


def _tonight(night: Night, classes: Frame) -> None:
    """The book tonight, a row per note with what the bank says of it and what the rules say, and its plans."""
    mine = classes.filter(nw.col("on_day") == night.on.today).rename({"days_past_due": "late_days"})
    told = night.delivered("drawdown_notes").join(mine.select("note_id"), on="note_id", how="semi")
    limits = inclusive(
        told, night.delivered("credit_lines"), _sized(night), Inclusive.in_force(night.business_date)
    )
    details = told.select("note_id", *TOLD)
    terms = night.delivered("loan_contracts").select("contract_id", "repayment_method", "security")
    book = mine.join(details, on="note_id", how="inner").join(terms, on="contract_id", how="left")
    night.keep("loan_book", book.join(limits, on="customer_id", how="left"))
    due = day_no("due_date")
    near = night.delivered("schedules").filter(
        due >= night.on.today - PLAN_DAYS, due <= night.on.today + PLAN_DAYS
    )
    plans = near.join(mine.select("note_id", "customer_id"), on="note_id", how="inner")
    night.keep("note_plans", plans.select("customer_id", "note_id", *PLANNED))


def _sized(night: Night) -> Frame:
    sizes = night.made("segments").select("customer_id", "size_class")
    return (
        night.delivered("customers").select("customer_id", "kind").join(sizes, on="customer_id", how="left")
    )


def _reports(night: Night, classes: Frame, drawn: Frame, arrears: Frame) -> None:
    night.keep("migration", migration(classes))
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
