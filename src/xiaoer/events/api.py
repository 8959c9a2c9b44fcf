"""Records posted by systems of the bank: kept before they are acknowledged, decided at once."""

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.security import HttpBearer

from xiaoer.events.incoming import RecordIn, taken_from
from xiaoer.sources.models import System
from xiaoer.sources.systems import system_of

router = Router()


class SystemKey(HttpBearer):
    """A key that `xiaoer systems add` made; it opens this door and no other."""

    def authenticate(self, _request: HttpRequest, token: str) -> System | None:
        """The system, or None: 401."""
        return system_of(token)


class TakenOut(Schema):
    """What became of it: `again` when it was taken before; `events` are numbers of what was noticed just now."""

    again: bool
    firm_known: bool
    events: list[str]


@router.post(
    "/records",
    auth=SystemKey(),
    response={201: TakenOut, 200: TakenOut},
    summary="Post a record: a payment, a login, a public record",
)
def post_record(request: HttpRequest, given: RecordIn) -> Status:
    """201 when it is on disk; 200 when it was already. What it tells reaches the manager's open page.

    A record is known by its kind and number: after an error or no answer, post it again.
    """
    system: System = request.auth  # type: ignore[attr-defined]
    done = taken_from(system, given, request.pointer.edition)  # type: ignore[attr-defined]
    told = {"again": done.again, "firm_known": done.firm_known, "events": list(done.event_ids)}
    return Status(200 if done.again else 201, told)
