"""A firm leaves: one tap says why, and the report leads from the reason back to the firm."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit
from tests.world import BUSINESS_DATE, tables

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FIRM = next(row for row in tables()["firms"].to_pylist() if row["manager_id"] == "M1")


def leaves() -> None:
    from xiaoer.events.models import Event
    from xiaoer.kit.published import FOREVER, pointer

    Event.objects.using("owner").create(
        event_id="leaves", customer_id=FIRM["customer_id"], rule="leaving", event_date=BUSINESS_DATE,
        due_date=BUSINESS_DATE, severity="watch", amount=3_000_000, branch_id=FIRM["branch_id"], manager_id="M1",
        since=pointer("owner").edition, until=FOREVER,
    )  # fmt: skip


@pytest.mark.parametrize(("width", "language", "why"), [(1440, "zh", "价格"), (390, "en", "Price")])
def test_one_tap_says_why_a_firm_leaves(
    visit: Callable[..., Visit], width: int, language: str, why: str
) -> None:
    leaves()
    one = visit("M1", width=width, language=language, at="/events/?rule=leaving")
    one.page.click("a[href*='events/handle']")
    one.page.wait_for_selector("#sheet[open] button[name=left_because]")
    one.clean()
    with one.page.expect_response(lambda answer: answer.request.method == "POST") as told:
        one.page.click("#sheet button[name=left_because][value=price]")
    assert told.value.status == 204
    one.page.wait_for_selector("a[href*='key=leaves']", state="detached")
    one.open("/report/left/")
    assert why in one.page.inner_text("h1")
    one.clean()
    one.page.click("td.at-title a.name")
    one.page.wait_for_selector("tr[data-row]")
    assert FIRM["name"] in one.page.inner_text("#page")
    one.clean()
