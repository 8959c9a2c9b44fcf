"""Proof on the screen, in one visit a width: effects, report, a hold-out asked for by one and adopted by another, events."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGES = ("/effects/", "/effects/campaigns/", "/effects/offers/", "/effects/campaigns/firms/?arm=holdout",
         "/report/", "/report/?span=month&by=rule", "/report/contacts/?span=month", "/events/", "/events/?state=closed",
         "/policy/?cap_call=1", "/report/left/", "/report/left/firms/")  # fmt: skip


@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_of_proof_fit_in_both_tongues(visit: Callable[..., Visit], width: int) -> None:
    one = visit("P1", width=width)
    for language in ("zh", "en"):
        if language == "en":
            one.page.locator(".top .language").click()
            one.page.wait_for_load_state("networkidle")
        for path in PAGES:
            one.open(path)
            one.clean()


def test_one_asks_another_adopts_and_events_are_handled_by_key(visit: Callable[..., Visit]) -> None:
    asks, adopts, manager = visit("A1"), visit("P1", width=390), visit("M1")
    asks.open("/effects/offers/")
    asks.page.click("#page a[href*='/figures/hold_outs/ask/']")
    asks.page.fill("#holdout_offers", "20")
    asks.page.fill("#reason", "要看清楚到底有没有用")
    asks.page.click("#sheet .btn.main")
    asks.page.wait_for_selector("#page .casework")
    asks.clean()
    adopts.open("/effects/")
    adopts.page.click("#page .casework .btn.main")
    adopts.page.fill("#reason", "同意试一季度")
    adopts.page.click("#sheet button[value=approve]")
    adopts.page.wait_for_selector("#page .casework", state="detached")
    adopts.clean()
    manager.open("/events/")
    before = int(manager.page.locator("tr[data-row]").count())
    manager.page.locator("tr[data-row] .rowlinks a").first.click()
    manager.page.wait_for_selector("#sheet[open] [data-key='3']")
    manager.page.keyboard.press("Escape")
    manager.settled()
    assert manager.page.locator("tr[data-row]").count() == before  # the list stays behind the sheet
    for key in "jxjx":
        manager.page.keyboard.press(key)
    manager.page.wait_for_function("document.querySelectorAll('td.pick input:checked').length === 2")
    manager.page.keyboard.press("h")
    manager.page.wait_for_selector("#sheet[open] input[name=key] >> nth=1", state="attached")
    manager.page.keyboard.press("3")
    manager.page.wait_for_function(
        "many => document.querySelectorAll('tr[data-row]').length === many", arg=before - 2
    )
    manager.clean()
