"""What the risk officer's pages need, read in the reader's scope and handed to `shown`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.kit.dates import month_label
from xiaoer.kit.money import short_amount
from xiaoer.kit.screens.listing import Listing
from xiaoer.loans import queries as loans
from xiaoer.loans.terms import RuleBook
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.shown import book_quality, class_desk, monthly_return, overdue
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.record import Tab

WANTED_SHOWN, CASES_SHOWN, ENDED_SHOWN = 50, 200, 20
MOST_NOTE_LINES = 1_000_000  # a sheet of Excel ends soon after


def places(here: str) -> list[Tab]:
    """The pages of the risk desk."""
    titles = {
        "due": _("Due this week"),
        "overdue": pgettext("place", "Overdue"),
        "classes": _("Classes"),
        "renewals": _("Renewals"),
        "checks": _("Checks"),
        "application-exceptions": _("Exceptions"),
        "migration": _("Migration"),
        "vintages": _("Vintages"),
        "concentration": _("Concentration"),
        "guarantees": _("Guarantees"),
        "plans": pgettext("risk", "Plans"),
    }
    return [Tab(title, reverse(name), name == here) for name, title in titles.items()]


def late_count(desk: Desk) -> int:
    """Notes past due, for the side."""
    return desk.remembered("notes late", lambda: loans.late(desk.scope).count())


def lends(desk: Desk) -> bool:
    """Whether any note is the reader's to see."""
    return desk.remembered("notes", lambda: loans.notes(desk.scope).exists())


def overdue_list(desk: Desk, asked: Mapping[str, str], views: Any) -> Listing:
    """Notes past due as a list."""
    known: dict[str, Any] = {}
    rows = loans.late(desk.scope)
    listing = Listing(overdue.overdue(lambda firm: _name(known, firm)), rows, asked, views)
    seen = {one.customer_id for one in (listing.found if asked.get("excel") else listing.page.object_list)}
    known.update(customers.firms_by_number(desk.scope, seen))
    return listing


def overdue_told(listing: Listing) -> overdue.Told:
    """The sentence over the list."""
    owed = sum(listing.found.values_list("balance", flat=True)) if listing.count <= WANTED_SHOWN else None
    if owed is None:
        owed = next((cell.value for cell in listing.totals if cell and cell.column.key == "balance"), 0)
    return overdue.told(listing.count, short_amount(int(str(owed or 0)), tongue()))


def class_page(desk: Desk) -> class_desk.ClassDesk:
    """Notes the rules ask another class for, changes on their way, changes ended."""
    scope, book = desk.scope, RuleBook.in_force(desk.today)
    cases = loans.cases(scope, at_most=CASES_SHOWN)
    busy = {held[0].note_id for held in cases if held[-1].step in class_desk.NEXT}
    differing = loans.differing(scope).exclude(note_id__in=busy)
    agreed = loans.decided(scope)
    settled = [one.note_id for one in differing.filter(note_id__in=[*agreed])
               if loans.class_in_force(one, agreed) == one.rule_class]  # fmt: skip
    asking = differing.exclude(note_id__in=settled)
    shown = list(asking.order_by("-days_past_due", "-balance", "note_id")[:WANTED_SHOWN])
    names = _names(desk, [*shown, *(held[0] for held in cases)])
    people = _people(desk, cases)
    told = [class_desk.Case(held, _name(names, held[0].customer_id), people, scope) for held in cases]
    wanted = [
        class_desk.Wanted(
            one, _name(names, one.customer_id), loans.class_in_force(one, agreed), book.article(one.rule)
        )
        for one in shown
    ]
    return class_desk.ClassDesk(wanted, asking.count(), class_desk.waiting(told), class_desk.ended(told)[:ENDED_SHOWN],
                                scope.may("class.make"), [class_desk.Rule(one) for one in book.rules])  # fmt: skip


def change_sheet(desk: Desk, note_id: str) -> class_desk.ChangeSheet:
    """What making a change shows; 404 for a note out of scope."""
    note = loans.note(desk.scope, note_id)
    if note is None:
        raise Http404
    names = _names(desk, [note])
    now = loans.in_force(desk.scope, [note])[note_id]
    article = RuleBook.in_force(desk.today).article(note.rule)
    return class_desk.ChangeSheet(note, _name(names, note.customer_id), now, article)


