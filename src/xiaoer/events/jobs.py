"""Work behind the desk: records out of a queue, one message at a time; old dry runs go."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from pydantic import TypeAdapter, ValidationError

from xiaoer.events.actions import Taken
from xiaoer.events.incoming import RecordIn, taken_from
from xiaoer.events.models import DryRun
from xiaoer.events.written import Limits
from xiaoer.kit.dates import CHINA
from xiaoer.kit.published import pointer
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.typed import UNSTORABLE, storable
from xiaoer.sources.systems import system_of

RECORDS: TypeAdapter[Any] = TypeAdapter(RecordIn)
AS_POSTED = "a record as POST /api/v1/records takes it"


def take_message(body: bytes, key: str) -> Taken:
    """Take in one record; it is on disk when this returns. The same record again changes nothing.

    `body` is the JSON of POST /api/v1/records, `key` the posting system's. Raises Refusal for what its sender must put
    right, and Django's OperationalError or InterfaceError while the database does not answer.
    """
    with transaction.atomic():
        system = system_of(key)
        if system is None:
            raise Refusal(
                "no open system has this key" if key else "the message carries no key of a system",
                "queue",
                "a header Authorization: Bearer KEY",
                "xiaoer systems add NAME prints a key",
            )
        return taken_from(system, read(body), pointer().edition)


def forget_old_dry_runs(today: date, *, using: str = "owner") -> int:
    """Remove dry runs asked for longer ago than `dry_runs_kept` days, with what they counted; gives how many."""
    first = datetime.combine(today - timedelta(days=Limits.in_force(today).dry_runs_kept), time(), CHINA)
    old = DryRun.objects.using(using).filter(asked_at__lt=first)
    return old.delete()[1].get(DryRun._meta.label, 0)


def read(body: bytes) -> Any:
    """The record a message holds; raises Refusal that names every field at fault."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Refusal(f"the message is not JSON: {fault}", "queue", AS_POSTED) from None
    if not storable(told):
        raise Refusal(UNSTORABLE, "queue", AS_POSTED)
    try:
        return RECORDS.validate_python(told)
    except ValidationError as faults:
        raise Refusal("; ".join(map(_worded, faults.errors())), "queue", AS_POSTED) from None


def _worded(fault: Any) -> str:
    return f"{'.'.join(map(str, fault['loc'])) or 'the record'}: {fault['msg']}"
