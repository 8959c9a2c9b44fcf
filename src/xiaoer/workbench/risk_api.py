"""Loans for programs: notes with their class, and the three hands of a class change."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from xiaoer.loans import queries as loans
from xiaoer.loans.actions import approve_change, make_change, return_change, review_change
from xiaoer.workbench.api import _scope

router = Router()


class NoteOut(Schema):
    """A note on the book; amounts in fen."""

    note_id: str
    customer_id: str
    balance: int
    overdue_amount: int
    days_past_due: int
    bucket: int
    asset_class: str
    class_in_force: str
    rule_class: str
    rule: str


class ChangeIn(Schema):
    """The class wanted; the reason where the rules do not ask for it."""

    note_id: str
    to_class: str
    reason: str = Field("", max_length=1000)


class ReturnIn(Schema):
    """Why a change goes back."""

    reason: str = Field(max_length=1000)


class StepOut(Schema):
    """One hand's step of a change."""

    case: UUID
    step: str
    staff_id: str
    note_id: str
    from_class: str
    to_class: str
    rule: str
    day: date


@router.get("/firms/{path:customer_id}/notes", response=list[NoteOut], summary="A firm's notes")
def notes(request: HttpRequest, customer_id: str) -> list[dict[str, Any]]:
    """Notes of a firm in scope; 404 where none is."""
    scope = _scope(request)
    found = loans.notes_of(scope, customer_id)
    if not found:
        raise Http404
    now = loans.in_force(scope, found)
    names = [name for name in NoteOut.model_fields if name != "class_in_force"]
    return [
        {name: getattr(one, name) for name in names} | {"class_in_force": now[one.note_id]} for one in found
    ]


@router.post("/class-changes", response={201: StepOut}, summary="Make a class change")
def make(request: HttpRequest, given: ChangeIn) -> Status:
    """The first hand."""
    return Status(
        201, make_change(_scope(request), given.note_id, given.to_class, _today(request), given.reason)
    )


@router.post("/class-changes/{uuid:case}/review", response={201: StepOut}, summary="Review a class change")
def review(request: HttpRequest, case: UUID) -> Status:
    """The second hand, another person's."""
    return Status(201, review_change(_scope(request), case, _today(request)))


@router.post("/class-changes/{uuid:case}/approve", response={201: StepOut}, summary="Approve a class change")
def approve(request: HttpRequest, case: UUID) -> Status:
    """The third hand, neither of the first two's."""
    return Status(201, approve_change(_scope(request), case, _today(request)))


@router.post("/class-changes/{uuid:case}/return", response={201: StepOut}, summary="Send a class change back")
def send_back(request: HttpRequest, case: UUID, given: ReturnIn) -> Status:
    """It ends there, with a reason."""
    return Status(201, return_change(_scope(request), case, given.reason, _today(request)))


def _today(request: HttpRequest) -> date:
    day: date = request.today  # type: ignore[attr-defined]
    return day
