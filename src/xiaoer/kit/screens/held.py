"""Rows that are values, not records, for a list: sifted, ordered, counted and added up as a queryset would be.

For lists of dozens of lines that no single table holds. Lookups: exact, in, icontains, isnull, lt, lte, gt, gte.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, cast

from django.db.models import Count, F, OrderBy, Q, QuerySet, Sum

LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda held, wanted: bool(held == wanted),
    "in": lambda held, wanted: held in wanted,
    "icontains": lambda held, wanted: held is not None and str(wanted).casefold() in str(held).casefold(),
    "isnull": lambda held, wanted: (held is None) == wanted,
    "lt": lambda held, wanted: held is not None and held < wanted,
    "lte": lambda held, wanted: held is not None and held <= wanted,
    "gt": lambda held, wanted: held is not None and held > wanted,
    "gte": lambda held, wanted: held is not None and held >= wanted,
}


def as_rows(values: Collection[Any]) -> QuerySet[Any]:
    """Values where a listing expects records: it asks both the same things."""
    return cast("QuerySet[Any]", HeldRows(values))


class HeldRows:
    """Values with attributes; each step gives a new one."""

    ordered = True

    def __init__(self, rows: Collection[Any]) -> None:
        self._rows = list(rows)

    def filter(self, *conditions: Q, **named: Any) -> HeldRows:
        """Rows that meet all conditions."""
        wanted = Q(*conditions, **named)
        return HeldRows([row for row in self._rows if meets(row, wanted)])

    def order_by(self, *orders: OrderBy | str) -> HeldRows:
        """Sorted by each order in turn; without any, as it is."""
        rows = list(self._rows)
        for order in reversed(orders):
            rows = _sorted(rows, order)
        return HeldRows(rows)

    def aggregate(self, **asked: Count | Sum) -> dict[str, int | None]:
        """Counts (with their own condition) and sums by name; a sum of nothing is None."""
        return {name: self._added(one) for name, one in asked.items()}

    def count(self) -> int:
        """How many."""
        return len(self._rows)

    def iterator(self, chunk_size: int = 0) -> Iterator[Any]:  # noqa: ARG002 as a queryset is asked
        """One after the other."""
        return iter(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: slice) -> Sequence[Any]:
        return self._rows[place]

    def _added(self, asked: Count | Sum) -> int | None:
        kept = self.filter(asked.filter) if asked.filter is not None else self
        if isinstance(asked, Count):
            return len(kept)
        (named,) = asked.get_source_expressions()[:1]
        known = [value for row in kept if (value := getattr(row, named.name)) is not None]
        return sum(known) if known else None


def meets(row: object, wanted: Q) -> bool:
    """Whether a value meets a condition. Raises KeyError for a lookup lists do not use."""
    parts = (meets(row, part) if isinstance(part, Q) else _holds(row, *part) for part in wanted.children)  # type: ignore[misc]
    held = any(parts) if wanted.connector == Q.OR and wanted.children else all(parts)
    return held != wanted.negated


def _holds(row: object, named: str, value: Any) -> bool:
    name, _, lookup = named.partition("__")
    return LOOKUPS[lookup or "exact"](getattr(row, name), value)


def _sorted(rows: list[Any], order: OrderBy | str) -> list[Any]:
    """Unknown values last, whichever way."""
    name, down = _named(order)
    known = [row for row in rows if getattr(row, name) is not None]
    unknown = [row for row in rows if getattr(row, name) is None]
    return [*sorted(known, key=lambda row: getattr(row, name), reverse=down), *unknown]


def _named(order: OrderBy | str) -> tuple[str, bool]:
    if isinstance(order, str):
        return order.removeprefix("-"), order.startswith("-")
    field = order.expression
    if not isinstance(field, F):
        message = f"only plain fields order a list of values, not {field!r}"
        raise TypeError(message)
    return str(field.deconstruct()[1][0]), bool(order.descending)
