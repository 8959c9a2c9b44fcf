"""Photos filed at the desk: who may, who sees them, what PostgreSQL keeps, what leaves the house, what erasing leaves."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connections, transaction
from django.test import Client, override_settings

from tests.applications.desk import TODAY, begun, scope, verified
from tests.applications.test_guards import sql
from tests.evidence.pictures import WUHAN, heic, photo
from xiaoer.evidence import keeping
from xiaoer.evidence.keeping import folder_of, path_of
from xiaoer.evidence.models import Photo
from xiaoer.kit.audit import Reading
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.settings import settings
from xiaoer.loans.models import Check, CheckDue

ALL = Scope("A1", everything=True, edition=1)
HX = {"HX-Request": "true"}
SHOT = photo(taken="2026:11:19 09:30:00", place=WUHAN)
ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Rows are rolled back by themselves; files lie in a place of the test's own."""
    monkeypatch.setattr(keeping, "PLACE", f"evidence-{uuid4().hex}")
    yield settings().home / keeping.PLACE
    shutil.rmtree(settings().home / keeping.PLACE, ignore_errors=True)


def sent(data: bytes = SHOT, name: str = "shop.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")  # what it calls itself counts for nothing


def a_note() -> CheckDue:
    with acting_as(scope("M1")):
        return CheckDue.objects.filter(manager_id="M1").order_by("note_id")[0]


def checked(client: Client, note_id: str, *files: SimpleUploadedFile, **more: str) -> Any:
    form = {
        "found": "in_order",
        "words": "goods on the shelves",
        "place": "东门仓库",
        "photo": list(files),
    } | more
    return client.post(f"/loans/notes/{note_id}/check/", form, headers=HX)


def kept() -> list[Photo]:
    with acting_as(ALL):
        return list(Photo.objects.order_by("pk"))


def files() -> list[Path]:
    return list((settings().home / keeping.PLACE).glob("*/*"))


# ---------------------------------------------------------------- filing


@pytest.mark.django_db
def test_a_check_with_photos(client_of: ClientOf) -> None:
    note, client = a_note(), client_of("M1")
    answer = checked(client, note.note_id, sent(), sent(photo("PNG"), "二.png"), device_at="0,1795312800000",
                     device_longitude="114.4", device_latitude="30.5")  # fmt: skip
    assert answer.status_code == 204
    by_itself, by_device = kept()
    assert (by_itself.taken_told, by_itself.place_told, by_device.taken_told, by_device.place_told) == (
        "exif", "exif", "device", "device",
    )  # fmt: skip
    assert (by_device.longitude, by_device.latitude, by_device.kind) == (114.4, 30.5, "png")
    assert by_itself.sha256 == hashlib.sha256(SHOT).hexdigest()
    assert path_of(by_itself.folder, by_itself.name).read_bytes() == SHOT
    assert path_of(by_itself.folder, by_itself.name).stat().st_mode & 0o077 == 0
    told = client.get(f"/loans/notes/{note.note_id}/check/").content.decode()
    assert f"/photos/{by_itself.pk}/" in told
    assert "照片自带" in told
    assert "设备报告" in told


@pytest.mark.django_db
def test_a_day_and_place_in_words_are_shown_as_stated(client_of: ClientOf) -> None:
    note, client = a_note(), client_of("M1")
    assert checked(client, note.note_id, sent(photo()), photo_day="2026-11-10").status_code == 204
    (one,) = kept()
    assert (one.taken_told, one.place_told, one.place) == ("person", "person", "东门仓库")
    told = client.get(f"/loans/notes/{note.note_id}/check/").content.decode()
    assert "2026-11-10（本人填写）" in told
    assert "拍摄于11月10日" in told  # nine days before it was filed


