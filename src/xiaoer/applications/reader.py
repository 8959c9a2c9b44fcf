"""Who reads, on which day, before figures of which day, at which instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils.translation import get_language

from xiaoer.applications.terms import RIGHTS, Part
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.scope import Scope


@dataclass(frozen=True)
class Reader:
    """The scope with the desk's day and this instant."""

    scope: Scope
    today: date
    now: datetime
    as_of: date | None = None

    def has(self, part: Part) -> bool:
        """Whether a post carries this part."""
        return self.scope.may(RIGHTS[part])

    @property
    def exports(self) -> bool:
        return self.scope.may("export")


def reader_of(request: HttpRequest) -> Reader:
    """What the middleware found out about this request."""
    return Reader(
        request.scope,  # type: ignore[attr-defined]
        request.today,  # type: ignore[attr-defined]
        SystemClock().now(),
        request.pointer.business_date,  # type: ignore[attr-defined]
    )


def tongue() -> str:
    return get_language() or "zh-hans"
