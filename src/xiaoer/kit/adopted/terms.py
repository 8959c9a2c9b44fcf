"""What a change of figures is, and which figures hold on a day once changes were adopted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Step(StrEnum):
    """What somebody does with a change: ask for it, or as another person adopt it or send it back."""

    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Change:
    """An adopted change: whole numbers by figure, from a day on; `number` orders changes of one day."""

    figures: Mapping[str, int]
    from_date: date
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change somebody asks for: whole numbers by figure, from a day on, and why."""

    figures: Mapping[str, int]
    from_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """A figure as adopted, and the day from which it holds."""

    value: int
    since: date


@dataclass(frozen=True)
class Subject:
    """What figures belong together, who may ask for a change and who may adopt it.

    `check` raises Refusal for figures nobody may adopt.
    """

    name: str
    asks: str
    adopts: str
    check: Callable[[Mapping[str, int], date], None]


def in_force(changes: Iterable[Change], on: date) -> dict[str, Held]:
    """The adopted figures of a day, the later change before the earlier one; none where nothing was changed."""
    begun = sorted(
        (one for one in changes if one.from_date <= on), key=lambda one: (one.from_date, one.number)
    )
    return {code: Held(value, one.from_date) for one in begun for code, value in one.figures.items()}


def values(held: Mapping[str, Held]) -> dict[str, int]:
    """The figures without their days."""
    return {code: one.value for code, one in held.items()}
