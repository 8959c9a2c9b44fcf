"""Records posted by systems of the bank: kept before they are acknowledged, decided at once."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.security import HttpBearer
from pydantic import AwareDatetime

from xiaoer.events.actions import take
from xiaoer.events.terms import Posted, RecordKind
from xiaoer.kit.dates import CHINA, SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import show
from xiaoer.sources.models import System
from xiaoer.sources.systems import system_of

router = Router()
Number = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
Fen = Annotated[int, Field(ge=0, le=10**15)]


class SystemKey(HttpBearer):
    """A key that `xiaoer systems add` made; it opens this door and no other."""

    def authenticate(self, _request: HttpRequest, token: str) -> System | None:
        """The system, or None: 401."""
        return system_of(token)


class Told(Schema):
    """What every record says: its kind, the posting system's own number for it, whose it is, and when it was."""

    number: Number
    customer_id: Number
    at: AwareDatetime


class PaymentIn(Told):
    """A payment just posted on an account of the firm; `amount` in fen."""

    kind: Literal["payment"]
    direction: Literal["in", "out"]
    amount: Fen
    purpose: Literal[
        "trade", "payroll", "tax", "loan_drawdown", "loan_repayment", "fee", "own_transfer", "owner", "rent",
        "utilities", "social_insurance", "cash", "wealth", "acquiring", "other",
    ] | None = None  # fmt: skip
    reversed: bool = False


class LoginIn(Told):
    """Somebody of the firm signed in."""

    kind: Literal["login"]
    channel: Literal["online", "mobile", "app"] = "online"


class PublicRecordIn(Told):
    """Something published about the firm, such as a suit; `amount` in fen."""

    kind: Literal["public_record"]
    record: Literal[
        "litigation", "enforcement", "dishonest_debtor", "penalty", "tax_arrears", "share_freeze", "share_pledge",
        "registration_change", "abnormal_operation", "bankruptcy", "award", "tender_won",
    ]  # fmt: skip
    role: Literal["plaintiff", "defendant", "subject"] | None = None
    amount: Fen | None = None


RecordIn = Annotated[PaymentIn | LoginIn | PublicRecordIn, Field(discriminator="kind")]


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
    if given.kind not in system.kinds:
        raise Refusal(
            f"{system.name} may not post {given.kind}", "records", f"one of {', '.join(system.kinds)}"
        )
    now = SystemClock().now()
    scope = Scope(f"system:{system.name}", everything=True, edition=request.pointer.edition)  # type: ignore[attr-defined]
    show(scope, now)
    done = take(scope, _posted(given, now), system.name)
    told = {"again": done.again, "firm_known": done.firm_known, "events": list(done.event_ids)}
    return Status(200 if done.again else 201, told)


def _posted(given: Any, now: datetime) -> Posted:
    day, today = given.at.astimezone(CHINA).date(), now.astimezone(CHINA).date()
    if day > today:
        raise Refusal(f"{given.at.isoformat()} has not come yet", "records", "an instant of the past")
    told = given.dict(exclude={"kind", "number", "customer_id", "at"}, exclude_none=True)
    return Posted(RecordKind(given.kind), given.number, given.customer_id, day, told)
