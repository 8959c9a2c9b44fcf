"""A small loan from request to drawdown by exactly three people in the browser, in both languages."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.applications.desk import FIRM
from tests.applications.test_appraisal import YUAN
from tests.journeys.conftest import Visit
from tests.journeys.test_application import hand_in, picture, tap
from xiaoer.applications.models import Step

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ENOUGH = {"zh": "3 人即可", "en": "3 people are enough"}
DRAWN = {"zh": "已放款", "en": "Drawn"}
UNSEEN = {"zh": "内勤还没有核验现场照片", "en": "has not verified the site photo"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_three_people(visit: Callable[..., Visit], width: int, language: str) -> None:
    """Manager, branch head, credit clerk; the review waits until the clerk has looked at the photo of the place."""
    manager, head, clerk = (visit(who, width=width, language=language, at="") for who in ("M1", "H1", "K1"))
    name = f"three-{language}-{width}"
    address = ask_and_survey(manager, language, name)
    head.open(address)
    head.page.wait_for_selector(f".why:has-text('{UNSEEN[language]}')")
    assert head.page.locator("[data-step]").count() == 0
    picture(head, f"{name}-unseen")
    head.clean()
    hand_in(manager, clerk, address)
    decide(head, address, name)
    pay_out(clerk, address, language, name)
    number = int(address.strip("/").split("/")[-1])
    with ThreadPoolExecutor(1) as beside:  # a browser's thread asks no database
        held = beside.submit(hands, number).result()
    assert held == {"M1": ["investigation", "marketing"], "H1": ["approval", "review"], "K1": ["back_office"]}


def ask_and_survey(one: Visit, language: str, name: str) -> str:
    """The manager asks, surveys, fills the worksheet and closes the form; gives the address."""
    one.open(f"/firms/{FIRM}/")
    one.page.locator("#applications [data-over=sheet]").click()
    one.page.wait_for_selector("#sheet[open] form")
    one.page.fill("#sheet [name=amount]", "20")
    one.page.fill("#sheet [name=purpose]", "年底备货，付给三家供货商")
    one.page.locator("#sheet form > .btn.main").click()
    one.page.wait_for_url("**/applications/*/")
    one.page.wait_for_selector(f".chip:has-text('{ENOUGH[language]}')")
    address = "/" + one.page.url.split("/", 3)[3]
    tap(one, "[data-step]", {}, "form > .btn.main")
    one.page.wait_for_selector("[data-step][href$='/surveyed/']")
    tap(one, "[data-step]", {"minutes": "150"}, "form > .btn.main")
    one.open(f"{address}appraisal/")
    for line, yuan in YUAN.items():
        one.page.fill(f"[name={line}]", str(yuan))
    one.page.wait_for_selector("#result .caps")
    one.page.locator("button[name=keep]").click()
    one.page.wait_for_url(f"**{address}")
    tap(one, "[data-step]", {"minutes": "80"}, "form > .btn.main")
    picture(one, f"{name}-surveyed")
    one.clean()
    return address


def decide(one: Visit, address: str, name: str) -> None:
    """Review and approval, one after the other, by the branch head."""
    one.open(address)
    tap(one, "[data-step]", {"words": "第一还款来源够"}, "form > .btn.main")
    one.page.wait_for_selector("[data-step][href$='/approve/']")
    tap(one, "[data-step]", {"amount": "20", "rate": "4.35"}, "form > .btn.main")
    one.page.wait_for_selector("[data-step]", state="detached")  # who approved pays nothing out
    picture(one, f"{name}-approved")
    one.clean()


def pay_out(one: Visit, address: str, language: str, name: str) -> None:
    one.open(address)
    tap(one, "[data-step]", {"reference": "H2026009"}, "form > .btn.main")
    one.page.wait_for_selector("[data-step][href$='/draw/']")
    tap(one, "[data-step]", {"reference": "J2026009"}, "form > .btn.main")
    one.page.wait_for_selector(f".title:has-text('{DRAWN[language]}')")
    picture(one, f"{name}-drawn")
    one.clean()
    one.open(f"{address}file/")
    assert ENOUGH[language] in one.page.locator("#page").inner_text()
    picture(one, f"{name}-file")
    one.clean()


def hands(number: int) -> dict[str, list[str]]:
    """Who had which parts, read as the owner of the tables."""
    held: dict[str, set[str]] = {}
    for who, part in Step.objects.using("owner").filter(application=number).values_list("staff_id", "part"):
        held.setdefault(who, set()).add(part)
    connections.close_all()
    return {who: sorted(parts) for who, parts in held.items()}
