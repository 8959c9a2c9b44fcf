"""A check with photos from a phone, a survey's photo in the credit file, and the week's dues, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.applications.desk import TODAY, advanced, begun, scope
from tests.evidence.pictures import WUHAN, photo
from tests.journeys.conftest import Visit
from tests.journeys.test_application import picture
from tests.world import publish_world, tables
from xiaoer.applications.terms import Verb
from xiaoer.kit.scope.acting import acting_as
from xiaoer.loans.models import CheckDue

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BY_ITSELF = {"zh": "照片自带", "en": "by the photo itself"}
BY_DEVICE = {"zh": "设备报告", "en": "by the device"}


@pytest.fixture
def note(own_world: str) -> str:
    """A note of M1's whose check is due."""
    with acting_as(scope("M1")):
        found = CheckDue.objects.filter(manager_id="M1").order_by("due_date", "note_id")[0]
    return str(found.note_id)


@pytest.fixture
def shots(tmp_path: Path) -> list[str]:
    """One photo that tells when and where, one that tells nothing."""
    told, silent = tmp_path / "shop.jpg", tmp_path / "shelf.png"
    told.write_bytes(photo(taken="2026:11:19 09:30:00", place=WUHAN, size=(640, 480)))
    silent.write_bytes(photo("PNG", size=(320, 240)))
    return [str(told), str(silent)]


@pytest.fixture
def drawn(own_world: str) -> tuple[int, int, int]:
    """Three drawdowns of one firm: found, differing, missing after five days."""
    import pyarrow as pa

    made = [advanced(begun(), Verb.DRAW).pk for _ in range(3)]
    given = tables()
    held = given["notes"].to_pylist()
    model = next(row for row in held if row["manager_id"] == "M1")
    with acting_as(scope("M1")):
        from xiaoer.applications.models import Application

        firm = Application.objects.get(pk=made[0]).customer_id
    more = [
        model
        | {
            "customer_id": firm,
            "branch_id": "B1",
            "manager_id": "M1",
            "note_id": number,
            "contract_id": "H000001",
        }
        | {"amount": amount, "drawn_date": TODAY}
        for number, amount in (("N77", 40_000_000), ("N78", 38_000_000))
    ]
    given["notes"] = pa.Table.from_pylist([*held, *more], given["notes"].schema)
    from datetime import timedelta

    day = TODAY + timedelta(days=5)
    publish_world(tables=given, business_date=day, run_id=f"world-{day}")
    return made[0], made[1], made[2]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_check_with_photos(
    note: str, shots: list[str], visit: Callable[..., Visit], width: int, language: str
) -> None:
    one = visit("M1", width=width, language=language, at="")
    one.page.context.grant_permissions(["geolocation"])
    one.page.context.set_geolocation({"longitude": 114.4, "latitude": 30.5})
    one.open(f"/loans/notes/{note}/check/")
    one.page.check("[name=found][value=in_order]")
    one.page.fill("[name=words]", "货架满，工人在装车")
    one.page.set_input_files("[name=photo]", shots)
    one.page.wait_for_selector("[name=device_latitude][value='30.5']", state="attached")
    picture(one, f"check-form-{language}-{width}")
    with one.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        one.page.locator("form.stack .btn.main").click()
    assert sent.value.status in {204, 302}, sent.value.text()
    one.open(f"/loans/notes/{note}/check/")
    seen(one, 2)
    told = one.page.locator("#page").inner_text()
    assert BY_ITSELF[language] in told
    assert BY_DEVICE[language] in told
    picture(one, f"check-made-{language}-{width}")
    one.clean()


def seen(one: Visit, pictures: int) -> None:
    """Every picture of the page has come and was understood."""
    for at in range(pictures):
        image = one.page.locator(".photos img").nth(at)
        image.scroll_into_view_if_needed()
        for _try in range(50):
            if image.evaluate("i => i.naturalWidth"):
                break
            one.page.wait_for_timeout(100)
        assert image.evaluate("i => i.naturalWidth") > 0


@pytest.mark.parametrize("width", [1440, 390])
def test_core_system(drawn: tuple[int, int, int], visit: Callable[..., Visit], width: int) -> None:
    """Looked at in both languages: the record of each drawdown, the file, the inbox; then one is explained."""
    head = visit("R1", width=width)
    found, differs, missing = drawn
    for language in ("zh", "en"):
        if language == "en":
            head.in_the_other_language()
        for name, path in (("found", f"/applications/{found}/"), ("differs", f"/applications/{differs}/"),
                           ("missing", f"/applications/{missing}/"), ("inbox", "/applications/exceptions/"),
                           ("file", f"/applications/{found}/file/")):  # fmt: skip
            head.open(path)
            picture(head, f"core-{name}-{language}-{width}")
            head.clean()
    head.open("/applications/exceptions/")
    assert head.page.locator("#differences li").count() == 2
    head.page.locator("#differences .btn").first.click()
    head.page.wait_for_selector("#sheet[open] form")
    head.page.fill("#sheet [name=words]", "the second part follows")
    head.page.locator("#sheet .btn.main").click()
    head.page.wait_for_selector("#sheet", state="hidden")
    head.settled()
    head.open("/applications/exceptions/")
    assert head.page.locator("#differences li").count() == 1
    head.clean()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_weeks_dues(visit: Callable[..., Visit], width: int) -> None:
    """On the home page and as a list; a tap on a line's button opens the plan."""
    one = visit("M1", width=width)
    for language in ("zh", "en"):
        if language == "en":
            one.in_the_other_language()
        for name, path in (("due", "/loans/due/"), ("today", "/")):
            one.open(path)
            picture(one, f"week-{name}-{language}-{width}")
            one.clean()
    assert one.page.locator("#due .rowlinks a[href^='tel:']").count() > 0
    one.page.locator("#due .rowlinks [data-over=sheet]").first.click()
    one.page.wait_for_selector("#sheet[open] form")
    one.clean()
