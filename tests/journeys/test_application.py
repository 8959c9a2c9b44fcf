"""An application from request to drawdown in the browser, each part by another person; and what is refused on the way."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.models import F

from tests.applications.desk import (
    FIRM,
    NOW,
    TODAY,
    advanced,
    begun,
    papers,
    received,
    scope,
    step,
    verified,
)
from tests.applications.test_appraisal import YUAN
from tests.journeys.conftest import Visit
from xiaoer.applications import actions
from xiaoer.applications.models import Application, Step
from xiaoer.applications.terms import Verb
from xiaoer.kit.scope.acting import acting_as

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAPERS = (
    "licence",
    "identity",
    "authorisation",
    "bank_statement",
    "site_photo",
    "tax_certificate",
    "trade_contract",
)
PEOPLE = {"marketing": "M1", "investigation": "I1", "review": "R1", "approval": "H1", "back_office": "K1"}
PICTURES = os.environ.get("XIAOER_PICTURES", "")


def picture(one: Visit, name: str) -> None:
    """Kept only where somebody wants to look."""
    if PICTURES:
        one.page.wait_for_timeout(250)  # charts move for a fifth of a second
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        one.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def tap(one: Visit, opener: str, fill: dict[str, str], button: str) -> None:
    """Open a sheet, fill it in, send it; wait for the page behind."""
    one.page.locator(opener).first.click()
    one.page.wait_for_selector("#sheet[open] form")
    for name, value in fill.items():
        one.page.fill(f"#sheet [name={name}]", value)
    one.page.locator(f"#sheet {button}").click()
    one.page.wait_for_selector("#sheet", state="hidden")
    one.settled()


@pytest.mark.parametrize("width", [1440, 390])
def test_from_request_to_drawdown(visit: Callable[..., Visit], width: int) -> None:
    """Five people, one part each; the drawdown is refused while a paper is open."""
    desks = {part: visit(who, width=width, at="") for part, who in PEOPLE.items()}
    address = request(desks["marketing"], width)
    investigate(desks["investigation"], address, width)
    decide(desks["review"], address, {"words": "第一还款来源够，同意上报"}, f"review-{width}")
    decide(desks["approval"], address, {"amount": "40", "rate": "4.35"}, f"approval-{width}")
    pay_out(desks["back_office"], desks["marketing"], address, width)
    read_the_file(desks["review"], address, width)


def request(one: Visit, width: int) -> str:
    """Marketing begins it on the firm's page; gives its address."""
    one.open(f"/firms/{FIRM}/")
    one.page.locator("#applications [data-over=sheet]").click()
    one.page.wait_for_selector("#sheet[open] form")
    one.page.fill("#sheet [name=amount]", "50")
    one.page.fill("#sheet [name=purpose]", "年底备货，付给三家供货商")
    picture(one, f"begin-{width}")
    one.page.locator("#sheet form > .btn.main").click()
    one.page.wait_for_url("**/applications/*/")
    picture(one, f"received-{width}")
    one.clean()
    return "/" + one.page.url.split("/", 3)[3]


def investigate(one: Visit, address: str, width: int) -> None:
    """Survey, worksheet, form."""
    one.open(address)
    tap(one, "[data-step]", {}, "form > .btn.main")
    tap(one, "[data-step]", {"minutes": "150"}, "form > .btn.main")
    one.open(f"{address}appraisal/")
    picture(one, f"draft-{width}")
    for line, yuan in YUAN.items():
        one.page.fill(f"[name={line}]", str(yuan))
    one.page.wait_for_selector("#result .caps")
    picture(one, f"worksheet-{width}")
    one.page.locator("button[name=keep]").click()
    one.page.wait_for_url(f"**{address}")
    tap(one, "[data-step]", {"minutes": "80"}, "form > .btn.main")
    one.clean()


def decide(one: Visit, address: str, fill: dict[str, str], name: str) -> None:
    one.open(address)
    tap(one, "[data-step]", fill, "form > .btn.main")
    picture(one, name)
    one.clean()


