"""Sizes, tiers and the grid that joins them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Any

from xiaoer.kit.money import FEN_PER_YUAN
from xiaoer.kit.parameters import in_force
from xiaoer.kit.text import Reason

FEN_PER_WAN = 10_000 * FEN_PER_YUAN
BANDS = 4


class SizeClass(StrEnum):
    """Enterprise size by the official table; the last two are answers too."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"
    UNDETERMINED = "undetermined"
    NOT_CLASSIFIED = "not_classified"


CLASSED = (SizeClass.LARGE, SizeClass.MEDIUM, SizeClass.SMALL)


class Metric(StrEnum):
    """What a size is measured by."""

    STAFF = "staff"
    REVENUE = "revenue"
    ASSETS = "assets"


class Tier(StrEnum):
    """How a firm is looked after: 尊享, 卓越, 潜力, 一般."""

    PREMIER = "premier"
    EXCELLENT = "excellent"
    POTENTIAL = "potential"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Measured:
    """What decides a firm's size. Money in fen; None where the bank did not deliver it."""

    kind: str = "enterprise"
    industry_code: str | None = None
    staff: int | None = None
    revenue: int | None = None
    assets: int | None = None

    def of(self, metric: Metric) -> int | None:
        """The metric's value: persons, or fen."""
        return {Metric.STAFF: self.staff, Metric.REVENUE: self.revenue, Metric.ASSETS: self.assets}[metric]


@dataclass(frozen=True, slots=True)
class SizeLine:
    """One line of the official table: its industries; per metric the bounds of large, medium, small."""

    name: str
    divisions: frozenset[str]
    groups: frozenset[str]
    bounds: Mapping[Metric, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class SizeTable:
    """The official table of one day, with the sections of the industry standard."""

    lines: tuple[SizeLine, ...]
    sections: Mapping[str, tuple[str, ...]]
    carved: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Divisions in which some group has a line of its own: two digits do not place a firm there."""
        groups = chain.from_iterable(line.groups for line in self.lines)
        object.__setattr__(self, "carved", frozenset(group[:2] for group in groups))

    @classmethod
    def in_force(cls, on: date) -> SizeTable:
        """The table that holds on a day."""
        spans = in_force("segments", "sections", on)["divisions"]
        sections = {
            letter: tuple(f"{number:02d}" for number in range(first, last + 1))
            for letter, (first, last) in spans.items()
        }
        lines = in_force("segments", "size_class", on)["lines"]
        return cls(tuple(_line(written, sections) for written in lines), sections)


@dataclass(frozen=True, slots=True)
class Size:
    """A firm's size class, the line it was read from, what was missing, and the reason."""

    size_class: SizeClass
    line: str
    missing: tuple[str, ...]
    because: Reason


@dataclass(frozen=True, slots=True)
class Grid:
    """Value × size: bounds of the bands (fen, for 4, 3, 2) and the tier of each cell."""

    contribution: tuple[int, int, int]
    turnover: tuple[int, int, int]
    size_by_turnover: tuple[int, int, int]
    cells: tuple[tuple[Tier, ...], ...]

    @classmethod
    def in_force(cls, on: date) -> Grid:
        """The grid that holds on a day."""
        held = in_force("segments", "grid", on)
        return cls(
            contribution=_fen(held["contribution_wan"]),
            turnover=_fen(held["turnover_wan"]),
            size_by_turnover=_fen(held["size_by_turnover_wan"]),
            cells=tuple(tuple(Tier(name) for name in row) for row in held["cells"]),
        )

    def tier(self, value_band: int, size_band: int) -> Tier:
        """The tier of a cell; bands run from 1 (least) to 4."""
        return self.cells[BANDS - value_band][BANDS - size_band]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a firm stands in the grid, and why."""

    value_band: int
    size_band: int
    tier: Tier
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a tier hears from us, and how."""

    every_days: int
    channel: str


def contact_plan(on: date) -> Mapping[Tier, Rhythm]:
    """Each tier's rhythm on a day."""
    held = in_force("segments", "contact_plan", on)
    return {tier: Rhythm(**held[tier]) for tier in Tier}


def _line(written: Mapping[str, Any], sections: Mapping[str, Sequence[str]]) -> SizeLine:
    whole = chain.from_iterable(sections[letter] for letter in written.get("sections", ()))
    bounds: dict[Metric, tuple[int, int, int]] = {}
    if "staff" in written:
        bounds[Metric.STAFF] = _three(written["staff"])
    for metric in (Metric.REVENUE, Metric.ASSETS):
        if f"{metric}_wan" in written:
            bounds[metric] = _fen(written[f"{metric}_wan"])
    return SizeLine(
        name=written["name"],
        divisions=frozenset(chain(whole, written.get("divisions", ()))),
        groups=frozenset(written.get("groups", ())),
        bounds=bounds,
    )


def _fen(wan: Sequence[int]) -> tuple[int, int, int]:
    return _three([amount * FEN_PER_WAN for amount in wan])


def _three(values: Sequence[int]) -> tuple[int, int, int]:
    first, second, third = values
    return first, second, third
