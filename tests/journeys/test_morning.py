"""A manager's morning in a real browser."""

import re
from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Opened = Callable[..., Visit]


def test_list_firm_record_in_two_taps_timeline_calendar(visit: Opened) -> None:
    one = visit("M1")
    page = one.page
    first = page.locator(".job[data-row]").first
    name = first.locator(".who").inner_text()
    waiting = page.locator(".job[data-row]").count()

    first.locator(".who").click()  # at the side first, then as a page
    page.locator("#panel[open] h2 a").click()
    page.wait_for_selector(".tiles")
    assert page.locator("h1").inner_text() == name

    page.locator(".head [data-record]").click()  # one
    page.locator("#sheet button[value=interested]").click()  # two
    page.wait_for_selector("#notice:has-text('记下了')")
    page.wait_for_selector("aside .timeline:has-text('有意向')")
    assert page.locator("aside .timeline li.ahead").count() == 1

    one.open("/")
    assert page.locator(".job.done").count() == 1
    assert page.locator(".job[data-row]").count() == waiting - 1
    due = re.search(r"\d+月\d+日", page.locator(".job.done").inner_text())
    assert due
    one.open("/calendar/")
    page.locator(".head .acts a").nth(2).click()
    page.wait_for_selector(f".slot.of-task:has-text('{name}')")
    one.clean()


def test_by_keyboard_alone(visit: Opened) -> None:
    one = visit("M1")
    page = one.page
    waiting = page.locator(".job[data-row]").count()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel[open] .tiles")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_selector("#sheet[open] .outcomes")
    page.keyboard.press("4")
    page.wait_for_selector(".job.done")
    assert page.locator(".job[data-row]").count() == waiting - 1
    page.keyboard.press("Control+k")
    page.wait_for_selector("#search[open]")
    page.keyboard.type("C0000")
    page.wait_for_selector("#found a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tiles")
    one.clean()


def test_the_other_language_and_back(visit: Opened) -> None:
    one = visit("M1")
    page = one.page
    page.locator(".top .language").click()
    page.wait_for_selector("h1:has-text('Good morning')")
    assert page.locator("html").get_attribute("lang") == "en"
    one.open("/firms/")
    assert "firms" in page.locator("h1").inner_text()
    page.locator(".top .language").click()
    page.wait_for_selector("h1:has-text('户')")
    one.clean()


def test_a_list_keeps_its_state_in_the_address(visit: Opened) -> None:
    one = visit("G1")
    page = one.page
    one.open("/firms/")
    whole = page.locator("tr[data-row]").count()
    page.locator(".sift").first.click()
    page.wait_for_url("**tier=**")
    assert 0 < page.locator("tr[data-row]").count() < whole
    page.locator("th a").first.click()
    page.wait_for_url("**sort=**")
    page.reload()
    assert page.locator(".sift.on").count() == 1
    with page.expect_download() as downloaded:
        page.locator("a:has-text('Excel')").click()
    assert downloaded.value.suggested_filename.endswith(".xlsx")
    one.clean()


def test_out_of_the_door_and_in_again(visit: Opened) -> None:
    one = visit("M1")
    one.page.locator("[popovertarget=me]").click()
    one.page.locator("#me form button").click()
    one.page.wait_for_selector("#username")
    one.page.locator(".language").click()
    one.page.wait_for_selector("h1:has-text('Good to see you')")
    sign_in(one, "M1")
    one.page.wait_for_selector("h1:has-text('Good morning')")
    one.clean()
