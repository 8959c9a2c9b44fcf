"""What a simulated bank is made of: the plan, its months, the calibration."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

MANAGER_MINUTES = 360


@dataclass(frozen=True)
class Plan:
    """How large a bank to make, over how many months, ending on which day, from which seed."""

    firms: int
    months: int
    seed: int
    end: date


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
