"""A renewal with one condition failing, and one whose gap somebody closes: Chinese at a desk, English on a phone."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORDS = {
    "zh": ("有条件不符合", "待核实", "条件", "持续经营", "可续"),
    "en": ("A condition is not met", "To be looked at", "Conditions", "Going concern", "Fit to be renewed"),
}


@pytest.mark.parametrize(("width", "language"), [(1440, "zh"), (390, "en")])
def test_one_fails_and_one_is_looked_at(visit: Callable[..., Visit], width: int, language: str) -> None:
    failing, looked_at, conditions, going, fit = WORDS[language]
    one = visit("M1", width=width, language=language, at="/loans/renewals/")

    def part(title: str) -> object:
        return one.page.locator("section", has=one.page.locator("h2", has_text=title))

    bad = part(failing)
    assert going in bad.first.inner_text()  # type: ignore[attr-defined]
    bad.get_by_role("link", name=conditions).first.click()  # type: ignore[attr-defined]
    dialog = one.page.locator("dialog[open]")
    assert "41%" in dialog.inner_text()
    assert dialog.locator('input[value="going_concern"]').count() == 0, "a failure is not talked away"
    one.page.locator("dialog[open] [data-close]").click()
    part(looked_at).get_by_role("link", name=conditions).first.click()  # type: ignore[attr-defined]
    one.page.locator('dialog[open] input[value="good_credit"]').check()
    one.page.fill("dialog[open] textarea", "invoices of steel seen, paid to the supplier")
    one.page.locator("dialog[open] .btn.main").click()
    one.page.wait_for_selector("dialog[open]", state="detached")
    one.open("/loans/renewals/")
    assert part(fit).count() == 1  # type: ignore[attr-defined]
    one.clean()
