"""The shelf in a browser: read in two languages and two widths, and a model put to use by two people, never by one."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Visit
from tests.registry_world import make_registry, score_firms
from tests.world import BUSINESS_DATE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORDS = {
    "zh": ("提出用挑战者", "提出", "看了再定", "审批", "下一晚起用"),
    "en": ("Ask for the challenger", "Ask for it", "Look and decide", "Approve", "In use from the next night on"),
}  # fmt: skip
PAGES = ("/models/", "/trials/", "/models/?drift=act.watch", "/models/risk/", "/models/behaviour_enterprises/",
         "/models/asking_card/", "/models/contribution/?tab=inside",
         *(f"/models/leaving/?tab={tab}" for tab in ("judged", "inside", "watch", "history")))  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        make_registry(Path(made), BUSINESS_DATE)
        yield Path(made)


@pytest.fixture
def shelf(desk: str, folder: Path) -> str:
    from xiaoer.nightly.shelving import tell_desk

    tell_desk(folder)
    score_firms("insurance")
    return desk


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_of_the_shelf(shelf: str, visit: Callable[..., Visit], width: int) -> None:
    one = visit("A1", width=width)
    for language in ("zh", "en"):
        if language == "en":
            one.in_the_other_language()
        for place, path in enumerate(PAGES):
            one.open(path)
            one.clean()
            if keep := os.environ.get("XIAOER_PICTURES"):
                one.page.wait_for_timeout(500)
                one.page.screenshot(path=f"{keep}/shelf-{width}-{language}-{place}.png", full_page=True)


@pytest.mark.parametrize(("width", "language"), [(1440, "zh"), (390, "en")])
def test_two_people_put_a_model_to_use(
    shelf: str, visit: Callable[..., Visit], width: int, language: str
) -> None:
    ask, send, look, approve, done = WORDS[language]
    asker = visit("A1", width=width, language=language, at="/models/leaving/")
    approver = visit("R1", width=width, language=language, at="")
    asker.page.get_by_role("link", name=ask, exact=True).click()
    asker.page.locator("dialog[open] textarea").fill("three months better")
    asker.page.get_by_role("button", name=send, exact=True).click()
    asker.page.wait_for_selector("dialog[open]", state="detached")
    asker.open("/models/")
    assert asker.page.get_by_role("link", name=look, exact=True).count() == 0, "whoever asked may not approve"
    approver.open("/models/")
    approver.page.get_by_role("link", name=look, exact=True).click()
    approver.page.locator("dialog[open]").get_by_role("button", name=approve, exact=True).click()
    approver.page.wait_for_selector("dialog[open]", state="detached")
    approver.open("/models/leaving/?tab=history")
    assert done in approver.page.locator("#tab").inner_text()
    for one in (asker, approver):
        one.clean()


def test_a_trial_from_the_form_to_its_end(shelf: str, visit: Callable[..., Visit]) -> None:
    one = visit("A1", at="/trials/")
    one.page.fill("#name", "谁先联系")
    one.page.select_option("[name=first_order]", "nobody")
    one.page.fill("[name=second_share]", "100")
    one.page.locator(".trial-form .btn.main").click()
    for _ in range(4):
        one.page.locator(".head .acts .btn.main").click()
        one.page.wait_for_load_state("load")
    one.clean()
    assert "分开了" in one.page.locator("#page").inner_text()
    if keep := os.environ.get("XIAOER_PICTURES"):
        one.page.screenshot(path=f"{keep}/trial-1440-zh.png", full_page=True)
