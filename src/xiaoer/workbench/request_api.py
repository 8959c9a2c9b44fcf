"""Requests and complaints for programs: what is not closed, writing one down, steps on it."""

from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema, Status

from xiaoer.satisfaction import requests
from xiaoer.satisfaction.handling import handle, record
from xiaoer.satisfaction.terms import LONGEST_WORDS, Asked, Deed, Kind, Step
from xiaoer.workbench import requesting
from xiaoer.workbench.api import _scope
from xiaoer.workbench.desk import desk_of

router = Router()
MOST = 500


class RequestIn(Schema):
    """What a firm came with: topic fees, speed, attitude, system, loan, account, harassment or other."""

    customer_id: str
    kind: Literal["complaint", "fault", "request", "question"]
    topic: str
    channel: str = "call"  # visit, call, message, email, branch, app
    words: str = Field(min_length=1, max_length=LONGEST_WORDS)


class StepIn(Schema):
    """A deed with what it needs: an owner to hand to, a day and its reason for a deadline, words."""

    deed: Literal["taken", "handed", "due", "note", "solved", "confirmed", "reopened"]
    owner_id: str = ""
    due_date: date | None = None
    words: str = Field("", max_length=LONGEST_WORDS)


class RequestOut(Schema):
    """A request as it stands now: `solved` waits for the firm's word; only `closed` lets go of a complaint's stop."""

    request_id: str
    customer_id: str
    kind: str
    topic: str
    channel: str
    product: str
    requested_date: date
    due_date: date
    owner_id: str
    state: str
    closed_date: date | None
    branch_id: str


class Narrowed(Schema):
    """Which ones: not closed ones unless `state` says closed; of a kind, an owner, a firm, or past their deadline."""

    state: Literal["open", "solved", "closed"] | None = None
    kind: Literal["complaint", "fault", "request", "question"] | None = None
    owner_id: str = ""
    customer_id: str = ""
    late: bool = False
    after: int = Field(0, ge=0)  # rows to leave out, to page on


@router.get("/requests", response=list[RequestOut], summary="Requests and complaints, the first due first")
def listed(request: HttpRequest, narrowed: Query[Narrowed]) -> list[dict[str, Any]]:
    """At most 500 in the reader's scope; `after` pages on."""
    scope, today = _scope(request), desk_of(request).today
    rows = requests.requests(scope) if narrowed.state == "closed" else requests.unclosed(scope)
    wanted = {
        "state": narrowed.state,
        "kind": narrowed.kind,
        "held_by": narrowed.owner_id,
        "customer_id": narrowed.customer_id,
        "act_by__lt": today if narrowed.late else None,
    }
    kept = rows.filter(**{name: value for name, value in wanted.items() if value})
    return [_told(one) for one in kept.order_by("act_by", "pk")[narrowed.after : narrowed.after + MOST]]


@router.post("/requests", response={201: RequestOut}, summary="Write down what a firm came with")
def written(request: HttpRequest, given: RequestIn) -> Status:
    """Its owner is whoever answers for the firm; a complaint stops marketing from this moment on."""
    scope, asked = _scope(request), Asked(Kind(given.kind), given.topic, given.channel, given.words)
    one = record(scope, given.customer_id, asked, desk_of(request).today)
    return Status(201, _told(requests.request(scope, one.request_id)))


@router.post("/requests/{path:request_id}/steps", response=RequestOut, summary="Take a step on a request")
def stepped(request: HttpRequest, request_id: str, given: StepIn) -> dict[str, Any]:
    """The request as it then stands."""
    desk = desk_of(request)
    if requests.request(_scope(request), request_id) is None:
        raise Http404
    step = Step(Deed(given.deed), given.owner_id, given.due_date, given.words)
    may_hold = requesting.may_hold(desk, request_id)
    return _told(handle(desk.scope, request_id, step, desk.today, may_hold=may_hold))


def _told(one: Any) -> dict[str, Any]:
    same = (
        "request_id",
        "customer_id",
        "kind",
        "topic",
        "channel",
        "product",
        "requested_date",
        "state",
        "branch_id",
    )
    now = {"due_date": one.act_by, "owner_id": one.held_by, "closed_date": one.ended_date}
    return {name: getattr(one, name) for name in same} | now
