"""What the bytes tell: kind whatever the name says, the camera's account, and what is refused."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.evidence.pictures import WUHAN, heic, photo
from xiaoer.evidence.reading import looked_at
from xiaoer.evidence.rules import doubts, kind_of, settled
from xiaoer.evidence.terms import Kind, Limits, Seen, Taken, Told
from xiaoer.kit.dates import CHINA
from xiaoer.kit.refusal import Refusal

DAY = date(2026, 11, 19)
LIMITS = Limits.in_force(DAY)
AT = datetime(2026, 11, 18, 10, 12, 33, tzinfo=CHINA)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_cameras_own_account(kind: str) -> None:
    looked = looked_at(photo(kind, taken="2026:11:18 10:12:33", place=WUHAN), "x.txt", LIMITS)
    assert (looked.kind, looked.width, looked.height) == (Kind(kind.lower()), 64, 48)
    assert looked.seen.at == AT
    assert looked.seen.longitude == pytest.approx(WUHAN[0], abs=1e-5)
    assert looked.seen.latitude == pytest.approx(WUHAN[1], abs=1e-5)


def test_a_heic_file_tells_when_and_where_without_being_opened() -> None:
    looked = looked_at(heic("2026:11:18 10:12:33", WUHAN), "IMG_1.HEIC", LIMITS)
    assert (looked.kind, looked.width, looked.seen.at) == (Kind.HEIC, None, AT)
    assert looked.seen.latitude == pytest.approx(WUHAN[1], abs=1e-5)
    assert looked_at(heic(), "x", LIMITS).seen == Seen()


def test_south_and_west_are_negative_and_an_offset_counts() -> None:
    told = photo(taken="2026:11:18 10:12:33", offset="-05:30", place=(-70.5, -33.25))
    seen = looked_at(told, "x", LIMITS).seen
    assert (seen.longitude, seen.latitude) == (-70.5, -33.25)
    assert seen.at == datetime(2026, 11, 18, 15, 42, 33, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["", "0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday"])
def test_a_camera_without_a_clock_tells_no_day(taken: str) -> None:
    assert looked_at(photo(taken=taken), "x", LIMITS).seen == Seen()


DISGUISED = {
    "a page": b"<html><script>alert(1)</script></html>", "a drawing with script": b"<svg onload='alert(1)'/>",
    "a program": b"MZ\x90\x00" + b"\x00" * 60, "a paper": b"%PDF-1.7\n", "an archive": b"PK\x03\x04" + b"\x00" * 30,
    "an old picture": b"GIF89a" + b"\x00" * 20, "a film": b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 20, "a word": b"x",
}  # fmt: skip


@pytest.mark.parametrize("data", DISGUISED.values(), ids=DISGUISED)
def test_what_only_calls_itself_a_photo_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal, match="不是照片"):
        looked_at(data, "shop.jpg", LIMITS)
    assert kind_of(data[:12]) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_ends_too_early_is_broken(kind: str) -> None:
    whole = photo(kind, size=(400, 300))
    with pytest.raises(Refusal, match="打不开"):
        looked_at(whole[: len(whole) // 2], "x", LIMITS)
    with pytest.raises(Refusal, match="打不开"):
        looked_at(whole[:14] + b"<script>" * 40, "x", LIMITS)


def test_too_large_and_empty_by_bytes() -> None:
    data = photo()
    assert looked_at(data, "x", replace(LIMITS, most_bytes=len(data))).kind is Kind.JPEG
    for most, sent in ((len(data) - 1, data), (10, b"")):
        with pytest.raises(Refusal, match="MiB"):
            looked_at(sent, "x", replace(LIMITS, most_bytes=most))


def test_a_small_file_that_unpacks_to_too_many_points_is_refused_unopened() -> None:
    def piece(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = piece(b"IHDR", struct.pack(">IIBBBBB", 10_000, 8_500, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + piece(b"IDAT", zlib.compress(b"\0" * 1000)) + piece(b"IEND", b"")
    with pytest.raises(Refusal, match="10000 × 8500"):
        looked_at(bomb, "x", LIMITS)


def test_the_photo_before_the_device_before_the_person() -> None:
    exif, device, person = (Seen(AT.replace(hour=h), 100.0 + h, 30.0) for h in (8, 9, 10))
    both = settled(exif, device, person, "仓库门口")
    assert both == Taken(exif.at, Told.EXIF, 108.0, 30.0, Told.EXIF, "仓库门口")
    assert settled(Seen(), device, person).at_told is Told.DEVICE
    mixed = settled(Seen(at=AT), Seen(), person)
    assert (mixed.at_told, mixed.place_told, mixed.longitude) == (Told.EXIF, Told.PERSON, 110.0)
    assert settled(Seen(), Seen(), Seen(), "仓库").place_told is Told.PERSON
    assert settled(Seen(), Seen(), Seen()) == Taken()


@pytest.mark.parametrize(("east", "north"), [(0.0, 0.0), (181.0, 30.0), (100.0, -91.0), (float("nan"), 1.0), (1.0, None)])  # fmt: skip
def test_a_place_that_is_none_is_not_told(east: float, north: float | None) -> None:
    assert settled(Seen(None, east, north), Seen(), Seen()).place_told is Told.NOBODY


def test_what_a_reader_should_know() -> None:
    def codes(taken: Taken) -> list[str]:
        return [one["code"] for one in doubts(taken, DAY, LIMITS)]

    fresh = Taken(AT, Told.EXIF, 1.0, 1.0, Told.EXIF)
    assert codes(fresh) == []
    assert codes(replace(fresh, at=AT.replace(day=16))) == []
    assert codes(replace(fresh, at=AT.replace(day=15))) == ["photo_of_another_day"]
    assert codes(replace(fresh, at=AT.replace(day=20))) == ["photo_of_another_day"]
    assert codes(Taken()) == ["photo_without_day", "photo_without_place"]
