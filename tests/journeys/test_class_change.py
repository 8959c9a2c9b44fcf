"""A class change by three people, in a browser: in Chinese at a desk, in English on a phone."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORDS = {
    "zh": ("初分", "复核", "审批", "最近办完"),
    "en": ("Make the change", "Review", "Approve", "Ended lately"),
}


def step(one: Visit, words: str) -> None:
    """Open the first row's sheet by its button and press the sheet's own."""
    one.page.get_by_role("link", name=words, exact=True).first.click()
    one.page.locator("dialog[open] .btn.main").click()
    one.page.wait_for_selector("dialog[open]", state="detached")
    one.settled()


@pytest.mark.parametrize(("width", "language"), [(1440, "zh"), (390, "en")])
def test_three_people_change_a_class(visit: Callable[..., Visit], width: int, language: str) -> None:
    make, review, approve, ended = WORDS[language]
    maker, reviewer, approver = (
        visit(staff, width=width, language=language, at="/loans/classes/") for staff in ("M1", "R1", "G1")
    )
    note = maker.page.locator(".casework .small").first.inner_text().split(" ")[0]
    step(maker, make)
    waiting = maker.page.locator(".casework").first
    assert note in waiting.inner_text()
    assert maker.page.get_by_role("link", name=review, exact=True).count() == 0, "the maker may not review"
    reviewer.open("/loans/classes/")
    step(reviewer, review)
    assert reviewer.page.get_by_role("link", name=approve, exact=True).count() == 0, (
        "the reviewer may not approve"
    )
    approver.open("/loans/classes/")
    step(approver, approve)
    approver.open("/loans/classes/")
    section = approver.page.locator("section", has=approver.page.get_by_role("heading", name=ended))
    assert note in section.inner_text()
    for one in (maker, reviewer, approver):
        one.clean()
