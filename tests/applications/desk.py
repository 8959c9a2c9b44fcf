"""The sample world's people at work on one application, by the room's own actions."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from tests.world import BUSINESS_DATE, placements
from xiaoer.applications import actions
from xiaoer.applications.actions.papers import Handed
from xiaoer.applications.appraisal.terms import Figure, Inputs
from xiaoer.applications.models import Application
from xiaoer.applications.terms import Checklists, Given, Request, Verb
from xiaoer.branches.queries import whole_scope
from xiaoer.kit.published import pointer
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as

TODAY = BUSINESS_DATE + timedelta(days=1)
NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)  # ten in the morning in China
FIRM = next(one.customer_id for one in placements() if one.manager_id == "M1")
ASKED = Request(
    customer_id=FIRM, product="credit", amount=50_000_000, term_months=12, purpose="year-end stock"
)
STEPS: Mapping[Verb, tuple[str, Given]] = {
    Verb.TAKE: ("I1", Given()),
    Verb.SURVEYED: ("I1", Given(minutes=150)),
    Verb.SUBMIT: ("I1", Given(minutes=80)),
    Verb.RECOMMEND: ("R1", Given(words="earns enough")),
    Verb.APPROVE: ("H1", Given(amount=40_000_000, rate=0.0435, term_months=12)),
    Verb.SIGN: ("K1", Given(reference="H000001")),
    Verb.DRAW: ("K1", Given(reference="J000001")),
}


def scope(staff_id: str) -> Scope:
    bare = Scope(staff_id, edition=pointer().edition)
    with acting_as(bare):
        return whole_scope(bare, BUSINESS_DATE)


def begun(asked: Request = ASKED, staff_id: str = "M1") -> Application:
    me = scope(staff_id)
    with acting_as(me):
        return actions.begin(me, asked, TODAY, NOW)


def step(
    application: Application, verb: Verb, staff_id: str = "", given: Given | None = None, day: date = TODAY
) -> Application:
    usual, told = STEPS.get(verb, ("M1", Given(words="because")))
    me = scope(staff_id or usual)
    with acting_as(me):
        return actions.move(me, application.pk, verb, given or told, day, now=NOW)


def advanced(application: Application, upto: Verb, *, with_papers: bool = True) -> Application:
    """Through every usual step, the named one included; papers are complete before the drawdown."""
    for verb in STEPS:
        if verb is Verb.SUBMIT:
            appraised(application)
        if verb is Verb.DRAW and with_papers:
            papers(application)
        application = step(application, verb)
        if verb is upto:
            return application
    return application


def appraised(application: Application, staff_id: str = "I1", inputs: Inputs | None = None) -> None:
    me = scope(staff_id)
    with acting_as(me):
        actions.appraise(me, application.pk, inputs or Inputs({"sales": Figure(1)}), TODAY, now=NOW)


def papers(application: Application, leave_out: str = "") -> None:
    """Everything on the list received by M1 and verified by K1."""
    needed = Checklists.in_force(TODAY).needed(application.product, application.amount)
    for kind in needed:
        if kind != leave_out:
            received(application, kind)
            verified(application, kind)


def received(application: Application, kind: str, staff_id: str = "M1", until: date | None = None) -> None:
    me = scope(staff_id)
    with acting_as(me):
        actions.receive(me, application.pk, kind, Handed(expires_date=until), TODAY, now=NOW)


def verified(application: Application, kind: str, staff_id: str = "K1", *, good: bool = True) -> None:
    me = scope(staff_id)
    with acting_as(me):
        actions.verify(me, application.pk, kind, TODAY, now=NOW, words="not legible", good=good)
