"""Families of decisions, and who of a family is left alone for comparison: by lot, the same for as long as it lasts.

In words: docs/rules/effects.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from xiaoer.kit.adopted.terms import Held, Subject
from xiaoer.kit.parameters import in_force
from xiaoer.kit.refusal import Refusal
from xiaoer.trials.rules import lot

TREATED, HOLDOUT = "treated", "holdout"
MOST_PER_CENT = 50
SHARE, BY_GROUP = "holdout_", "by_group_"
PARTS = 256  # of a family's firms, drawn by lot: money is resampled part by part


@dataclass(frozen=True, slots=True)
class Family:
    """Decisions of one sort: the rules that make them, what share of their firms is left alone, how they are judged.

    `won` names what counts as having come true within `horizon_days`; `since` is the day from which the share holds:
    arms are drawn anew from that day, and each half-year. `by_bank`: the bank's files bring the arms.
    """

    name: str
    rules: frozenset[str]
    purposes: frozenset[str]
    share: float
    by_group: bool
    horizon_days: int
    won: str
    since: date
    by_bank: bool = False


@dataclass(frozen=True)
class Families:
    """The families of a day by name, in the order screens show them."""

    of: Mapping[str, Family]

    @classmethod
    def in_force(cls, on: date, adopted: Mapping[str, Held] | None = None) -> "Families":
        """The families of a day, with what two persons changed by then."""
        held = in_force("trials", "families", on)
        since = held["from_date"]
        found = {name: _family(name, told, since) for name, told in held["of"].items()}
        return cls({name: _changed(one, adopted or {}) for name, one in found.items()})

    def of_rule(self, rule: str, purpose: str) -> Family | None:
        """The family a rule decides for: by its name, else by its purpose; None where nobody is left alone."""
        named = (one for one in self.of.values() if rule in one.rules)
        alike = (one for one in self.of.values() if purpose in one.purposes)
        return next(named, None) or next(alike, None)


def _family(name: str, told: Mapping[str, Any], since: date) -> Family:
    return Family(
        name, frozenset(told.get("rules", ())), frozenset(told.get("purposes", ())), told.get("holdout_share", 0.0),
        told.get("by_group", False), told["horizon_days"], told["won"], since, told.get("by_bank", False),
    )  # fmt: skip


def _changed(family: Family, adopted: Mapping[str, Held]) -> Family:
    share, group = adopted.get(SHARE + family.name), adopted.get(BY_GROUP + family.name)
    changed = [one for one in (share, group) if one]
    if not changed or family.by_bank:
        return family
    return replace(
        family,
        share=share.value / 100 if share else family.share,
        by_group=bool(group.value) if group else family.by_group,
        since=max(one.since for one in changed),
    )


def dealt(family: Family, day: date) -> date:
    """The day from which the arms of a day were dealt: the half-year's first, or the share's where that is later."""
    return max(date(day.year, 1 if day.month <= 6 else 7, 1), family.since)


def arm(family: Family, unit: str, day: date) -> tuple[str, float]:
    """The arm of a firm or group on a day, and the chance it had of just that arm."""
    held_out = lot(family.name, unit, dealt(family, day).isoformat()) < family.share
    return (HOLDOUT, family.share) if held_out else (TREATED, 1 - family.share)


def part(unit: str) -> int:
    """Which of PARTS a firm or group belongs to, by lot."""
    return int(lot("part", unit) * PARTS)


def figures(families: Families) -> dict[str, int]:
    """What may be changed, by name, as it stands: per cent left alone, and 1 where whole groups are dealt."""
    return dict(_figures(families))


def _figures(families: Families) -> Iterator[tuple[str, int]]:
    for one in families.of.values():
        if not one.by_bank:
            yield SHARE + one.name, round(one.share * 100)
            yield BY_GROUP + one.name, int(one.by_group)


def check(asked: Mapping[str, int], on: date) -> None:
    """Raises Refusal for a figure that is none, or a share beyond 50 per cent."""
    known = figures(Families.in_force(on))
    for name, value in asked.items():
        most = MOST_PER_CENT if name.startswith(SHARE) else 1
        if name not in known:
            raise Refusal(f"{name!r} is no figure of a family", "hold-outs", ", ".join(known))
        if not 0 <= value <= most:
            raise Refusal(f"{value} is out of range", name, f"a whole number from 0 to {most}")


HOLD_OUTS = Subject("hold_outs", "holdouts.ask", "holdouts.adopt", check)
