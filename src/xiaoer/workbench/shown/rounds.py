"""The day's visits in the order they are driven, and what the road leaves no time for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.contacts.routes import Address, Thing, Travel, fitting, route
from xiaoer.kit.screens import formats
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.slotted import Slot

OUT_OF_OFFICE = ("visit", "check")


@dataclass(frozen=True)
class Stop:
    """A thing of the day: minutes on the road to it, and where it is, or how."""

    slot: Slot
    leg: int
    where: str


@dataclass(frozen=True)
class Round:
    """A day's visits in driving order; `left`: those for which the road leaves no time, `over` minutes too much."""

    stops: tuple[Stop, ...]
    left: tuple[Stop, ...]
    back: int
    minutes: int
    over: int
    travel: Travel

    @property
    def sentence(self) -> str:
        words = ngettext(
            "%(n)s visit, %(road)s min on the road", "%(n)s visits, %(road)s min on the road", len(self.stops)
        )
        return words % {"n": len(self.stops), "road": self.minutes}

    @property
    def method(self) -> str:
        words = _(
            "Always to the nearest next, then turned round where that is shorter. On the road: %(near)s min within a "
            "district, %(city)s to another one, %(far)s to another city."
        )
        near, city, far = self.travel.same_district, self.travel.same_region, self.travel.elsewhere
        return words % {"near": near, "city": city, "far": far}

    @property
    def left_sentence(self) -> str:
        """What the road leaves no time for, with its worth."""
        worth = formats.money(sum(stop.slot.worth for stop in self.left), tongue())
        words = ngettext(
            "With the road the day is %(over)s min too long: %(n)s thing would not fit, worth about %(worth)s.",
            "With the road the day is %(over)s min too long: %(n)s things would not fit, worth about %(worth)s.",
            len(self.left),
        )
        return words % {"over": self.over, "n": len(self.left), "worth": worth}


def a_round(slots: Sequence[Slot], firms: Mapping[str, Any], capacity: int, travel: Travel) -> Round | None:
    """The visits of a day's slots in driving order, as far as the day has room; None for fewer than two."""
    held = [slot for slot in slots if slot.sort != "contact"]
    things = [_thing(slot, firms) for slot in held]
    outside = [one.at for one in things if one.at is not None]
    if len(outside) < 2:
        return None
    whole = route(Address(), outside, travel)
    found, left = fitting(Address(), things, capacity, travel)
    stops = tuple(
        _stop(held[number], things[number], leg) for number, leg in zip(found.order, found.legs, strict=False)
    )
    return Round(
        stops,
        tuple(_stop(held[number], things[number], 0) for number in left),
        found.legs[-1] if found.legs else 0,
        found.minutes,
        max(0, sum(slot.minutes for slot in held) + whole.minutes - capacity),
        travel,
    )


def _stop(slot: Slot, thing: Thing, leg: int) -> Stop:
    return Stop(slot, leg, thing.at.district or thing.at.region if thing.at else slot.kind)


def _thing(slot: Slot, firms: Mapping[str, Any]) -> Thing:
    where = _address(firms.get(slot.customer_id)) if slot.channel in OUT_OF_OFFICE else None
    return Thing(slot.minutes, slot.worth, where)


def _address(firm: Any) -> Address:
    return Address(firm.region, firm.district) if firm else Address()
