"""What each page needs, read in the reader's scope and handed to `shown`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiaoer.applications import measuring, queries
from xiaoer.applications.actions.acting import actor_of
from xiaoer.applications.appraisal.rules import appraised, draft
from xiaoer.applications.appraisal.terms import Bounds, Inputs
from xiaoer.applications.models import Application
from xiaoer.applications.reader import Reader, tongue
from xiaoer.applications.rules import waited
from xiaoer.applications.shown import flows, lists
from xiaoer.applications.shown.after import CoreTold, Looked
from xiaoer.applications.shown.bottleneck import Bottleneck
from xiaoer.applications.shown.record import ApplicationPage, missing_words
from xiaoer.applications.shown.standing import Where
from xiaoer.applications.shown.worksheet import Worksheet, of_version
from xiaoer.applications.terms import ENDED, OPEN, Clocks
from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.evidence.queries import photos
from xiaoer.evidence.shown import shown
from xiaoer.evidence.terms import Subject
from xiaoer.kit.scope import Scope
from xiaoer.kit.screens.listing import Listing
from xiaoer.loans import queries as loans

ROWS_LOOKED_AT = 2_000  # of each kind, the oldest first; a head office has a list to sift instead


def where(reader: Reader) -> Where:
    """Applications on their way, with their missing papers."""
    here = queries.applications(reader.scope).filter(stage__in=list(OPEN)).order_by("stage_since_at", "pk")
    theirs = queries.brought(reader.scope).exclude(stage__in=list(ENDED)).order_by("received_date", "pk")
    shown, told = list(here[:ROWS_LOOKED_AT]), list(theirs[:ROWS_LOOKED_AT])
    numbers = {row.customer_id for row in shown} | {row.customer_id for row in told}
    return Where(
        reader,
        shown,
        told,
        customers.firms_by_number(reader.scope, numbers),
        queries.checklists(reader.scope, shown, reader.today),
        {row.application_id: queries.brought_items(reader.scope, row, reader.today) for row in told},
        queries.exemptions_waiting(reader.scope).count(),
    )


def here(reader: Reader, asked: Mapping[str, str]) -> Listing:
    """Applications begun here, as a list."""
    firms: dict[str, Any] = {}
    items: dict[int, Any] = {}
    clocks = Clocks.in_force(reader.today)
    cores: dict[int, queries.Core] = {}

    def core(row: Application) -> str:
        return CoreTold(cores[row.pk], row, str).said if row.pk in cores else ""

    def wait(row: Application) -> int | None:
        return None if row.stage in ENDED else waited(row.stage_since_at, reader.now, clocks) // 60

    def missing(row: Application) -> str:
        return "" if row.stage in ENDED else missing_words(items.get(row.pk, ()))

    table = lists.here(lambda row: _name(firms, row), missing, wait, core)
    listing = Listing(table, queries.applications(reader.scope), asked)
    rows = list(listing.found if asked.get("excel") else listing.page.object_list)
    firms.update(customers.firms_by_number(reader.scope, {row.customer_id for row in rows}))
    items.update(queries.checklists(reader.scope, rows, reader.today))
    cores.update(queries.core_states(reader.scope, rows, reader.as_of))
    return listing


def theirs(reader: Reader, asked: Mapping[str, str]) -> Listing:
    """Applications of the bank's files, as a list."""
    firms: dict[str, Any] = {}

    def missing(row: Any) -> str:
        return (
            ""
            if row.stage in ENDED
            else missing_words(queries.brought_items(reader.scope, row, reader.today))
        )

    listing = Listing(
        lists.brought(lambda row: _name(firms, row), missing), queries.brought(reader.scope), asked
    )
    rows = list(listing.found if asked.get("excel") else listing.page.object_list)
    firms.update(customers.firms_by_number(reader.scope, {row.customer_id for row in rows}))
    return listing


def bottleneck(reader: Reader, by: measuring.By) -> Bottleneck:
    """Where time goes."""
    scope, today = reader.scope, reader.today
    clocks = Clocks.in_force(today)
    names = dict(branches.branches(scope).values_list("branch_id", "name"))
    return Bottleneck(
        clocks,
        by,
        measuring.waiting_by_stage(scope, today, clocks),
        measuring.waiting_by(scope, today, clocks, by),
        measuring.work_by_stage(scope, today),
        measuring.told_by(scope, today, by),
        names,
    )


