"""A manager's whole morning and a branch head's overload, in a real browser; both languages, desk and phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from tests.journeys.conftest import Visit
from tests.world import BUSINESS_DATE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Opened = Callable[..., Visit]
TODAY = BUSINESS_DATE + timedelta(days=1)
LATER = TODAY + timedelta(days=1)


def english(one: Visit) -> None:
    one.page.locator(".top .language").click()
    one.page.wait_for_selector("html[lang=en]")


def test_a_whole_morning(visit: Opened) -> None:
    one = visit("M1")
    page = one.page
    first = page.locator(".job[data-row]").first
    name = first.locator(".who").inner_text()
    first.locator(".who").click()  # why
    page.wait_for_selector("#panel[open] .why")
    page.keyboard.press("Escape")

    one.open(f"/calendar/?day={TODAY}")  # prepare
    slot = page.locator(f".slot.of-job:has-text('{name}')")
    slot.locator(".prepare summary").click()
    assert slot.locator(".prepare .reasons li").count() > 0
    slot.locator("[data-record]").click()  # one
    page.locator("#sheet button[value=interested]").click()  # two
    page.wait_for_selector("#notice:has-text('记下了')")
    page.wait_for_selector(f".slot.of-contact:has-text('{name}')")

    english(one)
    one.open("/")  # the next one by keyboard
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_selector("#sheet[open] .outcomes")
    page.keyboard.press("1")
    page.wait_for_selector(".job.done >> nth=1")

    one.open(f"/firms/{_numbers(page)[0]}/plan/")  # a promise becomes a dated task
    page.fill("#text", "Bring the rate sheet")
    page.locator(".pills:has(input[name=follow_up]) .pill").first.click()
    page.locator("#page form .btn.main").click()
    page.wait_for_selector("#notice:has-text('In the calendar')")

    one.open("/calendar/")  # another is moved by drag
    day = page.locator(f"[data-day='{LATER}']")
    moved = page.locator(f"[data-day='{TODAY}'] .slot.of-job").first
    who = moved.locator(".name").inner_text()
    there = day.locator(f".slot.of-task:has-text('{who}')")
    before = there.count()
    moved.drag_to(day)
    page.wait_for_selector("#notice:has-text('ut off until')")
    assert there.count() == before + 1
    promised = day.locator(".slot.of-task:has-text('Bring the rate sheet')")
    promised.locator("button[name=done]").click()
    page.wait_for_selector("#notice:has-text('Kept')")
    assert promised.count() == 0
    one.clean()


def _numbers(page: object) -> list[str]:
    links = page.locator(".job[data-row] .who")  # type: ignore[attr-defined]
    return [links.nth(at).get_attribute("href").strip("/").split("/")[-1] for at in range(links.count())]


def test_on_a_phone_the_month_leads_to_the_day_and_a_tap_moves(visit: Opened) -> None:
    one = visit("M1", width=390)
    page = one.page
    one.open("/calendar/?month=2026-11")
    one.clean()
    page.locator(f"td.today a[href*='{TODAY}']").click()
    page.wait_for_selector(".slot.of-job")
    slot = page.locator(".slot.of-job").first
    who = slot.locator(".name").inner_text()
    slot.locator("[data-postpone]").click()
    page.locator("#sheet button[name=day]").first.click()
    page.wait_for_selector("#notice:has-text('推到')")
    assert page.locator(f".slot.of-job:has-text('{who}')").count() == 0
    english(one)
    one.open(f"/calendar/?day={LATER}")
    slot = page.locator(f".slot.of-task:has-text('{who}')")
    slot.locator("[data-postpone]").click()
    page.locator("#sheet input[type=date]").fill(str(TODAY + timedelta(days=400)))
    page.locator("#sheet button[value=other]").click()
    page.wait_for_selector("#notice:has-text('not a day to plan for')")  # refused, in words
    assert page.locator("#notice:popover-open").count(), "shown over the open sheet"
    assert slot.count() == 1
    one.complaints = [
        said for said in one.complaints if "422" not in said
    ]  # the browser's own note of the refusal
    one.clean()


def test_a_branch_head_takes_an_overload_off(visit: Opened) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE offers_shadowprice SET left_out = 70 WHERE kind = 'hours' AND manager_id = 'M1'"
        )
        cursor.execute("UPDATE offers_shadowprice SET price = 0 WHERE kind = 'hours' AND manager_id = 'M2'")
        cursor.execute("UPDATE offers_proposal SET fits = false WHERE manager_id = 'M1' AND stopped IS NULL")
        cursor.execute("UPDATE customers_firm SET tier = 'general' WHERE manager_id = 'M1'")
    one = visit("H1")
    page = one.page
    page.locator("#overloads a").click()
    page.wait_for_selector("#sum h2")
    cards = page.locator("[data-stage='M2'] [data-card]")
    proposed = cards.count()
    assert proposed > 1
    before = page.locator("#sum h2").inner_text()
    cards.first.drag_to(page.locator(".stage.stays .day-head"))  # this one stays
    page.wait_for_function("text => document.querySelector('#sum h2').innerText !== text", arg=before)
    assert cards.count() == proposed - 1
    english(one)
    page.wait_for_selector("[data-stage='M2'] [data-card]")
    cards.first.locator("select").select_option("")
    page.wait_for_function("document.querySelector('.stage.stays [data-card]')")
    page.locator("#sum .btn.main").click()
    page.wait_for_selector(".undo")
    assert f"{proposed - 1} firms were handed over today" in page.locator(".undo").inner_text()
    one.clean()

    other = visit("M1", width=390)
    other.page.locator("#hands a").click()
    assert other.page.locator("text=周敏").count() > 0
    other.clean()

    page.locator(".undo .btn").click()
    page.wait_for_selector("#notice:has-text('back where they were')")
    assert page.locator(".undo").count() == 0
    one.clean()
