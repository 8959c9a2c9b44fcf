"""The one table, declared: what it shows, how it can be sorted, sifted and viewed.

A room writes its columns as values; `listing.listing` feeds them from a queryset. Nothing here knows banking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Q
from django.utils.functional import Promise

Words = str | Promise
Kind = Literal[
    "text",
    "name",
    "wan",
    "money",
    "count",
    "percent",
    "change",
    "points",
    "score",
    "day",
    "chips",
    "tier",
    "flag",
    "links",
]
Place = Literal["title", "aside", "line", "second", "none"]
RIGHT = frozenset({"wan", "money", "count", "percent", "change", "points", "score"})


@dataclass(frozen=True)
class Link:
    """Something to do from a row: where it leads, and the dialog it opens in ("" for none); a cell of kind links."""

    title: str
    address: str
    over: str = ""


@dataclass(frozen=True)
class Column:
    """One column.

    `value` is an attribute or a function of the row; `order` are the fields to sort by (none: not sortable);
    `total` is the field to add up over all pages. `place` says where it goes on a phone's two lines.
    `figure` names its definition in figures.toml.
    """

    key: str
    title: Words
    value: str | Callable[[Any], object]
    kind: Kind = "text"
    order: tuple[str, ...] = ()
    total: str = ""
    figure: str = ""
    place: Place = "none"
    chosen: bool = True
    fixed: bool = False

    def of(self, row: object) -> object:
        return self.value(row) if callable(self.value) else getattr(row, self.value)

    @property
    def right(self) -> bool:
        return self.kind in RIGHT


@dataclass(frozen=True)
class Choice:
    """One thing a filter can be set to, and the rows it keeps."""

    key: str
    title: Words
    keeps: Q


@dataclass(frozen=True)
class Filter:
    """A question the reader can narrow by. `few`: choices stand in the open as chips, else in a menu.

    `quiet`: offered only while it is on; another page leads to it.
    """

    key: str
    title: Words
    choices: tuple[Choice, ...] | Callable[[Any], tuple[Choice, ...]]
    few: bool = False
    quiet: bool = False

    def offered(self, rows: Any) -> tuple[Choice, ...]:
        return self.choices(rows) if callable(self.choices) else self.choices


@dataclass(frozen=True)
class TierNow:
    """The value of a column of kind "tier": where a row stands, where it stood ("" when not known), in words."""

    code: str
    before: str = ""
    words: str = ""

    def __str__(self) -> str:
        return self.words or self.code


@dataclass(frozen=True)
class View:
    """A saved way of looking: a name and the address parameters that make it; `removal` takes a POST."""

    key: str
    title: Words
    asks: Mapping[str, str] = field(default_factory=dict)
    own: bool = False
    removal: str = ""


@dataclass(frozen=True)
class Table:
    """A table as declared: columns, filters, views, and what to say when it is empty.

    `row_key` is the row's attribute that names it; `default_order` is a column key, "-" for descending;
    `opens` gives the address of a row's page, `glances` that of its side panel; `finds` turns typed text
    into a condition.
    """

    name: str
    title: Words
    columns: tuple[Column, ...]
    row_key: str
    default_order: str
    opens: Callable[[Any], str]
    glances: Callable[[Any], str] | None = None
    filters: tuple[Filter, ...] = ()
    views: tuple[View, ...] = ()
    finds: Callable[[str], Q] | None = None
    finds_hint: Words = ""
    unit_note: Words = ""
    empty_title: Words = ""
    empty_why: Words = ""
    page_size: int = 50

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)
