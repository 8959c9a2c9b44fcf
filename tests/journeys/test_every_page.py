"""Every page, as wide as a desk and as narrow as a phone: nothing sticks out, leaves the host, or complains."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FIRM = "/firms/C000003/"
PAGES = (
    "/",
    "/calendar/",
    "/calendar/?day=2026-11-19",
    "/calendar/?month=2026-11",
    "/absences/",
    "/absences/new/",
    "/firms/",
    "/firms/?tier=premier.general&sort=-events",
    "/events/",
    "/firms/?value=3.2&band=2&before=new",
    "/firms/?moved=up.down",
    "/segments/",
    "/segments/ideal/",
    "/firms/?ideal=2",
    "/capacity/",
    "/surveys/",
    "/requests/",
    "/requests/?state=closed",
    "/firms/C000009/",
    "/data/",
    "/loans/due/",
    "/loans/due/?what=maturity",
    "/loans/overdue/",
    "/loans/overdue/?class=substandard,doubtful,loss",
    "/loans/classes/",
    "/loans/renewals/",
    "/loans/checks/",
    "/loans/migration/",
    "/loans/guarantees/",
    "/loans/plans/",
    "/loans/vintages/",
    "/loans/vintages/?late=late_90&product_id=L01",
    "/loans/concentration/",
    FIRM,
    *(f"{FIRM}?tab={tab}" for tab in ("money", "loans", "score", "contacts", "events")),
    f"{FIRM}record/",
    f"{FIRM}plan/",
    f"{FIRM}request/",
)


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_sticks_out(visit: Callable[..., Visit], width: int) -> None:
    one = visit("M1", width=width)
    for language in ("zh", "en"):
        for path in PAGES:
            one.open(path)
            one.clean()
        if language == "zh":
            one.open("/")
            one.in_the_other_language()


def test_targets_on_a_phone_are_large_enough(visit: Callable[..., Visit]) -> None:
    one = visit("M1", width=390, at="")
    small = """[...document.querySelectorAll('#page .btn, .phonebar a, .top button, .tabs a, .pill')]
        .filter(e => e.offsetParent && Math.min(e.offsetHeight, e.offsetWidth) < 40)
        .map(e => e.className + ' ' + e.offsetWidth + '×' + e.offsetHeight)"""
    for path in (
        "/",
        "/firms/",
        FIRM,
        f"{FIRM}record/",
        "/calendar/",
        "/segments/",
        "/segments/ideal/",
        "/firms/?ideal=2",
        "/loans/classes/",
        "/loans/overdue/",
        "/loans/due/",
    ):
        one.open(path)
        assert one.page.evaluate(small) == [], path


def test_without_figures_a_firm_says_what_would_fill_them(visit: Callable[..., Visit]) -> None:
    one = visit("M1", at=FIRM)
    for place, term in enumerate(one.page.locator(".tiles .term").all()):
        term.click()
        assert one.page.locator(".definition:popover-open").count() == 1, place
        one.page.keyboard.press("Escape")
    one.clean()