BAD = {
    "a page": (b"<html><script>alert(1)</script>", "不是照片"),
    "half a photo": (SHOT[: len(SHOT) // 2], "打不开"),
    "too large": (SHOT + b"\0" * 10 * 1024 * 1024, "MiB"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("data", "match"), BAD.values(), ids=BAD)
def test_a_wrong_file_leaves_no_check_and_no_file(client_of: ClientOf, data: bytes, match: str) -> None:
    answer = checked(client_of("M1"), a_note().note_id, sent(), sent(data, "two.jpg"))
    assert answer.status_code == 422
    assert re.search(match, answer.content.decode())
    assert kept() == []
    assert files() == []
    with acting_as(ALL):
        assert not Check.objects.exists()


@pytest.mark.django_db
def test_five_at_once_are_too_many_and_a_wide_body_is_not_read(client_of: ClientOf) -> None:
    client, note = client_of("M1"), a_note()
    assert checked(client, note.note_id, *[sent() for _ in range(5)]).status_code == 422
    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000):
        assert checked(client, note.note_id, sent(photo(size=(400, 300)))).status_code in {400, 413}
    assert kept() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../etc/passwd.jpg", "..\\..\\x.jpg", "C:\\x.jpg", "a\r\nSet-Cookie: x.jpg"]
)
def test_a_name_leads_nowhere(client_of: ClientOf, name: str) -> None:
    assert checked(client_of("M1"), a_note().note_id, sent(name=name)).status_code == 204
    (one,) = kept()
    (file,) = files()
    assert file == settings().home / keeping.PLACE / folder_of(one.customer_id) / one.name.hex
    answer = client_of("M1").get(f"/photos/{one.pk}/")
    assert answer["Content-Disposition"] == f'attachment; filename="photo-{one.pk}.jpeg"'


@pytest.mark.parametrize("folder", ["..", "../" + "a" * 29, "A" * 32, "a" * 31, ""])
def test_a_folder_that_is_no_hash_is_a_fault(folder: str) -> None:
    with pytest.raises(ValueError, match="not a folder"):
        path_of(folder, uuid4())


# ---------------------------------------------------------------- seeing


@pytest.mark.django_db
def test_only_in_scope_and_every_look_is_written_down(client_of: ClientOf) -> None:
    checked(client_of("M1"), a_note().note_id, sent())
    (one,) = kept()
    answer = client_of("M1").get(f"/photos/{one.pk}/")
    assert answer.content == SHOT
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    for outside in ("M2", "M3", "H2"):
        assert client_of(outside).get(f"/photos/{one.pk}/").status_code == 404, outside
    assert client_of("X1").get(f"/photos/{one.pk}/").status_code == 403
    assert Client().get(f"/photos/{one.pk}/").status_code == 302
    with acting_as(ALL):
        assert [r.staff_id for r in Reading.objects.filter(what="photo")] == ["M1"]


@pytest.mark.django_db
def test_a_file_that_is_not_the_one_filed_is_not_shown(client_of: ClientOf) -> None:
    checked(client_of("M1"), a_note().note_id, sent())
    (one,) = kept()
    path_of(one.folder, one.name).write_bytes(SHOT[:-1] + b"x")
    assert client_of("M1").get(f"/photos/{one.pk}/").status_code == 404


# ---------------------------------------------------------------- kept as filed


@pytest.mark.django_db
def test_whoever_files_files_in_their_own_name_for_a_firm_they_see(client_of: ClientOf) -> None:
    checked(client_of("M1"), a_note().note_id, sent())
    copy = (
        "INSERT INTO evidence_photo (subject, subject_key, customer_id, branch_id, manager_id, staff_id, at, day, folder,"
        " name, kind, sha256, size, taken_told, place_told, place) SELECT subject, subject_key, customer_id, {branch},"
        " {manager}, {staff}, '2020-01-01', day, folder, gen_random_uuid(), kind, sha256, size, '', '', ''"
        " FROM evidence_photo RETURNING staff_id, at"
    )
    ((who, at),) = sql("M1", copy.format(branch="branch_id", manager="manager_id", staff="'R1'"))
    assert (who, at.year >= 2026) == ("M1", True)  # the database's own clock and the signed name
    with pytest.raises(DatabaseError, match="row-level security"):
        sql("M1", copy.format(branch="'B2'", manager="'M3'", staff="'M1'"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["UPDATE evidence_photo SET sha256 = sha256", "DELETE FROM evidence_photo"]
)
def test_the_desk_changes_nothing(client_of: ClientOf, change: str) -> None:
    checked(client_of("M1"), a_note().note_id, sent())
    with pytest.raises(DatabaseError, match="permission denied"):
        sql("M1", change)


@pytest.fixture
def filed(own_world: str, client_of: ClientOf) -> Photo:
    """One photo in a database of its own, committed."""
    checked(client_of("M1"), a_note().note_id, sent())
    (one,) = kept()
    return one


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE evidence_photo SET sha256 = repeat('0', 64)", "UPDATE evidence_photo SET day = day + 1",
        "UPDATE evidence_photo SET place = 'elsewhere'", "UPDATE evidence_photo SET longitude = 1",
        "UPDATE evidence_photo SET taken_at = NULL", "UPDATE evidence_photo SET erased_at = now(), place = 'x'",
        "DELETE FROM evidence_photo",
    ],
)  # fmt: skip
def test_not_even_the_owner_rewrites_what_was_filed(filed: Photo, change: str) -> None:
    with pytest.raises(DatabaseError, match="evidence refused"), transaction.atomic(using="owner"):
        connections["owner"].cursor().execute(change)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE evidence_photo SET manager_id = 'M2'")  # the firm went to another manager


