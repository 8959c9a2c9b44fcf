"""Records out of a queue: the interface's own door, one message at a time."""

import json
from typing import Any

from django.db import transaction
from pydantic import TypeAdapter, ValidationError

from xiaoer.events.actions import Taken
from xiaoer.events.incoming import RecordIn, taken_from
from xiaoer.kit.published import pointer
from xiaoer.kit.refusal import Refusal
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


def read(body: bytes) -> Any:
    """The record a message holds; raises Refusal that names every field at fault."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Refusal(f"the message is not JSON: {fault}", "queue", AS_POSTED) from None
    try:
        return RECORDS.validate_python(told)
    except ValidationError as faults:
        raise Refusal("; ".join(map(_worded, faults.errors())), "queue", AS_POSTED) from None


def _worded(fault: Any) -> str:
    return f"{'.'.join(map(str, fault['loc'])) or 'the record'}: {fault['msg']}"
