"""An analyst's own rule in a browser: written, tried on last night, asked for, adopted by another on a phone, fired."""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connections

from tests.journeys.conftest import Visit
from tests.workbench.test_rule_api import DAYS, nights
from tests.world import BUSINESS_DATE, placements
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import DuckEngine, Lake

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NEXT = BUSINESS_DATE + timedelta(days=1)
TEXT = {
    "#title_zh": "贵客存款减半", "#title_en": "Deposits halved", "#zh": "近 90 天日均存款 {balance_90d}，此前 {balance_prior_90d}",
    "#en": "average balance {balance_90d}, before that {balance_prior_90d}", "#goal_zh": "问清资金去了哪里",
    "#goal_en": "Ask where the money went",
}  # fmt: skip


def in_english(one: Visit) -> None:
    one.page.locator(".top .language").click()
    one.page.wait_for_load_state("networkidle")


def quiet(one: Visit) -> None:
    """Nothing is being read back any more."""
    one.page.wait_for_timeout(450)
    one.page.wait_for_load_state("networkidle")


def pictured(one: Visit, name: str) -> None:
    one.clean()
    if keep := os.environ.get("XIAOER_PICTURES"):
        one.page.wait_for_timeout(500)
        one.page.screenshot(path=f"{keep}/rules-{name}.png", full_page=True)


def answered(home: Path) -> None:
    """What `xiaoer dry-runs` does beside the lake, once."""
    from xiaoer.nightly.dry_runs import answer, waiting

    engine = DuckEngine(home / "scratch")
    for asked in waiting():
        answer(asked, replace(settings(), home=home), engine)
    engine.close()


def fired(home: Path) -> int:
    """The next night's step for the bank's own rules, its events shown on the desk as they would be published."""
    from xiaoer.events.models import Event
    from xiaoer.kit.published import pointer
    from xiaoer.nightly.bank_rules import RuleBook, events
    from xiaoer.nightly.gathering import gather
    from xiaoer.nightly.run import Night

    folder = home / "next" / NEXT.isoformat() / "run"
    shutil.copytree(home / "nights" / DAYS[-1].isoformat() / "run", folder)
    engine, lake = DuckEngine(home / "scratch"), Lake(home / "lake")
    gather(lake, NEXT)
    night = Night(NEXT, "run", lake, engine, folder, home / "models")
    rows = [pl.DataFrame(one) for one in events(night, RuleBook.of(night))]
    engine.close()
    whose = {one.customer_id: one for one in placements()}
    edition = pointer("owner").edition
    found = [row for part in rows for row in part.iter_rows(named=True)]
    for row in found:
        firm = whose[row["customer_id"]]
        told = {name: json.loads(row[name]) for name in ("because", "goal")}
        place = {"branch_id": firm.branch_id, "manager_id": firm.manager_id, "since": edition}
        Event.objects.using("owner").create(**row | told | place)
    return len(found)


def written(analyst: Visit) -> None:
    """From an empty page; the facts are offered as one types."""
    page = analyst.page
    analyst.open("/rules/new/")
    for place, words in TEXT.items():
        page.fill(place, words)
    page.locator("#condition").press_sequentially("再前")
    page.wait_for_selector(".offered:not([hidden]) li")
    page.keyboard.press("Enter")
    assert page.input_value("#condition") == "balance_prior_90d"
    page.fill("#condition", "balance_90d < 60% * balance_prior_90d and balance_prior_90d >= 20")
    page.locator("#wrong-condition", has_text="金额只能与金额比较").wait_for()
    page.locator("#condition").press_sequentially("万")
    page.wait_for_selector("#read-back .chip.good")
    assert "低于 60%" in page.inner_text("#read-back")
    quiet(analyst)


def test_one_writes_and_tries_another_adopts_and_it_fires(
    desk: str, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    from xiaoer.nightly.dry_runs import hold

    nights(tmp_path)
    with ThreadPoolExecutor(
        1
    ) as beside:  # what runs beside the lake, in its own thread with its own connection
        try:
            walked(visit, tmp_path, lambda work, *given: beside.submit(work, *given).result(), hold)
        finally:
            beside.submit(connections.close_all)


def walked(
    visit: Callable[..., Visit], tmp_path: Path, apart: Callable[..., Any], hold: Callable[[], bool]
) -> None:
    analyst, second = visit("A1", width=1440), visit("P1", width=390)
    written(analyst)
    analyst.page.click("[data-try]")
    analyst.page.wait_for_selector("#dry-run .waiting-run")
    assert "xiaoer dry-runs" in analyst.page.inner_text("#dry-run"), "nobody is there to answer"
    assert apart(hold)
    apart(answered, tmp_path)
    analyst.page.wait_for_selector("#dry-run .tiles")
    assert "会触发 20 户" in analyst.page.inner_text("#dry-run")
    pictured(analyst, "editor-1440-zh")
    analyst.page.locator(".deeds .btn:not(.main)").click()
    analyst.page.wait_for_selector(".head .acts .main")
    code = analyst.page.url.strip("/").split("/")[-1]
    analyst.page.locator(".head .acts .main").click()
    analyst.page.locator("dialog[open] button[value=propose]").click()
    analyst.page.wait_for_selector("dialog[open]", state="detached")
    analyst.page.locator("#page .title", has_text="待另一人确认").wait_for()
    pictured(analyst, "rule-1440-zh")
    decided(second, code)
    assert apart(fired, tmp_path) == 20
    on_the_desk(visit("M2", width=390), code)


def decided(second: Visit, code: str) -> None:
    """On a phone, in English: found on the list, read, adopted."""
    in_english(second)
    second.open("/rules/?state=waits")
    pictured(second, "list-390-en")
    second.page.get_by_role("link", name="Deposits halved").click()
    second.page.wait_for_selector(".head .acts .main")
    second.page.locator(".head .acts .main").click()
    second.page.locator("dialog[open] button[value=adopt]").click()
    second.page.wait_for_selector("dialog[open]", state="detached")
    second.page.locator("#notice", has_text="from the night of 19 Nov on").wait_for()
    second.page.locator("#page .title", has_text="in use").wait_for()
    for tab in ("dry", "steps"):
        second.open(f"/rules/{code}/?tab={tab}")
        pictured(second, f"{tab}-390-en")
    second.open("/rules/new/?like=silence")
    second.clean()


def on_the_desk(manager: Visit, code: str) -> None:
    """The manager reads the rule's own sentence."""
    manager.open(f"/events/?rule={code}")
    shown: Any = manager.page.inner_text("#listing")
    assert "贵客存款减半" in shown
    assert "近 90 天日均存款 8.0 万元，此前 20.0 万元" in shown
    pictured(manager, "events-390-zh")
