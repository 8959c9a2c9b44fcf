"""Photos as cameras write them, made by an image library; nothing here reads them."""

from io import BytesIO

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

WUHAN = (114.3055, 30.5928)


def photo(kind: str = "JPEG", *, taken: str = "", offset: str = "", place: tuple[float, float] | None = None,
          size: tuple[int, int] = (64, 48)) -> bytes:  # fmt: skip
    """The bytes of a photo, with the camera's account where one is given."""
    out = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, exif=account(taken, offset, place))
    return out.getvalue()


def account(taken: str = "", offset: str = "", place: tuple[float, float] | None = None) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    if taken:
        inner = {ExifTags.Base.DateTimeOriginal.value: taken}
        exif._ifds[ExifTags.IFD.Exif.value] = (
            inner | {ExifTags.Base.OffsetTimeOriginal.value: offset} if offset else inner
        )
    if place:
        east, north = place
        exif._ifds[ExifTags.IFD.GPSInfo.value] = {
            ExifTags.GPS.GPSLongitude.value: parts(east), ExifTags.GPS.GPSLatitude.value: parts(north),
            ExifTags.GPS.GPSLongitudeRef.value: "W" if east < 0 else "E",
            ExifTags.GPS.GPSLatitudeRef.value: "S" if north < 0 else "N",
        }  # fmt: skip
    return exif


def parts(degrees: float) -> tuple[IFDRational, ...]:
    """Degrees, minutes and hundredths of seconds as a camera writes them."""
    left = abs(degrees)
    whole, minutes = int(left), int(left % 1 * 60)
    seconds = (left - whole - minutes / 60) * 3600
    return IFDRational(whole, 1), IFDRational(minutes, 1), IFDRational(round(seconds * 100), 100)


def heic(taken: str = "", place: tuple[float, float] | None = None) -> bytes:
    """The outside of a HEIC file with its EXIF item; no picture in it."""
    return (
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
        + b"\x00" * 40
        + account(taken, "", place).tobytes()
    )
