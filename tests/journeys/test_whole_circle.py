"""Files in, a morning out, an outcome back, and the next morning has changed and says why."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.journeys.conftest import Visit
from xiaoer.kit.settings import Settings, settings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CHECKOUT = Path(__file__).resolve().parents[2]
DAY = date(2026, 10, 31)


@dataclass(frozen=True)
class Bank:
    """A simulated bank on the desk, and the manager with the longest list."""

    home: Settings
    manager: str

    def night(self, day: date) -> None:
        """Run a night beside the browser, whose thread has no room for a database."""
        with ThreadPoolExecutor(1) as beside:
            beside.submit(self._night, day).result()

    def _night(self, day: date) -> None:
        from django.db import connections

        from xiaoer.nightly.night import run_night

        run_night(self.home, day, backwards=True)
        connections.close_all()


@pytest.fixture
def bank(own_world: str, tmp_path: Path) -> Bank:
    """A simulated bank of 150 firms, taken in and shown on the desk."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan
    from xiaoer.sources.intake import load_bank, receive

    home = replace(settings(), home=tmp_path)
    simulate(Plan(150, 18, 3, DAY), tmp_path / "bank", lambda _: None)
    received = receive(CHECKOUT / "mappings" / "simulator.toml", tmp_path / "bank", home.inbox)
    load_bank(received, Lake(home.lake), DuckEngine(tmp_path / "scratch"), DAY)
    Bank(home, "").night(DAY)
    return Bank(home, busiest())


def busiest() -> str:
    """The manager with the longest list, who gets an account."""
    from django.db.models import Count

    from xiaoer.branches.accounts import make_account
    from xiaoer.kit.published import pointer
    from xiaoer.offers.models import Proposal

    rows = (
        Proposal.objects.using("owner").at(pointer("owner").edition).filter(stopped__isnull=True, fits=True)
    )
    managed = rows.exclude(manager_id__startswith="pool:").order_by().values_list("manager_id")
    manager = str(managed.annotate(n=Count("pk")).order_by("-n", "manager_id")[0][0])
    make_account(manager, password=manager.lower() * 5)
    return manager


def test_an_outcome_changes_the_next_morning(bank: Bank, visit: Callable[..., Visit]) -> None:
    one = visit(bank.manager)
    page = one.page
    lasting = page.locator("#jobs .job[data-row]:has-text('天后到期'), #jobs .job[data-row]:has-text('同期')")
    lasting = lasting.filter(has_not_text="逾期")  # arrears break the rest after a talk
    listed = lasting.locator(".who").all_inner_texts()
    assert len(listed) > 1, "no two firms with a reason that outlasts a day"
    reached, promised = listed[0], listed[1]

    lasting.first.locator("[data-record]").click()
    page.locator("#sheet button[value=accepted]").click()
    page.wait_for_selector(".job.done")
    page.locator(f".job[data-row]:has-text('{promised}') [data-record]").click()
    page.locator("#sheet button[value=not_reached]").click()
    page.locator(".job.done").nth(1).wait_for()

    bank.night(DAY + timedelta(days=1))

    one.open("/")
    assert reached not in page.locator("#jobs").inner_text()
    alone = page.locator("#left-alone")
    alone.locator("summary").click()
    kept_off = alone.inner_text()
    assert reached in kept_off
    assert "刚联系过" in kept_off
    assert promised in kept_off
    assert "已约在" in kept_off
    one.clean()

    bank.night(DAY + timedelta(days=3))
    one.open("/")
    again = page.locator(f".job[data-row]:has-text('{promised}')")
    assert again.count() == 1
    assert "回访" in again.inner_text()
    one.clean()
