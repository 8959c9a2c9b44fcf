"""A complaint from the firm's page to the firm's word, by manager and head; desk and phone, both languages, one world."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FIRM = "/firms/C000003/"


def test_a_complaint_until_the_firm_agrees(visit: Callable[..., Visit]) -> None:
    one = visit("M1", at=FIRM)
    page = one.page
    page.locator("#contacts a[href$='/request/']").click()
    page.fill("#sheet #words", "放款等了十天")
    page.locator("#sheet .pill:has(input[value=speed])").click()
    page.locator("#sheet button[value=complaint]").click()
    page.wait_for_selector("#notice:has-text('停止营销')")
    page.wait_for_selector("#requests:has-text('放款等了十天')")
    assert page.locator("[data-stop]").count() == 1, "the page says why nobody is to approach it"

    one.open("/requests/")
    assert "过期" in page.locator("#listing tbody tr").first.inner_text(), "what is late comes first"
    one.clean()
    page.locator("#listing tr:has-text('放款等了十天') a[data-over=sheet]:visible").click()
    page.wait_for_selector("#sheet[open] form")
    page.locator("#sheet button[value=solved]").press("1")  # by keyboard
    page.wait_for_selector("#notice:has-text('已解决')")

    phone = visit("H1", width=390, language="en", at="/requests/?state=solved")
    phone.clean()
    phone.page.locator("a[data-over=sheet]:visible").first.click()
    phone.page.locator("#sheet button[value=confirmed]").click()
    phone.page.wait_for_selector("#notice:has-text('the firm agrees')")
    phone.open("/requests/causes/")
    phone.clean()
    phone.open(FIRM)
    assert phone.page.locator("#requests, [data-stop]").count() == 0, "closed: nothing stops any more"
    phone.clean()