def pay_out(clerk: Visit, marketing: Visit, address: str, width: int) -> None:
    """Sign; the drawdown is not offered while papers are open; papers by two people; draw."""
    clerk.open(address)
    tap(clerk, "[data-step]", {"reference": "H2026001"}, "form > .btn.main")
    clerk.page.wait_for_selector(".why:has-text('资料还差 7 项')")
    assert clerk.page.locator("[data-step]").count() == 0
    picture(clerk, f"open-{width}")
    hand_in(marketing, clerk, address)
    tap(clerk, "[data-step]", {"reference": "J2026001"}, "form > .btn.main")
    clerk.page.wait_for_selector(".title:has-text('已放款')")
    picture(clerk, f"drawn-{width}")
    clerk.clean()


def hand_in(one: Visit, clerk: Visit, address: str) -> None:
    """Each paper by two people."""
    for hand, verb in ((one, "receive"), (clerk, "verify")):
        hand.open(address)
        for kind in PAPERS:
            tap(hand, f"#checklist [href$='/papers/{kind}/']", {}, f"[value={verb}]")


def read_the_file(one: Visit, address: str, width: int) -> None:
    """The whole trail on one page, in both languages."""
    one.open(f"{address}file/")
    told = one.page.locator("#page").inner_text()
    for name in ("陈立", "林晓峰", "杨帆", "孙雅琴", "许静怡", "重新计算一致", "H2026001", "J2026001"):
        assert name in told, name
    picture(one, f"file-{width}")
    one.in_the_other_language()
    assert "computed again: the same" in one.page.locator("#page").inner_text()
    picture(one, f"file-en-{width}")
    one.clean()
    if PICTURES and width == 1440:
        one.page.emulate_media(media="print")
        picture(one, "file-on-paper")


@pytest.fixture
def under_way(own_world: str) -> tuple[int, int]:
    """Three applications on their way, before a browser takes the thread: one signed, one in review, one surveyed."""
    signed = advanced(begun(), Verb.SIGN)
    papers(signed, leave_out="tax_certificate")
    reviewed = advanced(begun(), Verb.SUBMIT)
    received(reviewed, "licence")
    verified(reviewed, "licence", good=False)
    step(begun(), Verb.TAKE)
    ask(signed)
    Step.objects.using("owner").exclude(verb="request").update(waited_minutes=F("pk") * 47)
    return signed.pk, reviewed.pk


def ask(signed: Application) -> None:
    me = scope("M1")
    with acting_as(me):
        actions.ask(me, signed.pk, "tax_certificate", "税务局搬家，下周补", TODAY, now=NOW, until_date=TODAY)


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_of_applications(
    under_way: tuple[int, int], visit: Callable[..., Visit], width: int
) -> None:
    signed, reviewed = under_way
    one = visit("R1", width=width, at="")
    pages = {
        "where": "/applications/", "list": "/applications/list/", "bank": "/applications/bank/",
        "brought": "/applications/bank/U000007/", "time": "/applications/time/", "product": "/applications/time/?by=product",
        "exceptions": "/applications/exceptions/", "record": f"/applications/{signed}/",
        "returned": f"/applications/{reviewed}/", "sheet": f"/applications/{reviewed}/recommend/",
        "appraisal": f"/applications/{signed}/appraisal/", "firm": f"/firms/{FIRM}/",
    }  # fmt: skip
    for language in ("zh", "en"):
        for name, path in pages.items():
            one.open(path)
            picture(one, f"page-{name}-{language}-{width}")
            one.clean()
        if language == "zh":
            one.in_the_other_language()


def test_targets_on_a_phone_are_large_enough(under_way: tuple[int, int], visit: Callable[..., Visit]) -> None:
    _, reviewed = under_way
    one = visit("I1", width=390, at="")
    small = """[...document.querySelectorAll('#page .btn, .phonebar a, .top button, .tabs a, .pill, .lines-in .input')]
        .filter(e => e.offsetParent && Math.min(e.offsetHeight, e.offsetWidth) < 40)
        .map(e => e.className + ' ' + e.offsetWidth + '×' + e.offsetHeight)"""
    for path in ("/applications/", f"/applications/{reviewed}/", f"/applications/{reviewed}/appraisal/",
                 f"/applications/{reviewed}/papers/licence/", "/applications/time/", "/applications/exceptions/"):  # fmt: skip
        one.open(path)
        assert one.page.evaluate(small) == [], path
