"""Photos out of a sent form: the files, what the device says of each, what the person says of all."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from xiaoer.evidence.actions import Brought, Ready, look
from xiaoer.evidence.terms import Seen
from xiaoer.kit.dates import CHINA
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.typed import typed

FIELD = "photo"
MILLISECONDS = 1000
NOON = time(12)


def arrived(request: HttpRequest, day: date, place: str = "") -> list[Ready]:
    """The photos of a form, looked at; an empty list when it brought none.

    Fields: photo (files), device_at (milliseconds since 1970, one for each, with commas), device_longitude,
    device_latitude, photo_day (ISO, in a person's words), longitude, latitude. Raises Refusal for what is no photo.
    """
    form, files = request.POST, request.FILES.getlist(FIELD)
    if not files:
        return []
    device_place = _place(form, "device_")
    times = form.get("device_at", "").split(",")
    brought = [
        Brought(file.name or "", file.read(), Seen(_instant(at), *device_place))
        for file, at in zip(files, [*times, *[""] * len(files)], strict=False)
    ]
    person = Seen(_noon(form.get("photo_day", "")), *_place(form, ""))
    return look(brought, person, typed(place), day)


def _place(form: QueryDict, whose: str) -> tuple[float | None, float | None]:
    return _degrees(form.get(f"{whose}longitude", "")), _degrees(form.get(f"{whose}latitude", ""))


def _degrees(typed_in: str) -> float | None:
    try:
        return float(typed_in) if typed_in.strip() else None
    except ValueError as wrong:
        raise Refusal(_("a place is told in degrees"), typed_in[:20], "114.30") from wrong


def _instant(milliseconds: str) -> datetime | None:
    """The device's clock; what is not a sensible number says nothing."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / MILLISECONDS, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _noon(written: str) -> datetime | None:
    """A person names a day, not an hour."""
    if not written.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(written.strip()), NOON, CHINA)
    except ValueError as wrong:
        raise Refusal(_("%(typed)s is not a day") % {"typed": written[:20]}, expected="2026-11-30") from wrong
