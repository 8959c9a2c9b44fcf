"""The daily report: contacts planned, made, reached, won, and what they brought against what was expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from xiaoer.branches import queries as branches
from xiaoer.contacts import queries as contacts
from xiaoer.contacts.models import Contact
from xiaoer.contacts.terms import outcomes
from xiaoer.events.rulebook import titles
from xiaoer.kit.scope import POOL
from xiaoer.offers.queries import planned_between
from xiaoer.workbench.belonging import families_of
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import contact_report as shown
from xiaoer.workbench.shown.drawings import tongue

WON = "accepted"
TREND_DAYS = 14
CUTS = ("manager_id", "branch_id", "rule", "family", "channel")
FAMILY = "family"


@dataclass(frozen=True)
class Span:
    """The days a report is about, both ends included."""

    name: str  # day | week | month
    first: date
    last: date

    @classmethod
    def of(cls, name: str, day: date) -> Span:
        if name == "week":
            monday = day - timedelta(days=day.weekday())
            return cls(name, monday, monday + timedelta(days=6))
        if name == "month":
            first = day.replace(day=1)
            return cls(name, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
        return cls("day", day, day)

    @property
    def before(self) -> date:
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)


def asked(desk: Desk, told: Mapping[str, str]) -> Span:
    """The span an address asks for; without one the last day on which anything was planned or made."""
    try:
        day = date.fromisoformat(told.get("day", ""))
    except ValueError:
        day = _last_day(desk)
    return Span.of(told.get("span", ""), day)


def _last_day(desk: Desk) -> date:
    """The last day of a contact; before the first one, the day the lists are for."""
    had = made(desk, Span("", date.min, desk.today)).order_by("-day").values_list("day", flat=True).first()
    listed = planned_between(desk.scope, date.min, date.max).order_by("-day").values_list("day", flat=True)
    return had or listed.first() or desk.today


def made(desk: Desk, span: Span) -> QuerySet[Contact]:
    """Contacts had in a span, in scope."""
    return contacts.contacts_between(desk.scope, span.first, span.last)


def page(desk: Desk, span: Span, cut: str) -> shown.Report:
    """The report of a span, cut by manager, branch, rule, family or way."""
    cut = cut if cut in CUTS else ("manager_id" if len(desk.scope.managers) != 1 else "rule")
    rows = _sums(desk, span, cut)
    named = titles_of(desk, cut, rows)
    lines = sorted((shown.Line(code, named.get(code, code), one) for code, one in rows.items()),
                   key=lambda line: (-line.sums.planned - line.sums.made, line.title))  # fmt: skip
    whole = shown.added(rows.values())
    return shown.Report(span, cut, lines, whole, _trend(desk, span), desk.today)


def _sums(desk: Desk, span: Span, cut: str) -> dict[str, shown.Sums]:
    field = "rule" if cut == FAMILY else cut
    found: dict[str, shown.Sums] = defaultdict(shown.Sums)
    planned_field = "kind" if cut == "channel" else field
    for row in (
        planned_between(desk.scope, span.first, span.last)
        .order_by()
        .values(planned_field)
        .annotate(n=Sum("lines"), minutes_planned=Sum("minutes"), hoped=Sum("expected_return"))
    ):
        found[row[planned_field]] = replace(
            found[row[planned_field]], planned=row["n"], planned_return=row["hoped"]
        )
    for row in _made_by(made(desk, span), field):
        found[row[field]] = replace(found[row[field]], **_told(row))
    return _by_family(desk, found) if cut == FAMILY else dict(found)


def _made_by(rows: QuerySet[Contact], *by: str) -> Iterable[Mapping[str, Any]]:
    reached = [code for code, one in outcomes().items() if one.reached]
    return rows.order_by().values(*by).annotate(
        made=Count("pk"), reached=Count("pk", filter=Q(outcome__in=reached)), won=Count("pk", filter=Q(outcome=WON)),
        spent=Sum("minutes"), expected=Sum("expected_return"), brought=Sum("worth", filter=Q(outcome=WON)),
        unsaid=Count("pk", filter=Q(outcome=WON, worth=None)),
    )  # fmt: skip


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: row[one.name] or 0 for one in fields(shown.Sums) if one.name in row}


def _by_family(desk: Desk, rules: Mapping[str, shown.Sums]) -> dict[str, shown.Sums]:
    """Rules of one family together; a rule without one stands for itself."""
    families = families_of(desk.scope, rules, desk.today)
    found: dict[str, shown.Sums] = defaultdict(shown.Sums)
    for rule, sums in rules.items():
        family = families[rule]
        found[family.name if family else rule] = shown.added([found[family.name if family else rule], sums])
    return dict(found)


def titles_of(desk: Desk, cut: str, rows: Mapping[str, Any]) -> dict[str, str]:
    """What the parts of a cut are called."""
    if cut == "manager_id":
        named = dict(branches.names_of_staff(desk.scope, set(rows)))
        pools = [code for code in rows if code.startswith(POOL)]
        called = {code: branches.name_of_branch(desk.scope, code.removeprefix(POOL)) for code in pools}
        return named | {code: shown.pool(name) for code, name in called.items()}
    if cut == "branch_id":
        return {code: branches.name_of_branch(desk.scope, code) or code for code in rows}
    return shown.titles(cut, rows, titles(desk.scope, tongue()))


def _trend(desk: Desk, span: Span) -> Any:
    """Fourteen days up to the span's end, one step a day; of a month all of its days."""
    last = span.last
    first = span.first if span.name == "month" else last - timedelta(days=TREND_DAYS - 1)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    planned = dict(
        planned_between(desk.scope, first, last).order_by().values_list("day").annotate(n=Sum("lines"))
    )
    had = {row["day"]: row for row in _made_by(made(desk, Span("", first, last)), "day")}
    return shown.trend(days, planned, had)
