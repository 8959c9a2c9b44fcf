"""What happened, in the past tense: kept in the transaction that made it so, told to whoever asked."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from xiaoer.kit.facts.terms import Fact
from xiaoer.kit.published import Scoped, ScopedRows
from xiaoer.kit.scope.walls import Wall


class FactRow(Scoped):
    """A fact as kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    name = models.TextField()
    staff_id = models.TextField()
    customer_id = models.TextField(default="", db_index=True)
    told = models.JSONField(encoder=DjangoJSONEncoder)

    wall: ClassVar[Wall] = Wall.AUTHORED
    web_may: ClassVar[str] = "SELECT, INSERT"

    objects = ScopedRows.as_manager()

    class Meta:
        db_table = "kit_fact"


_listeners: dict[type[Fact], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[Fact], listener: Callable[[Any], None]) -> None:
    """Let `listener` hear every fact of this kind, inside its transaction; wired in `app/` only."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def publish(fact: Fact) -> None:
    """Keep the fact and tell its listeners; when one fails, nothing of it has happened."""
    told = asdict(fact)
    columns = {name: told.pop(name) for name in ("staff_id", "customer_id", "branch_id", "manager_id")}
    FactRow.objects.create(name=type(fact).__name__, told=told, **columns)
    for listener in _listeners[type(fact)]:
        listener(fact)
