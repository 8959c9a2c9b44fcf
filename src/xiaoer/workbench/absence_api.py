"""Absences for programs: who is away, entering it, being back."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from xiaoer.branches import queries as branches
from xiaoer.branches.actions import come_back, go_away
from xiaoer.branches.models import Absence
from xiaoer.branches.terms import Leave
from xiaoer.workbench.api import _scope

router = Router()


class AbsenceIn(Schema):
    """Who will be away, both days included, and who stands in."""

    staff_id: str
    deputy_id: str
    from_date: date
    to_date: date


class AbsenceOut(AbsenceIn):
    """An absence; `back_date` where somebody came back sooner."""

    number: int
    branch_id: str
    back_date: date | None
    entered_by: str


@router.get("/absences", response=list[AbsenceOut], summary="Who is away")
def absences(request: HttpRequest) -> list[dict[str, Any]]:
    """Now and to come, in the reader's branches; one's own, and of those for whom one stands in."""
    return [_told(one) for one in branches.absences(_scope(request), _today(request), date.max)]


@router.post("/absences", response={201: AbsenceOut}, summary="Enter an absence")
def enter(request: HttpRequest, given: AbsenceIn) -> Status:
    """One's own, or by the branch head that of a manager."""
    return Status(201, _told(go_away(_scope(request), Leave(**given.dict()), _today(request))))


@router.post("/absences/{int:number}/back", response=AbsenceOut, summary="Be back sooner")
def back(request: HttpRequest, number: int) -> dict[str, Any]:
    """From today on."""
    return _told(come_back(_scope(request), number, _today(request)))


def _told(one: Absence) -> dict[str, Any]:
    names = ("staff_id", "deputy_id", "from_date", "to_date", "branch_id", "back_date", "entered_by")
    return {"number": one.pk} | {name: getattr(one, name) for name in names}


def _today(request: HttpRequest) -> date:
    day: date = request.today  # type: ignore[attr-defined]
    return day