def case_sheet(desk: Desk, case: UUID) -> class_desk.Case:
    """A change with its hands so far; 404 for one out of scope."""
    held = loans.steps(desk.scope, [case])
    if not held:
        raise Http404
    names = _names(desk, held)
    return class_desk.Case(held, _name(names, held[0].customer_id), _people(desk, [held]), desk.scope)


def migration(desk: Desk, asked: str) -> book_quality.Matrix:
    """The matrix of a month, the latest where none is asked for."""
    known = loans.months(desk.scope)
    month = next((one for one in known if month_label(one) == asked), known[0] if known else None)
    return book_quality.Matrix(month, known, loans.moved(desk.scope, month) if month else [])


def vintages(desk: Desk, asked: Mapping[str, str]) -> book_quality.Vintages:
    """Cohorts, narrowed to a product, branch or manager."""
    rows = loans.vintages(desk.scope)
    choices = _vintage_choices(desk, rows, asked)
    for name in ("product_id", "branch_id", "manager_id"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    late = asked.get("late", "")
    return book_quality.Vintages(
        list(rows), late if late in {"late_30", "late_90"} else "late_30", desk.as_of, choices
    )


def concentration(desk: Desk) -> book_quality.Concentration:
    """The book by sector and group."""
    groups = loans.shares(desk.scope, "group")
    heads = customers.firms_by_number(desk.scope, {one["code"] for one in groups if one["code"]})
    names = {number: firm.name for number, firm in heads.items()}
    return book_quality.Concentration(loans.shares(desk.scope, "sector"), groups, names)


def the_return(desk: Desk) -> monthly_return.Return:
    """The sums of the monthly return."""
    agreed = loans.decided(desk.scope)
    notes = loans.notes(desk.scope).filter(note_id__in=[*agreed])
    decided = [(one, loans.class_in_force(one, agreed)) for one in notes]
    return monthly_return.Return(
        desk.as_of, loans.whole(desk.scope), loans.buckets(desk.scope), loans.book_classes(desk.scope), decided,
        loans.inclusive_firms(desk.scope), migration(desk, ""),
    )  # fmt: skip


def return_lines(desk: Desk) -> Iterator[monthly_return.Line]:
    """Each note once, for the return's last sheet; a book larger than a sheet is told of instead."""
    notes, _balance = loans.whole(desk.scope)
    if notes > MOST_NOTE_LINES:
        yield (_("More notes than a sheet takes: narrow the scope to a branch"),)
        return
    agreed = loans.decided(desk.scope)
    for one in loans.notes(desk.scope).order_by("note_id").iterator(chunk_size=2000):
        yield monthly_return.note_line(one, loans.class_in_force(one, agreed))


def _vintage_choices(desk: Desk, rows: Any, asked: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """What the vintages can be narrowed to, each with its words."""
    found = {name: sorted({*rows.order_by().values_list(name, flat=True).distinct()}) for name in
             ("product_id", "branch_id", "manager_id")}  # fmt: skip
    products = dict(loans.notes(desk.scope).order_by().values_list("product_id", "product").distinct())
    words = {
        "product_id": products,
        "branch_id": {one: branches.name_of_branch(desk.scope, one) for one in found["branch_id"]},
        "manager_id": branches.names_of_staff(desk.scope, set(found["manager_id"])),
    }
    return {
        name: [
            {"value": one, "words": words[name].get(one) or one, "here": asked.get(name) == one}
            for one in held
            if one
        ]
        for name, held in found.items()
    }


def _people(desk: Desk, cases: Iterable[Iterable[Any]]) -> Mapping[str, str]:
    return branches.names_of_staff(desk.scope, {one.staff_id for held in cases for one in held})


def _names(desk: Desk, rows: Iterable[Any]) -> Mapping[str, Any]:
    return customers.firms_by_number(desk.scope, {one.customer_id for one in rows})


def _name(known: Mapping[str, Any], customer_id: str) -> str:
    return str(known[customer_id].name) if customer_id in known else customer_id
