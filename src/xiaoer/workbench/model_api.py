"""The shelf for programs: models with their figures, and the two persons of a promotion."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from xiaoer.scores import queries as scores
from xiaoer.scores.actions import approve_promotion, ask_promotion, return_promotion
from xiaoer.workbench.api import _scope

router = Router()


class ModelOut(Schema):
    """A line of the shelf; measures are out of time, greater is better."""

    model: str
    family: str
    state: str
    version: str
    challenger: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    rival_value: float | None
    trained_on: date | None
    drift: float | None
    drift_level: str
    asked_by: str
    approved_by: str


class PromotionIn(Schema):
    """The version to be used, and why."""

    version: str
    reason: str = Field(max_length=1000)


class ReasonIn(Schema):
    """Why a promotion goes back."""

    reason: str = Field(max_length=1000)


class PromotionOut(Schema):
    """One person's step."""

    case: UUID
    step: str
    staff_id: str
    model: str
    version: str
    day: date


@router.get("", response=list[ModelOut], summary="The shelf of models")
def shelf(request: HttpRequest) -> Any:
    """Every model, for posts that read models."""
    return scores.shelf(_scope(request)).defer("page").order_by("family", "model")


@router.get("/{model}", response=ModelOut, summary="A model")
def one(request: HttpRequest, model: str) -> Any:
    """404 where the desk shows none of that name."""
    found = scores.shelved(_scope(request), model)
    if found is None:
        raise Http404
    return found


@router.post("/{model}/promotions", response={201: PromotionOut}, summary="Ask for a version to be used")
def ask(request: HttpRequest, model: str, given: PromotionIn) -> Status:
    """The first person."""
    return Status(201, ask_promotion(_scope(request), model, given.version, given.reason, _today(request)))


@router.post("/promotions/{case}/approve", response={201: PromotionOut}, summary="Approve a promotion")
def approve(request: HttpRequest, case: UUID) -> Status:
    """The second person; whoever asked is refused."""
    return Status(201, approve_promotion(_scope(request), case, _today(request)))


@router.post("/promotions/{case}/return", response={201: PromotionOut}, summary="Send a promotion back")
def send_back(request: HttpRequest, case: UUID, given: ReasonIn) -> Status:
    """It ends there."""
    return Status(201, return_promotion(_scope(request), case, given.reason, _today(request)))


def _today(request: HttpRequest) -> date:
    return request.today  # type: ignore[attr-defined,no-any-return]
