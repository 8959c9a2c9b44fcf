"""What a system of the bank may tell, by the interface or through a queue; one door behind both."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from xiaoer.events.actions import Taken, take
from xiaoer.events.terms import Posted, RecordKind
from xiaoer.kit.dates import CHINA, SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import show
from xiaoer.sources.models import System

Number = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
Fen = Annotated[int, Field(ge=0, le=10**15)]


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
    """Something published about the firm, such as a suit; `amount` in fen.

    `changed`: what of its registration, on a registration_change; who or where it is now comes with the bank's files.
    """

    kind: Literal["public_record"]
    record: Literal[
        "litigation", "enforcement", "dishonest_debtor", "penalty", "tax_arrears", "share_freeze", "share_pledge",
        "registration_change", "abnormal_operation", "bankruptcy", "award", "tender_won",
    ]  # fmt: skip
    role: Literal["plaintiff", "defendant", "subject"] | None = None
    amount: Fen | None = None
    changed: Literal["owner", "legal_representative", "address"] | None = None


RecordIn = Annotated[PaymentIn | LoginIn | PublicRecordIn, Field(discriminator="kind")]


def taken_from(system: System, given: Any, edition: int) -> Taken:
    """Take in a record (any of RecordIn) that `system` tells, within the running transaction.

    The same record again changes nothing. Raises Refusal for a kind the system may not post, an instant that has not
    come, and a number taken before with another content.
    """
    if given.kind not in system.kinds:
        raise Refusal(
            f"{system.name} may not post {given.kind}", "records", f"one of {', '.join(system.kinds)}"
        )
    now = SystemClock().now()
    scope = Scope(f"system:{system.name}", everything=True, edition=edition)
    show(scope, now)
    return take(scope, _posted(given, now), system.name)


def _posted(given: Any, now: datetime) -> Posted:
    day, today = given.at.astimezone(CHINA).date(), now.astimezone(CHINA).date()
    if day > today:
        raise Refusal(f"{given.at.isoformat()} has not come yet", "records", "an instant of the past")
    told = given.dict(exclude={"kind", "number", "customer_id", "at"}, exclude_none=True)
    return Posted(RecordKind(given.kind), given.number, given.customer_id, day, told)
