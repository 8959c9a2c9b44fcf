"""From a declared table, a queryset and an address to what the page shows. Every state is in the address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OrderBy, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils.http import urlencode

from xiaoer.kit.screens.formats import NOTHING
from xiaoer.kit.screens.tables import Column, Filter, Table, View, Words

APART = "."
STEPS = frozenset({"page", "excel", "panel"})


@dataclass(frozen=True)
class Offered:
    """A choice of a filter as shown: how many rows it would keep, whether it is on, where a tap leads."""

    key: str
    title: Words
    count: int
    on: bool
    address: str


@dataclass(frozen=True)
class OfferedFilter:
    filter: Filter
    choices: tuple[Offered, ...]
    clear: str

    @property
    def on(self) -> list[Offered]:
        return [choice for choice in self.choices if choice.on]


@dataclass(frozen=True)
class Head:
    column: Column
    address: str
    direction: str


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any

    @property
    def says_what(self) -> bool:
        """A bare percent or date on a phone's second line needs its column's name."""
        return self.column.kind in {"change", "percent", "day", "count"}


@dataclass(frozen=True)
class Row:
    key: str
    record: Any
    cells: tuple[Cell, ...]
    address: str
    panel_address: str

    @property
    def second(self) -> list[Cell]:
        return [
            cell
            for cell in self.cells
            if cell.column.place == "second" and cell.value not in (None, "", NOTHING)
        ]


class Listing:
    """A table in one state. `asked` are the address parameters; `own_views` the reader's saved ones."""

    def __init__(
        self, table: Table, rows: QuerySet[Any], asked: Mapping[str, str], own_views: tuple[View, ...] = ()
    ) -> None:
        self.table = table
        self.asked = {key: value for key, value in asked.items() if value and key != "excel"}
        self._all = rows
        self._own_views = own_views

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        wanted = self.asked.get("cols", "").split(APART) if self.asked.get("cols") else None
        return tuple(
            column
            for column in self.table.columns
            if column.fixed or (column.key in wanted if wanted else column.chosen)
        )

    @cached_property
    def found(self) -> QuerySet[Any]:
        """All rows that the typed text and the filters keep, in order."""
        return self._kept(self._all, without="").order_by(*self._order())

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.found, self.table.page_size).get_page(self.asked.get("page"))

    @property
    def rows(self) -> list[Row]:
        return [self.row(record) for record in self.page.object_list]

    def row(self, record: Any) -> Row:
        cells = tuple(Cell(column, column.of(record)) for column in self.columns)
        glance = self.table.glances(record) if self.table.glances else ""
        return Row(str(getattr(record, self.table.row_key)), record, cells, self.table.opens(record), glance)

    @cached_property
    def count(self) -> int:
        return self.page.paginator.count

    @cached_property
    def whole_count(self) -> int:
        return self._all.count()

    @cached_property
    def totals(self) -> list[Cell | None]:
        """One cell per column; None where nothing is added up."""
        sums = {column.key: Sum(column.total) for column in self.columns if column.total}
        added = self.found.order_by().aggregate(**sums) if sums else {}
        return [Cell(column, added[column.key]) if column.total else None for column in self.columns]

    @property
    def has_totals(self) -> bool:
        return self.count > 1 and any(column.total for column in self.columns)

    @cached_property
    def filters(self) -> list[OfferedFilter]:
        shown = [one for one in self.table.filters if not one.quiet or self.asked.get(one.key)]
        return [offered for one in shown if (offered := self._offered(one)).choices]

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.columns]

    @property
    def views(self) -> list[tuple[View, str, bool]]:
        """Views as (view, address, whether this is the one shown)."""
        shown = {key: value for key, value in self.asked.items() if key not in STEPS}
        views = (*self.table.views, *self._own_views)
        return [(view, "?" + urlencode(view.asks), dict(view.asks) == shown) for view in views]

    @property
    def can_find(self) -> bool:
        return self.table.finds is not None

    @property
    def own_view(self) -> View | None:
        """The reader's own view that is shown now, which may be removed."""
        return next((view for view, _, shown in self.views if shown and view.own), None)

    @property
    def is_a_view(self) -> bool:
        return any(shown for _, _, shown in self.views)

    @property
    def column_choices(self) -> list[tuple[Column, bool]]:
        return [(column, column in self.columns) for column in self.table.columns if not column.fixed]

    @property
    def kept_for_columns(self) -> dict[str, str]:
        return {key: value for key, value in self.asked.items() if key not in STEPS | {"cols", "col"}}

    @property
    def kept_for_typing(self) -> dict[str, str]:
        return {key: value for key, value in self.asked.items() if key not in STEPS | {"q"}}

    def address(self, **changes: str) -> str:
        """The state with some parameters changed; an empty value takes one out; paging starts anew."""
        asked = {key: value for key, value in self.asked.items() if key not in STEPS} | changes
        return "?" + urlencode({key: value for key, value in asked.items() if value})

    @property
    def excel_address(self) -> str:
        return self.address(excel="1")

    @property
    def bare_address(self) -> str:
        return "?"

    @property
    def state(self) -> str:
        """The parameters worth saving as a view."""
        return self.address().removeprefix("?")

    @property
    def previous(self) -> str:
        return self.address(page=str(self.page.number - 1)) if self.page.has_previous() else ""

    @property
    def next(self) -> str:
        return self.address(page=str(self.page.number + 1)) if self.page.has_next() else ""

    def _kept(self, rows: QuerySet[Any], *, without: str) -> QuerySet[Any]:
        for condition in self._conditions(without):
            rows = rows.filter(condition)
        return rows

    def _conditions(self, without: str) -> Iterator[Q]:
        if self.table.finds and self.asked.get("q"):
            yield self.table.finds(self.asked["q"].strip())
        for one in self.table.filters:
            chosen = self._chosen(one)
            keeps = [choice.keeps for choice in one.offered(self._all) if choice.key in chosen]
            if chosen and one.key != without:  # set to what there is nothing of, a filter keeps nothing
                yield _either(keeps) if keeps else Q(**{f"{self.table.row_key}__in": ()})

    def _chosen(self, one: Filter) -> list[str]:
        return self.asked[one.key].split(APART) if self.asked.get(one.key) else []

    def _offered(self, one: Filter) -> OfferedFilter:
        choices, chosen = one.offered(self._all), self._chosen(one)
        counts = self._counts(one, choices)
        offered = tuple(
            Offered(
                choice.key,
                choice.title,
                counts[choice.key],
                choice.key in chosen,
                self._toggled(one, chosen, choice.key),
            )
            for choice in choices
            if counts[choice.key] or choice.key in chosen
        )
        gone = (key for key in chosen if key not in counts)
        lost = tuple(Offered(key, key, 0, on=True, address=self._toggled(one, chosen, key)) for key in gone)
        return OfferedFilter(one, (*offered, *lost), self.address(**{one.key: ""}))

    def _counts(self, one: Filter, choices: tuple[Any, ...]) -> dict[str, int]:
        rows = self._kept(self._all, without=one.key).order_by()
        asked = {f"n{place}": Count("pk", filter=choice.keeps) for place, choice in enumerate(choices)}
        counted = rows.aggregate(**asked) if asked else {}
        return {choice.key: counted[f"n{place}"] for place, choice in enumerate(choices)}

    def _toggled(self, one: Filter, chosen: list[str], key: str) -> str:
        kept = [other for other in chosen if other != key] if key in chosen else [*chosen, key]
        return self.address(**{one.key: APART.join(kept)})

    def _order(self) -> list[OrderBy | str]:
        asked = self.asked.get("sort") or self.table.default_order
        column = self.table.column(asked.removeprefix("-"))
        if column is None or not column.order:
            asked, column = (
                self.table.default_order,
                self.table.column(self.table.default_order.removeprefix("-")),
            )
        fields = column.order if column else ()
        down = asked.startswith("-")
        ordered = [F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name in fields]
        return [*ordered, self.table.row_key]

    def _head(self, column: Column) -> Head:
        asked = self.asked.get("sort") or self.table.default_order
        now = {column.key: "ascending", f"-{column.key}": "descending"}.get(asked, "")
        first = f"-{column.key}" if column.right or column.kind == "day" else column.key
        turned = {"ascending": f"-{column.key}", "descending": column.key}.get(now, first)
        return Head(column, self.address(sort=turned) if column.order else "", now)


def asked(parameters: QueryDict) -> dict[str, str]:
    """An address's parameters as a listing reads them; ticked columns are joined into one."""
    plain = {
        key: value for key, value in parameters.dict().items() if key != "col" and isinstance(value, str)
    }
    return plain | ({"cols": APART.join(map(str, parameters.getlist("col")))} if "col" in parameters else {})


def _either(conditions: list[Q]) -> Q:
    joined = conditions[0]
    for condition in conditions[1:]:
        joined |= condition
    return joined
