"""A chart as a value: what is drawn, in which unit, against what. The browser computes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from xiaoer.kit.screens.tables import Words

Kind = Literal["months", "load", "points"]
Shape = Literal["bar", "line", "usual"]
Height = Literal["normal", "small", "tall"]


@dataclass(frozen=True)
class Series:
    """One line or set of bars; `usual`, always dashed, is what others are held against. None is a gap."""

    name: Words
    values: tuple[float | None, ...]
    shape: Shape = "bar"


@dataclass(frozen=True)
class Chart:
    """Labels along the axis, series in the same order, unit before or after the number.

    `long` are the labels in full for tooltip and table; `notes` a sentence per label for the tooltip, such as
    the comparison with last year; `limit` a dashed line; `top` where the
    axis ends, else as the figures ask; `whole` the places that are levels, not steps.
    """

    kind: Kind
    title: Words
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    long: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    before: Words = ""
    after: Words = ""
    digits: int = 1
    limit: float | None = None
    top: float | None = None
    whole: tuple[int, ...] = ()
    drill: tuple[str, ...] = ()
    height: Height = "normal"
    head: Words = field(default="")

    def drawn(self) -> dict[str, object]:
        """What the browser reads."""
        return {
            "kind": self.kind,
            "labels": self.labels,
            "long": self.long or self.labels,
            "notes": self.notes,
            "series": [
                {"name": str(one.name), "values": one.values, "shape": one.shape} for one in self.series
            ],
            "before": str(self.before),
            "after": str(self.after),
            "digits": self.digits,
            "limit": self.limit,
            "top": self.top,
            "whole": self.whole,
            "drill": self.drill,
        }

    def rows(self) -> list[tuple[str, list[float | None]]]:
        """The same figures for the table behind the picture."""
        return [
            (label, [one.values[place] for one in self.series])
            for place, label in enumerate(self.long or self.labels)
        ]


@dataclass(frozen=True)
class Spark:
    """A line small enough for a table cell, as paths in a 100 × 24 box."""

    line: str
    area: str


def spark(values: list[float | None]) -> Spark | None:
    """The shape of a few figures; None when there are fewer than two."""
    known = [value or 0 for value in values]
    if len(known) < 2:
        return None
    top, low = max(*known, 1), min(*known, 0)
    step, height = 100 / (len(known) - 1), 22 / ((top - low) or 1)
    at = [f"{place * step:.1f},{23 - (value - low) * height:.1f}" for place, value in enumerate(known)]
    line = "M" + " L".join(at)
    return Spark(line, f"{line} L100,24 L0,24 Z")
