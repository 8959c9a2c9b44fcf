"""What kind of file it is, whose account of when and where counts, and what to doubt."""

from __future__ import annotations

import math
from datetime import date, timedelta

from xiaoer.evidence.terms import Kind, Limits, Seen, Taken, Told
from xiaoer.kit.dates import CHINA
from xiaoer.kit.text import Reason, reason

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
ORDER = (Told.EXIF, Told.DEVICE, Told.PERSON)


def kind_of(first: bytes) -> Kind | None:
    """The kind by the first bytes (twelve are enough), whatever the file calls itself; None for any other."""
    if first.startswith(JPEG):
        return Kind.JPEG
    if first.startswith(PNG):
        return Kind.PNG
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return Kind.WEBP
    if first[4:8] == b"ftyp" and first[8:12] in HEIC_BRANDS:
        return Kind.HEIC
    return None


def settled(exif: Seen, device: Seen, person: Seen, place: str = "") -> Taken:
    """The photo's own account first, then the device's, then the person's; each of day and place by itself."""
    told = dict(zip(ORDER, (exif, device, person), strict=True))
    timed = next((who for who in ORDER if told[who].at), Told.NOBODY)
    placed = next((who for who in ORDER if _on_earth(told[who])), Told.NOBODY)
    where = told[placed] if placed else Seen()
    return Taken(
        at=told[timed].at if timed else None,
        at_told=timed,
        longitude=where.longitude,
        latitude=where.latitude,
        place_told=placed or (Told.PERSON if place else Told.NOBODY),
        place=place,
    )


def doubts(taken: Taken, day: date, limits: Limits) -> list[Reason]:
    """What a reader should know before believing a photo filed for a day; empty when nothing is odd."""
    found: list[Reason] = []
    if taken.at is None:
        found.append(reason("photo_without_day", tone="warn"))
    else:
        on = taken.at.astimezone(CHINA).date()
        if not day - timedelta(days=limits.days_before) <= on <= day:
            found.append(reason("photo_of_another_day", tone="warn", taken_date=on, filed_date=day))
    if taken.place_told is Told.NOBODY:
        found.append(reason("photo_without_place", tone="warn"))
    return found


def _on_earth(seen: Seen) -> bool:
    """Whether both degrees are there and possible; nought and nought is what a camera writes that knows nothing."""
    east, north = seen.longitude, seen.latitude
    if east is None or north is None or not (math.isfinite(east) and math.isfinite(north)):
        return False
    return abs(east) <= 180 and abs(north) <= 90 and (east, north) != (0, 0)
