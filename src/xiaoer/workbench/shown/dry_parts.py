"""Pieces of a dry run's page: whom the desk knows, a share of the firms named, a firm as a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HEAVY = 0.25  # of a manager's week: more than that for one rule is told loudly


@dataclass(frozen=True)
class Bench:
    """Whom the desk knows: names and minutes a day by manager, names by branch, firms by manager and by tier."""

    staff: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)
    by_manager: Mapping[str, int] = field(default_factory=dict)
    by_branch: Mapping[str, int] = field(default_factory=dict)
    by_tier: Mapping[str, int] = field(default_factory=dict)

    @property
    def firms(self) -> int:
        return sum(self.by_manager.values())


@dataclass(frozen=True)
class Part:
    """A branch, manager, tier or rule: its firms named, out of how many, the minutes they ask for, a week's minutes."""

    title: str
    firms: int
    of: int | None = None
    fresh: int = 0
    minutes: int = 0
    week: int = 0

    @property
    def share(self) -> float | None:
        return self.firms / self.of if self.of else None

    @property
    def load(self) -> float | None:
        """Of a week's minutes, were all met in one."""
        return self.minutes / self.week if self.week else None

    @property
    def is_heavy(self) -> bool:
        return (self.load or 0) > HEAVY


@dataclass(frozen=True)
class Sample:
    """A firm with what would be said of it."""

    firm: Any
    said: str
    amount: int
    added: bool = False
