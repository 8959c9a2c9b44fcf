"""Reading a photo's bytes: its kind, its size, and what the camera wrote into it (EXIF). Nothing is trusted."""

from __future__ import annotations

from datetime import datetime, timezone
from datetime import timedelta as span
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from PIL import ExifTags, Image

from xiaoer.evidence.rules import kind_of
from xiaoer.evidence.terms import BYTES_PER_MIB, Kind, Limits, Looked, Seen
from xiaoer.kit.dates import CHINA
from xiaoer.kit.refusal import Refusal

READ_BY = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    ZeroDivisionError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # the last one is raised only where warnings are errors
TIFF_BEGINS = b"Exif\x00\x00"
OFFSET_LETTERS = 6  # +08:00


def looked_at(data: bytes, name: str, limits: Limits) -> Looked:
    """What the bytes tell. Raises Refusal for what is too large, no photo by its bytes, or broken."""
    if not 0 < len(data) <= limits.most_bytes:
        raise Refusal(
            _("the file has %(size)s MiB") % {"size": f"{len(data) / BYTES_PER_MIB:.1f}"}, _named(name),
            _("at most %(most)s MiB") % {"most": limits.most_bytes // BYTES_PER_MIB},
            _("Take the photo in a smaller size"),
        )  # fmt: skip
    kind = kind_of(data[:12])
    if kind is None:
        raise Refusal(
            _("the file is no photo"), _named(name), _("JPEG, PNG, WebP or HEIC"), _("Take a photo")
        )
    return _from_heic(data) if kind is Kind.HEIC else _opened(kind, data, name, limits)


def _opened(kind: Kind, data: bytes, name: str, limits: Limits) -> Looked:
    try:
        with Image.open(BytesIO(data), formats=(READ_BY[kind],)) as image:
            width, height = image.size
            _not_too_wide(image, name, limits)
            _whole(kind, image)
            exif = image.getexif()
            return Looked(kind, width, height, Seen(_time(exif), *_place(exif)))
    except BROKEN as wrong:
        raise Refusal(_("the photo is broken"), _named(name), next_step=_("Take it again")) from wrong


def _not_too_wide(image: Any, name: str, limits: Limits) -> None:
    """Asked of the header, before a small file can unpack to a large picture."""
    if image.width * image.height > limits.most_pixels:
        raise Refusal(
            _("the photo has %(size)s points") % {"size": f"{image.width} × {image.height}"},
            _named(name),
            _("at most %(most)s in all") % {"most": f"{limits.most_pixels:,}"},
        )


def _whole(kind: Kind, image: Any) -> None:
    """Raises when the file ends too early; a JPEG is read at an eighth of its size, the others as they lie."""
    if kind is Kind.JPEG:
        image.draft("L", (image.width // 8, image.height // 8))  # and `size` shrinks with it
    image.load()


def _from_heic(data: bytes) -> Looked:
    """No pixels are read; the camera's account lies in the file as it would in a JPEG."""
    begins = data.find(TIFF_BEGINS)
    exif = Image.Exif()
    try:
        if begins >= 0:
            exif.load(data[begins:])
        return Looked(Kind.HEIC, None, None, Seen(_time(exif), *_place(exif)))
    except BROKEN:
        return Looked(Kind.HEIC, None, None, Seen())


def _time(exif: Image.Exif) -> datetime | None:
    """When the shutter opened: the camera's own hour with its offset, China's where it names none."""
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    written = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    offset = str(inner.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
    try:
        local = datetime.strptime(str(written).strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  zoned below
        return local.replace(tzinfo=_zone(offset))
    except ValueError:
        return None  # a camera without a clock writes blanks or noughts


def _zone(offset: str) -> Any:
    if len(offset) != OFFSET_LETTERS or offset[0] not in "+-":
        return CHINA
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    return timezone(span(minutes=-minutes if offset[0] == "-" else minutes))


def _place(exif: Image.Exif) -> tuple[float | None, float | None]:
    """Longitude and latitude in degrees, or None twice."""
    told = exif.get_ifd(ExifTags.IFD.GPSInfo)
    east = _degrees(told.get(ExifTags.GPS.GPSLongitude), told.get(ExifTags.GPS.GPSLongitudeRef), "W")
    north = _degrees(told.get(ExifTags.GPS.GPSLatitude), told.get(ExifTags.GPS.GPSLatitudeRef), "S")
    return (east, north) if east is not None and north is not None else (None, None)


def _degrees(told: Any, side: Any, negative: str) -> float | None:
    try:
        whole, minutes, seconds = (float(one) for one in told)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    found = round(whole + minutes / 60 + seconds / 3600, 6)
    return -found if str(side).strip("\x00 ").upper() == negative else found


def _named(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[-80:]
