"""What a simulated bank is made of: the plan, its months, the calibration."""

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

MANAGER_MINUTES = 360
SEED_MASK = (1 << 32) - 1


@dataclass(frozen=True)
class Shock:
    """An industry (the beginning of its code) whose business falls to a share of its level from a day on."""

    industry: str
    day: date
    level: float


@dataclass(frozen=True)
class Plan:
    """How large a bank to make, over how many months, ending on which day, from which seed.

    A large bank is made in parts that know nothing of one another but share head office, branches, staff and
    what befalls whole industries and districts; then `firms` and `seed` are the part's, `first` counts the firms
    of the parts before.
    """

    firms: int
    months: int
    seed: int
    end: date
    shocks: tuple[Shock, ...] = ()
    first: int = 0
    part: int = 0
    parts: int = 1
    whole: int = 0

    @property
    def all_firms(self) -> int:
        """Firms of the whole bank."""
        return self.whole or self.firms

    @property
    def whole_seed(self) -> int:
        """The seed of what all parts share."""
        return self.seed & SEED_MASK

    def divided(self, most: int) -> list["Plan"]:
        """The parts of a bank, of at most so many firms each; a small bank is its own only part."""
        parts = -(-self.firms // most)
        if parts == 1:
            return [self]
        edges = [round(self.firms * part / parts) for part in range(parts + 1)]
        return [
            replace(
                self,
                firms=edges[part + 1] - edges[part],
                seed=self.seed + ((part + 1) << 32),
                first=edges[part],
                part=part,
                parts=parts,
                whole=self.firms,
            )
            for part in range(parts)
        ]

    def mark(self, prefix: str) -> str:
        """A prefix of numbers that no other part uses."""
        return prefix if self.parts == 1 else f"{prefix}{self.part:02d}"


@dataclass(frozen=True)
class Month:
    """One month of the simulation; the last one may stop before the calendar month does."""

    index: int
    first: date
    last: date

    @property
    def stamp(self) -> str:
        """The day a delivery of this month is named after, as 20261031."""
        return f"{self.last:%Y%m%d}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Figure:
    """One row of the calibration: what is set, what the output must show, and where it comes from."""

    name: str
    value: float
    about: str
    source: str
    expect: tuple[float, float] | None


@cache
def figures() -> dict[str, Figure]:
    """Every calibrated figure by its name."""
    return {name: _figure(name, row) for name, row in table("calibration").items()}


def figure(name: str) -> float:
    """The value set for one calibrated figure; unknown names are a fault."""
    return figures()[name].value


@cache
def table(name: str) -> dict[str, Any]:
    """One of the TOML tables lying beside this file."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def _figure(name: str, row: dict[str, Any]) -> Figure:
    low_high = row.get("expect")
    expect = (float(low_high[0]), float(low_high[1])) if low_high else None
    return Figure(name, float(row["value"]), str(row["about"]), str(row["source"]), expect)