def test_erasing_removes_file_day_and_place_and_leaves_who_filed_what(
    filed: Photo, client_of: ClientOf
) -> None:
    from xiaoer.app.commands.erase import command

    stray = path_of(filed.folder, filed.name).with_name("0" * 32)
    stray.write_bytes(b"a request that failed left this")
    told = CliRunner().invoke(command, [filed.customer_id, "--yes"])
    assert told.exit_code == 0, told.output
    assert files() == []
    (left,) = kept()
    assert left.erased_at is not None
    assert (left.longitude, left.latitude, left.taken_at, left.place) == (None, None, None, "")
    assert (left.sha256, left.staff_id, left.day) == (filed.sha256, "M1", TODAY)
    assert client_of("M1").get(f"/photos/{filed.pk}/").status_code == 404
    shown = client_of("M1").get(f"/loans/notes/{a_note().note_id}/check/").content.decode()
    assert "已按要求删除" in shown
    with pytest.raises(DatabaseError, match="erased is erased"):
        Photo.objects.using("owner").update(erased_at=datetime(2020, 1, 1, tzinfo=UTC))


# ---------------------------------------------------------------- with a paper


@pytest.mark.django_db
def test_a_site_photo_of_an_application_stands_in_its_file(client_of: ClientOf) -> None:
    app = begun()
    form = {"deed": "receive", "photo": [sent(), sent(heic("2026:11:19 09:00:00"), "b.heic")]}
    assert (
        client_of("I1").post(f"/applications/{app.pk}/papers/site_photo/", form, headers=HX).status_code
        == 204
    )
    verified(app, "site_photo")
    first, second = kept()
    assert (first.subject, second.kind, first.staff_id) == ("paper", "heic", "I1")
    record = client_of("M1").get(f"/applications/{app.pk}/").content.decode()
    trail = client_of("R1").get(f"/applications/{app.pk}/file/").content.decode()
    assert f'src="/photos/{first.pk}/"' in record
    assert f'src="/photos/{second.pk}/"' not in record  # a browser shows no HEIC: it is opened instead
    for one in (first, second):
        assert one.sha256 in trail
    assert client_of("M2").get(f"/photos/{first.pk}/").status_code == 404


@pytest.mark.django_db
def test_photos_come_with_the_site_photo_only(client_of: ClientOf) -> None:
    app = begun()
    form = {"deed": "receive", "photo": [sent()]}
    assert (
        client_of("M1").post(f"/applications/{app.pk}/papers/licence/", form, headers=HX).status_code == 204
    )
    assert kept() == []
