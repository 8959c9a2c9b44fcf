"""Photos of a place: what kinds of file are taken, what is known of one, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from xiaoer.kit.parameters import in_force

ROOM = "evidence"
BYTES_PER_MIB = 1024 * 1024


class Kind(StrEnum):
    """What a file is, by its first bytes."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"

    @property
    def media(self) -> str:
        return f"image/{self.value}"


class Told(StrEnum):
    """Who says when and where a photo was taken; "" for nobody."""

    EXIF = "exif"
    DEVICE = "device"
    PERSON = "person"
    NOBODY = ""


class Subject(StrEnum):
    """What a photo is evidence of."""

    CHECK = "check"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Seen:
    """When and where, as one of the three tells it; degrees of WGS 84, east and north positive."""

    at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """When and where a photo was taken, each with who says so; `place` in a person's words."""

    at: datetime | None = None
    at_told: Told = Told.NOBODY
    longitude: float | None = None
    latitude: float | None = None
    place_told: Told = Told.NOBODY
    place: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the bytes tell: kind, size in pixels (None where nothing here reads it), the photo's own account."""

    kind: Kind
    width: int | None
    height: int | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose firm a photo shows, and what it is evidence of."""

    subject: Subject
    subject_key: str
    customer_id: str
    branch_id: str
    manager_id: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How large and how many photos may come at once, and how many days a photo may be older than its day."""

    most_bytes: int
    most_pixels: int
    most_photos: int
    days_before: int

    @classmethod
    def in_force(cls, on: date) -> Limits:
        """As parameters.toml has them on a day."""
        told = in_force(ROOM, "photos", on)
        return cls(
            told["most_mib"] * BYTES_PER_MIB, told["most_megapixels"] * 1_000_000, told["most_photos"],
            told["days_before"],
        )  # fmt: skip
