"""Applications for programs: the same queries and actions as the pages."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from xiaoer.applications import actions, queries
from xiaoer.applications.actions.papers import Handed
from xiaoer.applications.appraisal.terms import KNOWN, LINES, Figure, Inputs
from xiaoer.applications.models import Application
from xiaoer.applications.reader import Reader, reader_of
from xiaoer.applications.terms import Given, Request, Verb
from xiaoer.kit.audit import note_reading

router = Router()


class RequestIn(Schema):
    """What is asked for; amount in fen."""

    customer_id: str
    product: str
    amount: int
    term_months: int
    purpose: str
    source: str = "manager"


class StepIn(Schema):
    """A step with what it comes with; amount in fen, rate a fraction per year."""

    verb: Verb
    words: str = ""
    minutes: int | None = None
    reason: str = ""
    amount: int | None = None
    rate: float | None = None
    term_months: int | None = None
    reference: str = ""


class PaperIn(Schema):
    """A paper received; its last good day."""

    kind: str
    expires_date: date | None = None
    place: str = ""


class VerifyIn(Schema):
    """Whether a received paper is in order."""

    kind: str
    good: bool = True
    words: str = ""


class ExceptionIn(Schema):
    """An item to be let go."""

    kind: str
    words: str
    until_date: date | None = None


class AnswerIn(Schema):
    """The answer to an exception."""

    granted: bool
    words: str


class AppraisalIn(Schema):
    """Figures by line, in fen (stated_margin_bp in basis points); what is not told is not known."""

    figures: dict[str, int] = Field(default_factory=dict)
    term_months: int = 12
    rate_bp: int | None = None
    words: str = ""


class ItemOut(Schema):
    """A line of the checklist."""

    kind: str
    state: str
    open: bool


class StepOut(Schema):
    """A step taken."""

    verb: str
    part: str
    from_stage: str
    to_stage: str
    staff_id: str
    at: datetime
    day: date
    waited_minutes: int
    minutes: int | None


class ApplicationOut(Schema):
    """An application with its trail; amounts in fen."""

    id: int
    customer_id: str
    product: str
    amount: int
    term_months: int
    stage: str
    track: str
    received_date: date
    approved_amount: int | None
    approved_rate: float | None
    drawn_date: date | None
    core_state: str | None
    core_note_id: str | None
    items: list[ItemOut]
    steps: list[StepOut]


@router.post("", response={201: ApplicationOut}, summary="Begin an application")
def begin(request: HttpRequest, given: RequestIn) -> Status:
    """Write a request."""
    reader = _reader(request)
    made = actions.begin(reader.scope, Request(**given.dict()), reader.today, reader.now)
    return Status(201, _told(reader, made))


@router.get("/{int:application_id}", response=ApplicationOut, summary="One application")
def application(request: HttpRequest, application_id: int) -> dict[str, Any]:
    """An application in scope; 404 for any other. Written down like opening its page."""
    reader = _reader(request)
    found = _found(reader, application_id)
    note_reading(
        reader.scope,
        "api",
        customer_id=found.customer_id,
        branch_id=found.branch_id,
        manager_id=found.manager_id,
    )
    return _told(reader, found)


@router.post("/{int:application_id}/steps", response=ApplicationOut, summary="Take a step")
def step(request: HttpRequest, application_id: int, given: StepIn) -> dict[str, Any]:
    """Move an application; 422 with every rule that says no."""
    reader, told = _reader(request), given.dict()
    verb = told.pop("verb")
    moved = actions.move(reader.scope, application_id, verb, Given(**told), reader.today, now=reader.now)
    return _told(reader, moved)


@router.post("/{int:application_id}/papers", response=ApplicationOut, summary="Receive a paper")
def receive(request: HttpRequest, application_id: int, given: PaperIn) -> dict[str, Any]:
    """Note that a paper came in."""
    reader = _reader(request)
    handed = Handed(expires_date=given.expires_date, place=given.place)
    actions.receive(reader.scope, application_id, given.kind, handed, reader.today, now=reader.now)
    return _told(reader, _found(reader, application_id))


@router.post("/{int:application_id}/verifications", response=ApplicationOut, summary="Verify a paper")
def verify(request: HttpRequest, application_id: int, given: VerifyIn) -> dict[str, Any]:
    """Say that a paper is in order, or send it back."""
    reader = _reader(request)
    actions.verify(
        reader.scope,
        application_id,
        given.kind,
        reader.today,
        now=reader.now,
        words=given.words,
        good=given.good,
    )
    return _told(reader, _found(reader, application_id))


@router.post(
    "/{int:application_id}/exceptions", response={201: dict[str, int]}, summary="Ask for an exception"
)
def ask(request: HttpRequest, application_id: int, given: ExceptionIn) -> Status:
    """Ask that an item be let go."""
    reader = _reader(request)
    asked = actions.ask(
        reader.scope,
        application_id,
        given.kind,
        given.words,
        reader.today,
        now=reader.now,
        until_date=given.until_date,
    )
    return Status(201, {"id": asked.pk})


@router.post("/exceptions/{int:exemption_id}", response=dict[str, str], summary="Answer an exception")
def answer(request: HttpRequest, exemption_id: int, given: AnswerIn) -> dict[str, str]:
    """Grant or refuse it."""
    reader = _reader(request)
    told = actions.answer(
        reader.scope, exemption_id, given.words, reader.today, now=reader.now, granted=given.granted
    )
    return {"answer": told.answer}


@router.post("/{int:application_id}/appraisals", response={201: dict[str, Any]}, summary="Keep an appraisal")
def appraise(request: HttpRequest, application_id: int, given: AppraisalIn) -> Status:
    """Keep a version of the worksheet; gives its number and result."""
    reader = _reader(request)
    found, flows = _found(reader, application_id), None
    flows = queries.four_flows(reader.scope, found.customer_id)
    told = flows.known if flows else {}
    names = dict(zip(KNOWN, ("sales_12m", "inflow_12m", "sector_margin_bp"), strict=True))
    figures = {line: Figure(value) for line, value in given.figures.items() if line in LINES}
    known = {name: told.get(column) for name, column in names.items()}
    inputs = Inputs(figures, known, found.amount, given.term_months, given.rate_bp)
    kept = actions.appraise(
        reader.scope, application_id, inputs, reader.today, now=reader.now, words=given.words
    )
    return Status(201, {"version": kept.version, "result": kept.result})


def _told(reader: Reader, found: Application) -> dict[str, Any]:
    items = queries.checklists(reader.scope, [found], reader.today)[found.pk]
    made_here = {"items", "steps", "core_state", "core_note_id"}
    columns = {name: getattr(found, name) for name in ApplicationOut.model_fields if name not in made_here}
    core = queries.core_states(reader.scope, [found], reader.as_of).get(found.pk)
    columns |= {
        "core_state": core.state if core else None,
        "core_note_id": core.found.note_id if core and core.found else None,
    }
    return columns | {"items": items, "steps": list(queries.steps(reader.scope, {found.pk}))}


def _found(reader: Reader, application_id: int) -> Application:
    found = queries.application(reader.scope, application_id)
    if found is None:
        raise Http404
    return found


def _reader(request: HttpRequest) -> Reader:
    """Who asks; raises PermissionDenied for a post that reads no firms."""
    reader = reader_of(request)
    if not reader.scope.may("firms.read"):
        raise PermissionDenied
    return reader
