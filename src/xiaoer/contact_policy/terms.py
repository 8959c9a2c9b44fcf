"""Who is to be approached, how, why; what is known of them; what the policy answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from xiaoer.kit.parameters import in_force
from xiaoer.kit.text import Reason


class Channel(StrEnum):
    """How a firm is reached."""

    VISIT = "visit"
    CALL = "call"
    MESSAGE = "message"
    EMAIL = "email"


class Purpose(StrEnum):
    """What a contact is for."""

    OFFER = "offer"
    RENEWAL = "renewal"
    CARE = "care"
    COLLECTION = "collection"
    CHECK = "check"
    ONBOARDING = "onboarding"
    RETENTION = "retention"
    SURVEY = "survey"
    REQUEST = "request"


class Rule(StrEnum):
    """Which line of the policy blocks, in the order they are asked."""

    DOUBT = "doubt"
    CONSENT = "consent"
    SUPPRESSION = "suppression"
    WORKOUT = "workout"
    COMPLAINT = "complaint"
    REFUSALS = "refusals"
    CAP = "cap"
    GROUP_CAP = "group_cap"
    QUIET_HOURS = "quiet_hours"


MARKETING = "marketing"
ANY = "any"


@dataclass(frozen=True, slots=True)
class Asked:
    """A contact somebody wants to make: planned for a day, or, with `at`, about to be made."""

    channel: str
    purpose: str
    day: date
    at: datetime | None = None
    service: str = ""  # a message of the closed service list


@dataclass(frozen=True, slots=True)
class Stop:
    """A suppression: on one channel or all (""), through `until` (None: for good)."""

    reason: str
    since: date
    until: date | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """A contact already made by the bank."""

    day: date
    channel: str
    purpose: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the firm. None means nobody knows, and what nobody knows blocks."""

    kind: str | None
    consents: Mapping[str, bool | None] = field(default_factory=dict)  # by channel, and "marketing"
    stops: tuple[Stop, ...] | None = ()
    touches: tuple[Touch, ...] | None = ()
    group: tuple[Touch, ...] | None = ()  # contacts with the other firms of its circles


@dataclass(frozen=True, slots=True)
class Block:
    """A rule that says no, its reason, and the first day it no longer does (None: not by itself)."""

    rule: Rule
    because: Reason
    free_from: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the contact may be made; every rule that says no, in order."""

    blocks: tuple[Block, ...] = ()

    @property
    def allowed(self) -> bool:
        """Nothing says no."""
        return not self.blocks


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `count` contacts in `days` days."""

    count: int
    days: int


@dataclass(frozen=True, slots=True)
class Pause:
    """After `refusals` in `days` days, no offers for `pause_days` days; 0: no pause, kept so that it can come back."""

    refusals: int
    days: int
    pause_days: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy of one day."""

    consent: Mapping[str, Mapping[str, str]]
    marketing: frozenset[str]
    in_workout: frozenset[str]
    in_complaint: frozenset[str]
    caps: Mapping[str, Cap]
    group_caps: Mapping[str, Cap]
    pauses: tuple[Pause, ...]
    complaint_quiet_days: int
    quiet_from: int
    quiet_to: int
    circles_by: frozenset[str]  # roles of a person that tie firms together
    service_messages: Mapping[str, bool]  # name → may come at any hour

    @classmethod
    def in_force(cls, on: date) -> Policy:
        """The policy that holds on a day."""
        held: Mapping[str, Any] = in_force("contact_policy", "policy", on)
        purposes = held["purposes"]
        return cls(
            consent=held["consent"],
            marketing=frozenset(purposes["marketing"]),
            in_workout=frozenset(purposes["in_workout"]),
            in_complaint=frozenset(purposes["in_complaint"]),
            caps={name: Cap(**cap) for name, cap in held.get("caps", {}).items()},
            group_caps={name: Cap(**cap) for name, cap in held.get("group_caps", {}).items()},
            pauses=tuple(Pause(**pause) for pause in held.get("pauses", ())),
            complaint_quiet_days=held["complaint"]["quiet_days"],
            quiet_from=held["quiet_hours"]["from_hour"],
            quiet_to=held["quiet_hours"]["to_hour"],
            circles_by=frozenset(held["circles"]["roles"]),
            service_messages={name: told["any_hour"] for name, told in held["service_messages"].items()},
        )

    def figures(self) -> dict[str, int]:
        """What two persons may change, by name, as it stands: contacts allowed, and days of pause and peace."""
        return {
            **{f"cap_{name}": cap.count for name, cap in self.caps.items()},
            **{f"group_cap_{name}": cap.count for name, cap in self.group_caps.items()},
            **{_pause_name(pause): pause.pause_days for pause in self.pauses},
            "complaint_days": self.complaint_quiet_days,
        }

    def with_figures(self, figures: Mapping[str, int]) -> Policy:
        """The same with other figures; a pause of 0 days is none; names that are not its own change nothing."""
        pauses = (
            replace(one, pause_days=figures.get(_pause_name(one), one.pause_days)) for one in self.pauses
        )
        return replace(
            self,
            caps=_recounted(self.caps, "cap_", figures),
            group_caps=_recounted(self.group_caps, "group_cap_", figures),
            pauses=tuple(pauses),
            complaint_quiet_days=figures.get("complaint_days", self.complaint_quiet_days),
        )


def _pause_name(pause: Pause) -> str:
    return f"pause_{pause.refusals}_in_{pause.days}"


def _recounted(caps: Mapping[str, Cap], prefix: str, figures: Mapping[str, int]) -> dict[str, Cap]:
    return {name: replace(cap, count=figures.get(prefix + name, cap.count)) for name, cap in caps.items()}
