"""Taking a record in by day: kept once, decided at once, told to whoever looks at the page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from xiaoer.customers.models import Firm
from xiaoer.customers.queries import firms
from xiaoer.events.records import decided
from xiaoer.events.rules import Event
from xiaoer.events.terms import Posted, Rules, Stored
from xiaoer.kit.published import FOREVER
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.sources.models import Record

CHANNEL = "xiaoer_noticed"  # what pages listen on; it carries numbers of rows, and nothing about a firm
# The first statement of a record's transaction limits it: what a page may have missed is bounded by queries.OVERLAP.
KEEP = (
    "INSERT INTO sources_record (kind, number, customer_id, system, day, at, told, branch_id, manager_id)"
    " SELECT %s, %s, %s, %s, %s::date, now(), %s::jsonb, %s, %s"
    " FROM (SELECT set_config('transaction_timeout', '8s', true)) AS limited"
    " ON CONFLICT (kind, number) DO NOTHING RETURNING id"
)
NOTICE = (
    "INSERT INTO events_event (event_id, customer_id, rule, event_date, due_date, severity, because, goal, amount,"
    " branch_id, manager_id, since, until, noticed_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s, %s, now())"
    " ON CONFLICT (event_id) WHERE until = 2147483647 DO NOTHING RETURNING id"  # the index's condition: FOREVER
)
READ = ("branch_id", "manager_id", "balance", "turnover_12m", "loan_balance", "matures_date")
TELL = "SELECT pg_notify(%s, %s)"


@dataclass(frozen=True)
class Taken:
    """What became of a record; `again` when it had been taken before, `firm_known` when it is a published firm's."""

    event_ids: tuple[str, ...]
    again: bool
    firm_known: bool


@transaction.atomic(savepoint=False)
def take(scope: Scope, record: Posted, system: str) -> Taken:
    """Keep a record, notice what it tells, and tell the open pages once the transaction stands.

    The same record again changes nothing. Raises Refusal for a number taken before with another content.
    """
    firm = _firm(scope, record.customer_id)
    if not _kept(record, firm, system):
        _refuse_another(record)
        return Taken((), again=True, firm_known=firm is not None)
    if firm is None:
        return Taken((), again=False, firm_known=False)
    found = decided(record, _stored(firm), Rules.in_force(record.day))
    noticed = {one.event_id: number for one in found if (number := _noticed(one, firm, scope.edition))}
    if noticed:
        transaction.on_commit(lambda: tell(noticed.values()))
    return Taken(tuple(noticed), again=False, firm_known=True)


def tell(numbers: Iterable[int]) -> None:
    """Wake whoever listens. After the commit, since PostgreSQL lets only one commit at a time carry a message."""
    with connection.cursor() as cursor:
        cursor.execute(TELL, [CHANNEL, ",".join(map(str, numbers))])


def _firm(scope: Scope, customer_id: str) -> Firm | None:
    """What rules by record read of a firm, and no more: this is asked for every record."""
    return firms(scope).filter(customer_id=customer_id).only(*READ).first()


def _kept(record: Posted, firm: Firm | None, system: str) -> bool:
    whose = (firm.branch_id, firm.manager_id) if firm else ("", "")
    told = json.dumps(record.told, ensure_ascii=False)
    values = [record.kind.value, record.number, record.customer_id, system, record.day, told, *whose]
    return _inserted(KEEP, values) is not None


def _refuse_another(record: Posted) -> None:
    before = Record.objects.get(kind=record.kind.value, number=record.number)
    if (before.customer_id, before.day, before.told) != (record.customer_id, record.day, dict(record.told)):
        raise Refusal(
            f"{record.kind.value} {record.number} was posted before with another content",
            "records",
            "a number of its own for each record",
            "Post a correction under a new number",
        )


def _stored(firm: Firm) -> Stored:
    return Stored(firm.balance, firm.turnover_12m, firm.loan_balance, firm.matures_date)


def _noticed(event: Event, firm: Firm, edition: int) -> int | None:
    """The number of the row; None where the same happening stands there already."""
    told = [json.dumps(one, ensure_ascii=False) for one in ([event.because], event.goal)]
    values = [
        event.event_id, event.customer_id, event.rule.value, event.event_date, event.due_date,
        event.severity.value, *told, event.amount, firm.branch_id, firm.manager_id, edition, FOREVER,
    ]  # fmt: skip
    return _inserted(NOTICE, values)


def _inserted(statement: str, values: list[Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return int(row[0]) if row else None
