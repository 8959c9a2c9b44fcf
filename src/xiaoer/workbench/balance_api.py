"""Overload put right, for programs: the proposal, handing over, taking back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from xiaoer.branches import queries as branches
from xiaoer.branches.actions import take_back
from xiaoer.branches.models import Handover
from xiaoer.workbench import balancing
from xiaoer.workbench.api import ReasonOut, _scope
from xiaoer.workbench.desk import desk_of

router = Router()


class OverloadOut(Schema):
    """Somebody with more than they can do, and why."""

    branch_id: str
    manager_id: str
    because: list[ReasonOut]


class MoveOut(Schema):
    """A firm that could go to somebody; `minutes` of the week, `gain` in fen at the prices of an hour."""

    customer_id: str
    from_id: str
    to_id: str
    because: list[ReasonOut]
    minutes: int
    gain: int
    proposed: bool


class BalanceOut(Schema):
    """Who has too much, and what is proposed for each of their branches."""

    overloads: list[OverloadOut]
    moves: list[MoveOut]


class MoveIn(Schema):
    """A firm and who takes it."""

    customer_id: str
    to_id: str


class HandIn(Schema):
    """What is carried out together."""

    moves: list[MoveIn] = Field(min_length=1, max_length=500)


class HandoverOut(Schema):
    """A firm that changed hands."""

    handover: UUID
    customer_id: str
    branch_id: str
    from_id: str
    to_id: str
    because: list[ReasonOut]
    minutes: int
    worth: int
    staff_id: str
    day: date
    undone: bool


class UndoneOut(Schema):
    """How many firms went back."""

    firms: int


@router.get("/balance", response=BalanceOut, summary="Who has too much, and what could be done")
def balance(request: HttpRequest) -> dict[str, Any]:
    """In the reader's branches; proposals only for whoever may carry them out."""
    _scope(request)
    desk = desk_of(request)
    found = balancing.overloads(desk)
    told = [
        {"branch_id": place, "manager_id": number, "because": because}
        for place, people in sorted(found.items())
        for number, because in people.items()
    ]
    may = desk.scope.may("firms.hand_over")
    within = balancing.within(desk, sorted(found)) if may else {}
    moves = [move for one in within.values() for move in one.moves]
    return {"overloads": told, "moves": [_move(one) for one in moves]}


@router.post("/handovers", response={201: list[HandoverOut]}, summary="Hand firms over")
def hand_over(request: HttpRequest, given: HandIn) -> Status:
    """All of them or none, within their branch."""
    scope, desk = _scope(request), desk_of(request)
    joined = balancing.carry_out(desk, {one.customer_id: one.to_id for one in given.moves})
    return Status(201, [_told(one) for one in branches.handovers(scope).filter(handover=joined)])


@router.get("/handovers", response=list[HandoverOut], summary="What was handed over")
def handovers(request: HttpRequest) -> list[dict[str, Any]]:
    """For whoever gave, took or leads; the last first, a thousand at most."""
    return [_told(one) for one in branches.handovers(_scope(request))[:1000]]


@router.post("/handovers/{uuid:handover}/undo", response=UndoneOut, summary="Take a handover back")
def undo(request: HttpRequest, handover: UUID) -> dict[str, int]:
    """On its own day, as a whole."""
    return {"firms": take_back(_scope(request), handover, desk_of(request).today)}


def _move(one: Any) -> dict[str, Any]:
    return {
        "customer_id": one.firm.customer_id, "from_id": one.firm.manager_id, "to_id": one.to_id,
        "because": one.because, "minutes": one.firm.minutes, "gain": one.gain, "proposed": one.proposed,
    }  # fmt: skip


def _told(one: Handover) -> dict[str, Any]:
    names = (
        "handover", "customer_id", "branch_id", "from_id", "to_id", "because", "minutes", "worth", "staff_id", "day",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names} | {"undone": one.undone_at is not None}
