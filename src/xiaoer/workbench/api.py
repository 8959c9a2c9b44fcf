"""The desk for programs: the morning list, firms, search, recording an outcome."""

from datetime import date
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema, Status

from xiaoer.contacts.actions import About, FollowUp, record_outcome
from xiaoer.customers import queries as customers
from xiaoer.events import queries as events
from xiaoer.kit.audit import note_reading
from xiaoer.kit.scope import Scope
from xiaoer.offers import queries as offers
from xiaoer.scores import queries as scores
from xiaoer.workbench.approaching import Door
from xiaoer.workbench.proposed import about_proposal

router = Router()


class ReasonOut(Schema):
    """A reason as code and parameters; the words are the reader's language's."""

    code: str
    params: dict[str, Any] = Field(default_factory=dict)
    tone: str = "plain"


class FirmOut(Schema):
    """A firm in brief; amounts in fen."""

    customer_id: str
    name: str
    credit_code: str
    tier: str
    size_class: str
    industry: str
    branch_id: str
    manager_id: str
    turnover_12m: int | None = None
    balance: int | None = None
    loan_balance: int | None = None


class ProposalOut(Schema):
    """One line of the morning list; amounts in fen."""

    offer_id: str
    customer_id: str
    rank: int
    day: date
    kind: str
    minutes: int
    goal: ReasonOut
    because: list[ReasonOut]
    expected_return: int
    cost: int
    risk: str
    at_stake: int | None
    fits: bool
    dropped: ReasonOut | None  # why it did not fit
    hour_price: int  # fen an hour of the manager brings elsewhere that day
    run_id: str


class MorningOut(Schema):
    """What fits into the hours, and what did not."""

    business_date: date | None
    today: date
    proposals: list[ProposalOut]
    left_out: list[ProposalOut]


class EventOut(Schema):
    """Something noticed."""

    event_id: str
    rule: str
    event_date: date
    due_date: date | None
    severity: str
    because: list[ReasonOut]


class ScoreOut(Schema):
    """A score with its reasons; `value` is a probability."""

    model: str
    version: str
    state: str
    value: float
    points: int | None
    reasons: list[dict[str, Any]]


class WholeFirmOut(Schema):
    """A firm with what is known and proposed."""

    firm: FirmOut
    scores: list[ScoreOut]
    events: list[EventOut]
    proposals: list[ProposalOut]


class FollowUpIn(Schema):
    """When to come back."""

    due_date: date
    kind: Literal["visit", "call", "message"] = "call"
    minutes: int = Field(20, ge=1, le=600)


class OutcomeIn(Schema):
    """What came of a contact."""

    customer_id: str
    outcome: str
    offer_id: str = ""
    channel: str = "visit"
    note: str = ""
    follow_up: FollowUpIn | None = None


class OutcomeOut(Schema):
    """What was written; `again` when it had been recorded before."""

    contact_id: int
    follow_up_id: int | None
    again: bool


@router.get("/morning", response=MorningOut, summary="This morning's list")
def morning(request: HttpRequest) -> dict[str, Any]:
    """One's own list, in order."""
    scope = _scope(request)
    return {
        "business_date": request.pointer.business_date,  # type: ignore[attr-defined]
        "today": request.today,  # type: ignore[attr-defined]
        "proposals": offers.morning(scope),
        "left_out": offers.left_out(scope),
    }


@router.get("/firms/{path:customer_id}", response=WholeFirmOut, summary="One firm")
def firm(request: HttpRequest, customer_id: str) -> dict[str, Any]:
    """A firm in scope; 404 for any other. Written down like opening its page."""
    scope = _scope(request)
    found = customers.firm(scope, customer_id)
    if found is None:
        raise Http404
    note_reading(
        scope, "api", customer_id=customer_id, branch_id=found.branch_id, manager_id=found.manager_id
    )
    return {
        "firm": found,
        "scores": scores.scores(scope, customer_id),
        "events": list(events.events_of(scope, customer_id)),
        "proposals": list(offers.proposals_for(scope, customer_id)),
    }


@router.get("/search", response=list[FirmOut], summary="Find firms")
def search(request: HttpRequest, q: str = Query("", max_length=60)) -> list[Any]:
    """By the beginning of name, pinyin, initials, credit code or number. Written down: which firms it showed."""
    scope = _scope(request)
    found = customers.search(scope, q)
    if found:
        note_reading(scope, "api_search", detail={"customer_ids": [one.customer_id for one in found]})
    return found


@router.post("/outcomes", response={201: OutcomeOut, 200: OutcomeOut}, summary="Record an outcome")
def outcome(request: HttpRequest, given: OutcomeIn) -> Status:
    """Write a contact and plan its follow-up. 201 when written, 200 when it stood there already."""
    scope = _scope(request)
    about = _about(scope, given)
    follow_up = FollowUp(**given.follow_up.dict()) if given.follow_up else None
    today: date = request.today  # type: ignore[attr-defined]
    done = record_outcome(
        scope, about, given.outcome, today, note=given.note, follow_up=follow_up, door=Door(scope, today)
    )
    told = {
        "contact_id": done.contact.pk,
        "follow_up_id": done.follow_up and done.follow_up.pk,
        "again": done.again,
    }
    return Status(200 if done.again else 201, told)


def _about(scope: Scope, given: OutcomeIn) -> About:
    proposed = offers.proposal(scope, given.offer_id) if given.offer_id else None
    if proposed is None or proposed.customer_id != given.customer_id:
        return About(given.customer_id, given.offer_id, given.channel)
    return about_proposal(proposed, given.channel)


def _scope(request: HttpRequest) -> Scope:
    """The reader's scope; raises PermissionDenied for a post that reads no firms."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.may("firms.read"):
        raise PermissionDenied
    return scope
