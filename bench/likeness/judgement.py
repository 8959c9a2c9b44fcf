"""Two surveys set side by side: which figures are near, which sentence fits a picture, what has no excuse."""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.likeness.survey import Survey

BESIDE = Path(__file__).parent
NEAR = 1.25
UNITS = {"days": "{:,.0f}", "count": "{:,.0f}", "yuan": "{:,.0f}", "number": "{:.2f}", "share": "{:.1%}"}


@dataclass(frozen=True)
class Figure:
    """One line of figures.toml."""

    name: str
    plot: str
    about: str
    of: str
    take: str
    unit: str
    near: float = NEAR
    near_by: float | None = None
    calibration: str = ""
    below: str = ""
    above: str = ""

    def told(self, value: float) -> str:
        return "–" if math.isnan(value) else UNITS[self.unit].format(value).replace("%", " %")


@dataclass(frozen=True)
class Plot:
    """One picture of plots.toml."""

    name: str
    title: str
    title_zh: str
    lead: str
    like: str
    below: str
    above: str
    panels: list[dict[str, Any]]


@dataclass(frozen=True)
class Pair:
    """A figure in both books."""

    figure: Figure
    bank: float
    book: float

    @property
    def simulated(self) -> str:
        return self.figure.told(self.bank)

    @property
    def real(self) -> str:
        return self.figure.told(self.book)

    @property
    def verdict(self) -> str:
        """`like`, or `below` or `above` where the simulated figure lies out of reach of the real one."""
        if math.isnan(self.bank) or math.isnan(self.book):
            return "below"
        if self._near():
            return "like"
        return "below" if self.bank < self.book else "above"

    def _near(self) -> bool:
        if self.figure.near_by is not None:
            return abs(self.bank - self.book) <= self.figure.near_by
        low, high = sorted((self.bank, self.book))
        return high <= low * self.figure.near

    @property
    def excuse(self) -> str:
        """Why we live with it, empty where nothing speaks for it."""
        return {"like": "", "below": self.figure.below, "above": self.figure.above}[self.verdict]


@cache
def figures() -> dict[str, Figure]:
    """Every figure by its name, in the order of the page."""
    return {name: Figure(name=name, **row) for name, row in _page("figures").items()}


@cache
def plots() -> dict[str, Plot]:
    """Every picture by its name, in the order of the page."""
    return {name: Plot(name=name, **row) for name, row in _page("plots").items()}


def pairs(bank: Survey, book: Survey) -> dict[str, Pair]:
    """Every figure taken from both surveys."""
    return {
        name: Pair(figure, bank.take(figure.of, figure.take), book.take(figure.of, figure.take))
        for name, figure in figures().items()
    }


def sentence(plot: Plot, found: dict[str, Pair]) -> str:
    """What one sees on a picture: the sentence its leading figure chooses, with the figures of this run."""
    chosen: str = getattr(plot, found[plot.lead].verdict)
    return chosen.format_map(found)


def _page(name: str) -> dict[str, Any]:
    return tomllib.loads((BESIDE / f"{name}.toml").read_text("utf-8"))
