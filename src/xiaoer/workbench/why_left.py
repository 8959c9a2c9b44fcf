"""Why firms leave, gathered for the report and for the pages that show its short form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from xiaoer.branches import queries as branches
from xiaoer.events.departures import departures
from xiaoer.events.left import Tally, tallied
from xiaoer.events.models import Departure
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import left_report as shown


def report(desk: Desk, months: str = "", cut: str = "") -> shown.Left:
    """The reasons given in so many months up to today, in parts."""
    span, cut = span_of(months), cut if cut in shown.CUTS else "why"
    rows = list(said(desk, span))
    parts = tallied((_part(row, cut), row.why, row.amount) for row in rows)
    by_month = tallied((_month(row), row.why, row.amount) for row in rows)
    whole = tallied(("", row.why, row.amount) for row in rows).get("", Tally())
    named = places(desk, parts) if cut == "branch_id" else {}
    return shown.Left(months_back(desk.today, span), desk.today, span, cut, parts, whole, by_month, named)


def span_of(months: str) -> int:
    """So many months as an address asks for, else the usual span."""
    return int(months) if months in shown.SPANS else shown.USUAL_SPAN


def said(desk: Desk, span: int) -> QuerySet[Departure]:
    """What was said in so many months up to today."""
    return departures(desk.scope, months_back(desk.today, span), desk.today)


def months_back(today: date, months: int) -> date:
    """The first day of the month so many months make a span from, this one included."""
    number = today.year * 12 + today.month - months
    return date(number // 12, number % 12 + 1, 1)


def places(desk: Desk, codes: Iterable[str]) -> dict[str, str]:
    """Names of branches."""
    return {code: branches.name_of_branch(desk.scope, code) or code for code in codes}


def _part(row: Departure, cut: str) -> str:
    return _month(row) if cut == "month" else str(getattr(row, cut))


def _month(row: Departure) -> str:
    return f"{row.day:%Y-%m}"
