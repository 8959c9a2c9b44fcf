"""Who sits at the desk, on which day, before figures of which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from xiaoer.kit.scope import Scope


@dataclass(frozen=True)
class Desk:
    """The reader's scope, the desk's day, and the day the figures are from (None before the first night)."""

    scope: Scope
    today: date
    as_of: date | None

    @property
    def writes(self) -> bool:
        return self.scope.may("contacts.write")

    @property
    def exports(self) -> bool:
        return self.scope.may("export")


def desk_of(request: HttpRequest) -> Desk:
    """What the middleware found out about this request."""
    return Desk(request.scope, request.today, request.pointer.business_date)  # type: ignore[attr-defined]
