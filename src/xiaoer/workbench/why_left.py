"""Why firms leave, gathered for the report and for the pages that show its short form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth

from xiaoer.branches import queries as branches
from xiaoer.events.departures import departures
from xiaoer.events.left import Tally, tallied
from xiaoer.events.models import Departure
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import left_report as shown

Counted = tuple[str, str, tuple[str, int, int]]  # month, part; reason, firms, fen a year


def report(desk: Desk, months: str = "", cut: str = "") -> shown.Left:
    """The reasons given in so many months up to today, in parts."""
    span, cut = span_of(months), cut if cut in shown.CUTS else "why"
    rows = _counted(said(desk, span), cut)
    parts = tallied((month if cut == "month" else part, *told) for month, part, told in rows)
    by_month = tallied((month, *told) for month, _part, told in rows)
    whole = tallied(("", *told) for _month, _part, told in rows).get("", Tally())
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
    """Names of branches, in the order of the codes; an unknown one is called by its code."""
    asked = list(codes)
    found = branches.branches(desk.scope).filter(branch_id__in=asked)
    named = dict(found.values_list("branch_id", "name"))
    return {code: named.get(code) or code for code in asked}


def _counted(rows: QuerySet[Departure], cut: str) -> list[Counted]:
    by = F("why" if cut == "month" else cut)
    grouped = rows.order_by().values(month=TruncMonth("day"), part=by, reason=F("why"))
    counted = grouped.annotate(firms=Count("pk"), brought=Sum("amount"))
    told = counted.values_list("month", "part", "reason", "firms", "brought")
    return [(f"{month:%Y-%m}", part, (why, firms, brought)) for month, part, why, firms, brought in told]
