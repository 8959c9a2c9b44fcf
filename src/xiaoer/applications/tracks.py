"""Tracks: which parts one person may hold together, up to which sum, as the risk department dates them.

Two joints are possible at all (JOINABLE); PostgreSQL holds the same two, whatever the parameters say. Why these, and
no others: docs/decisions/0029.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiaoer.applications.terms import FEN_PER_WAN, PRODUCTS, RIGHTS, ROOM, Part
from xiaoer.kit.parameters import in_force
from xiaoer.kit.refusal import Refusal

FULL = "full"
Joint = tuple[str, str]  # the post that holds, and the part it may take as well
JOINABLE: frozenset[Joint] = frozenset(
    {(Part.MARKETING.value, Part.INVESTIGATION.value), (Part.APPROVAL.value, Part.REVIEW.value)}
)


@dataclass(frozen=True, slots=True)
class Track:
    """A way through the stages: parts joined, for products up to a sum (fen) of a firm's requests in `months`."""

    name: str
    joins: tuple[Joint, ...] = ()
    products: tuple[str, ...] = PRODUCTS
    most_amount: int | None = None
    months: int = 0


WHOLE = Track(FULL)


@dataclass(frozen=True, slots=True)
class Tracks:
    """Every track of one dated version."""

    from_date: date
    tracks: tuple[Track, ...]

    @classmethod
    def in_force(cls, on: date) -> Tracks:
        """As parameters.toml has them on a day; raises Refusal for a joint that is never possible."""
        return cls.of(in_force(ROOM, "tracks", on))

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Tracks:
        """One version of the section; [{name, up_to_wan, months, products, joins}]."""
        return cls(told["from_date"], tuple(_track(one) for one in told["tracks"]))

    def named(self, name: str) -> Track:
        """A track of this version; the whole one, which joins nothing, for any other name."""
        return next((one for one in self.tracks if one.name == name), WHOLE)


def carried(part: str, rights: frozenset[str], joins: tuple[Joint, ...] = ()) -> bool:
    """Whether posts with these rights may take a part: their own, or one joined to it on this track."""
    holders = {part} | {holder for holder, taken in joins if taken == part}
    return any(RIGHTS[one] in rights for one in holders)


def together(part: str, other: str, joins: tuple[Joint, ...] = ()) -> bool:
    """Whether one person may have both parts on this track."""
    return (part, other) in joins or (other, part) in joins


def _track(told: Mapping[str, Any]) -> Track:
    joins = tuple((str(holder), str(taken)) for holder, taken in told["joins"])
    never = sorted(set(joins) - JOINABLE)
    if never:
        raise Refusal(
            f"these parts are never one person's: {never}",
            f"{ROOM}/parameters.toml [tracks] {told['name']}",
            f"some of {sorted(JOINABLE)}",
        )
    return Track(
        told["name"],
        joins,
        tuple(told["products"]),
        int(told["up_to_wan"]) * FEN_PER_WAN,
        int(told["months"]),
    )
