"""Who sits at the desk, on which day, before figures of which day."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar, cast

from django.http import HttpRequest

from xiaoer.kit.scope import Scope

Found = TypeVar("Found")
LATELY = 20.0  # seconds


@dataclass(frozen=True)
class Desk:
    """The reader's scope, the desk's day, and the day the figures are from (None before the first night).

    `known` lives as long as the edition is shown, for all who see the same portfolios: only what follows from published
    rows and the scope belongs there.
    """

    scope: Scope
    today: date
    as_of: date | None
    known: dict[str, object] = field(default_factory=dict, compare=False)

    def remembered(self, name: str, find: Callable[[], Found]) -> Found:
        """What was found in this edition before, or is found now."""
        if name not in self.known:
            self.known[name] = find()
        return cast("Found", self.known[name])

    def lately(self, name: str, find: Callable[[], Found]) -> Found:
        """What is found now; for readers of the whole bank, what one of them found within the last seconds.

        For rows that people write: counting a whole bank's on every page would cost more than the page.
        """
        if not self.scope.everything:
            return find()
        at, found = cast("tuple[float, Found | None]", self.known.get(name, (-LATELY, None)))
        if time.monotonic() - at >= LATELY or found is None:
            found = find()
            self.known[name] = (time.monotonic(), found)
        return found

    @property
    def writes(self) -> bool:
        return self.scope.may("contacts.write")

    @property
    def exports(self) -> bool:
        return self.scope.may("export")


def desk_of(request: HttpRequest) -> Desk:
    """What the middleware found out about this request."""
    return Desk(request.scope, request.today, request.pointer.business_date, request.remembered)  # type: ignore[attr-defined]
