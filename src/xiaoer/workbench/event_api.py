"""Events for programs: what is open in one's portfolios, and what the board does by hand done with many at once."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from xiaoer.events import board, handling
from xiaoer.events.departures import departures
from xiaoer.kit.audit import note_reading
from xiaoer.workbench.api import ReasonOut, _scope

router = Router()
MOST_AT_ONCE = handling.MOST_AT_ONCE


class EventFull(Schema):
    """An event as the board shows it, with what was last done with it; `amount` in fen."""

    event_id: str
    customer_id: str
    branch_id: str
    manager_id: str
    rule: str
    severity: str
    event_date: date
    due_date: date | None
    because: list[ReasonOut]
    goal: ReasonOut | None
    amount: int | None
    step: str  # "" where nobody did anything yet
    step_reason: str
    step_until: date | None
    step_by: str


class HandleIn(Schema):
    """One deed for all of some events.

    accepted: `owner_id` (empty: oneself). postponed: `until`, the day it comes back. closed: `reason` (handled, known,
    wrong, no_use), and `why_left` where the rule asks why the firm leaves. muted: `until` and `reason` in words, of the
    rule for the firm. reopened, unmuted: undo.
    """

    event_ids: list[str] = Field(min_length=1, max_length=MOST_AT_ONCE)
    deed: Literal["accepted", "postponed", "closed", "reopened", "muted", "unmuted"]
    owner_id: str = ""
    until: date | None = None
    reason: str = ""
    why_left: str = ""


class HandledOut(Schema):
    """How many events were changed; those an undo found nothing to undo of are not."""

    changed: int


class DepartureOut(Schema):
    """Why a firm left or is leaving, as somebody said; `why` is a code of the fixed list, `amount` in fen a year."""

    customer_id: str
    branch_id: str
    manager_id: str
    event_id: str
    rule: str
    why: str
    tier: str
    amount: int
    staff_id: str
    day: date


class Sought(Schema):
    """Which events, a page of at most 500 after an event's number, in the order of the numbers."""

    state: Literal["open", "mine", "postponed", "closed", "muted"] = "open"
    rule: str = ""
    severity: Literal["", "act", "watch", "note"] = ""
    customer_id: str = ""
    due_until: date | None = None
    after: str = ""


@router.get("/events", response=list[EventFull], summary="Events of one's portfolios")
def events(request: HttpRequest, sought: Query[Sought]) -> list[dict[str, Any]]:
    """Written down: whose events were read. An empty page is the last."""
    scope, today = _scope(request), _today(request)
    named = {"rule": sought.rule, "severity": sought.severity, "customer_id": sought.customer_id}
    rows = board.board(scope, today, sought.state).filter(
        **{name: told for name, told in named.items() if told}
    )
    if sought.due_until:
        rows = rows.filter(due_date__lte=sought.due_until)
    found = list(rows.filter(event_id__gt=sought.after).order_by("event_id")[:MOST_AT_ONCE])
    if found:
        note_reading(scope, "api_events", detail={"customer_ids": sorted({one.customer_id for one in found})})
    steps = board.steps_of(scope, found)
    return [_told(one, steps.get(one.event_id)) for one in found]


@router.post("/events/handle", response=HandledOut, summary="Handle many events alike")
def handle(request: HttpRequest, given: HandleIn) -> dict[str, int]:
    """All of them or none: 422 says what is wrong, and nothing was changed. Each keeps who did what, and when."""
    wanted = handling.Wanted(
        handling.Deed(given.deed), given.owner_id, given.until, given.reason, given.why_left
    )
    return {"changed": handling.handle(_scope(request), given.event_ids, wanted, _today(request))}


@router.get("/departures", response=list[DepartureOut], summary="Why firms left")
def left(request: HttpRequest, first: date, last: date) -> list[Any]:
    """The last word on each firm in a span, both ends included. Written down: of which firms it told."""
    scope = _scope(request)
    found = list(departures(scope, first, last))
    if found:
        note_reading(
            scope, "api_departures", detail={"customer_ids": sorted({one.customer_id for one in found})}
        )
    return found


def _told(one: Any, step: Any) -> dict[str, Any]:
    names = [name for name in EventFull.model_fields if not name.startswith("step")]
    done = (step.step, step.reason, step.until_date, step.staff_id) if step else ("", "", None, "")
    steps = dict(zip(("step", "step_reason", "step_until", "step_by"), done, strict=True))
    return {name: getattr(one, name) for name in names} | steps


def _today(request: HttpRequest) -> date:
    day: date = request.today  # type: ignore[attr-defined]
    return day