def page(reader: Reader, application_id: int) -> ApplicationPage | None:
    """One application with all that belongs to it, or None when it is not the reader's."""
    found = queries.application(reader.scope, application_id)
    if found is None:
        return None
    scope, one = reader.scope, {found.pk}
    steps, papers = list(queries.steps(scope, one)), list(queries.papers(scope, one))
    asked, drawn_up = list(queries.exemptions(scope, one)), list(queries.appraisals(scope, one))
    rows: list[Any] = [*steps, *papers, *asked, *drawn_up]
    core = queries.core_states(scope, [found], reader.as_of).get(found.pk)
    people = {row.staff_id for row in rows} | {row.answered_by for row in asked}
    people |= {core.explained.staff_id} if core and core.explained else set()
    return ApplicationPage(
        application=found,
        firm=customers.firm(scope, found.customer_id),
        reader=reader,
        actor=actor_of(scope, reader.today),
        standing=queries.standing(scope, found, reader.today),
        steps=steps,
        papers=papers,
        exemptions=asked,
        appraisals=drawn_up,
        photos=photos(scope, Subject.PAPER, [one.pk for one in papers]),
        core=core,
        checks=_checks(scope, core),
        people=branches.names_of_staff(scope, people | {found.manager_id}),
        branch=branches.name_of_branch(scope, found.branch_id),
    )


def _checks(scope: Scope, core: queries.Core | None) -> list[Looked]:
    """What people found on the note of a drawdown, with their photos."""
    made = loans.checks_made(scope, core.found.note_id) if core and core.found else []
    pictures = photos(scope, Subject.CHECK, [one.pk for one in made])
    people = branches.names_of_staff(scope, {one.staff_id for one in made})
    return [
        Looked(one, people.get(one.staff_id, one.staff_id), shown(pictures.get(str(one.pk), ()), people))
        for one in made
    ]


def differences(reader: Reader) -> list[dict[str, Any]]:
    """Drawdowns that the bank's files tell otherwise, or not at all, with their firm."""
    found = queries.amiss(reader.scope, reader.as_of, at_most=ROWS_LOOKED_AT)
    firms = customers.firms_by_number(reader.scope, {one.customer_id for one, _ in found})
    return [
        {"application": one, "firm": firms.get(one.customer_id), "core": CoreTold(core, one, str)}
        for one, core in found
    ]


def exceptions(reader: Reader) -> list[dict[str, Any]]:
    """What waits for an answer, with its firm and whoever asked."""
    waiting = list(queries.exemptions_waiting(reader.scope)[:ROWS_LOOKED_AT])
    firms = customers.firms_by_number(reader.scope, {one.customer_id for one in waiting})
    people = branches.names_of_staff(reader.scope, {one.staff_id for one in waiting})
    return [
        {
            "exemption": one,
            "firm": firms.get(one.customer_id),
            "asked_by": people.get(one.staff_id, one.staff_id),
        }
        for one in waiting
    ]


def worksheet(reader: Reader, found: Application, inputs: Inputs | None = None) -> Worksheet:
    """The latest version, the given inputs, or a first draft from what the bank's files tell."""
    last = queries.appraisals(reader.scope, {found.pk}).last()
    if inputs is None and last is not None:
        return of_version(last)
    given = inputs or drafted(reader, found)
    return Worksheet(given, appraised(given, Bounds.in_force(reader.today)), last.version if last else 0)


def drafted(reader: Reader, found: Application) -> Inputs:
    """The first draft for an application's firm."""
    told = queries.four_flows(reader.scope, found.customer_id)
    return draft(told.known if told else {}, found.amount, found.term_months)


def beside_the_firm(reader: Reader, customer_id: str) -> dict[str, Any]:
    """What a firm's page shows of this room: its four flows and its applications."""
    told = queries.four_flows(reader.scope, customer_id)
    return {
        "flows": flows.shown(told),
        "applications": list(queries.applications_of(reader.scope, customer_id)[:5]),
        "brought": list(
            queries.brought(reader.scope).filter(customer_id=customer_id).order_by("-received_date", "pk")[:5]
        ),
        "language": tongue(),
    }


def _name(firms: Mapping[str, Any], row: Any) -> str:
    firm = firms.get(row.customer_id)
    return firm.name if firm else row.customer_id
