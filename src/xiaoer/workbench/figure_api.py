"""Figures that two persons change, for programs: what holds, asking for a change, adopting it or sending it back."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from xiaoer.kit.adopted import actions
from xiaoer.kit.adopted import queries as adopted
from xiaoer.kit.adopted.models import FigureStep
from xiaoer.kit.adopted.terms import Subject, Wanted
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.workbench.api import _scope
from xiaoer.workbench.figure_pages import SUBJECTS, standing

router = Router()
Whole = Annotated[int, Field(strict=True, ge=0, le=999)]


class SubjectOut(Schema):
    """Figures that belong together, as they hold today; `asks` and `adopts`: what the reader may do with them."""

    subject: str
    figures: dict[str, int]
    asks: bool
    adopts: bool
    waiting: list[UUID]


class ChangeIn(Schema):
    """What should be otherwise, from which day on, and why; figures that hold already are left out."""

    figures: dict[str, Whole] = Field(min_length=1)
    from_date: date
    reason: str = Field(max_length=1000)


class WhyIn(Schema):
    """Why."""

    reason: str = Field(max_length=1000)


class HandOut(Schema):
    """One person's step: asked, approved, returned."""

    step: str
    staff_id: str
    day: date
    reason: str


class ChangeOut(Schema):
    """A change with its persons' steps in order; with one step it waits for a second person."""

    case: UUID
    subject: str
    figures: dict[str, int]
    from_date: date
    state: str
    steps: list[HandOut]


@router.get("/figures", response=list[SubjectOut], summary="Figures that two persons change")
def subjects(request: HttpRequest) -> list[dict[str, Any]]:
    """Those the reader may ask for or adopt: the contact policy, the hold-outs."""
    scope, today = _scope(request), _today(request)
    return [_subject(scope, one, today) for one in SUBJECTS.values() if _reads(scope, one)]


@router.get("/figures/{subject}/changes", response=list[ChangeOut], summary="Changes of figures")
def changes(request: HttpRequest, subject: str) -> list[dict[str, Any]]:
    """The last fifty, the latest first."""
    scope = _scope(request)
    return [_told(steps) for steps in adopted.cases(scope, _named(scope, subject).name)]


@router.post("/figures/{subject}/changes", response={201: ChangeOut}, summary="Ask for other figures")
def ask(request: HttpRequest, subject: str, given: ChangeIn) -> Status:
    """The first person; nothing changes before another one adopts it."""
    scope, today = _scope(request), _today(request)
    about, now = _named(scope, subject), standing(subject, today)
    if odd := sorted(set(given.figures) - set(now)):
        raise Refusal(_("there is no figure “%(odd)s”") % {"odd": odd[0]}, subject, ", ".join(now))
    changed = {code: value for code, value in given.figures.items() if value != now[code]}
    asked = actions.ask(scope, about, Wanted(changed, given.from_date, given.reason), today)
    return Status(201, _told([asked]))


@router.post("/figures/changes/{uuid:case}/approve", response={201: ChangeOut}, summary="Adopt other figures")
def approve(request: HttpRequest, case: UUID, given: WhyIn) -> Status:
    """The second person: they hold from their day on."""
    scope = _scope(request)
    actions.approve(scope, _of_case(scope, case), case, given.reason, _today(request))
    return Status(201, _told(adopted.case(scope, case)))


@router.post(
    "/figures/changes/{uuid:case}/return", response={201: ChangeOut}, summary="Send other figures back"
)
def give_back(request: HttpRequest, case: UUID, given: WhyIn) -> Status:
    """The second person: everything stays as it is."""
    scope = _scope(request)
    actions.give_back(scope, _of_case(scope, case), case, given.reason, _today(request))
    return Status(201, _told(adopted.case(scope, case)))


def _of_case(scope: Scope, case: UUID) -> Subject:
    steps = adopted.case(scope, case)
    if not steps:
        raise Http404
    return _named(scope, steps[0].subject)


def _named(scope: Scope, subject: str) -> Subject:
    if subject not in SUBJECTS:
        raise Http404
    if not _reads(scope, SUBJECTS[subject]):
        raise Refusal(
            _("your post does not change these figures"), subject, next_step=_("Ask for the right post")
        )
    return SUBJECTS[subject]


def _reads(scope: Scope, subject: Subject) -> bool:
    return scope.may(subject.asks) or scope.may(subject.adopts)


def _subject(scope: Scope, one: Subject, today: date) -> dict[str, Any]:
    waiting = [steps[0].case for steps in adopted.cases(scope, one.name) if len(steps) == 1]
    return {
        "subject": one.name, "figures": standing(one.name, today), "asks": scope.may(one.asks),
        "adopts": scope.may(one.adopts), "waiting": waiting,
    }  # fmt: skip


def _told(steps: list[FigureStep]) -> dict[str, Any]:
    first = steps[0]
    hands = [{name: getattr(one, name) for name in ("step", "staff_id", "day", "reason")} for one in steps]
    return {
        "case": first.case, "subject": first.subject, "figures": first.figures, "from_date": first.from_date,
        "state": steps[-1].step, "steps": hands,
    }  # fmt: skip


def _today(request: HttpRequest) -> date:
    day: date = request.today  # type: ignore[attr-defined]
    return day
