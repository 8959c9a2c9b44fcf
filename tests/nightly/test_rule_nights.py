"""What a night leaves behind of each rule: hits by portfolio, contacts and accepted offers; a changed row names nobody."""

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.events.test_bank_rules import EXAMPLE
from tests.world import placements
from xiaoer.events.written import written
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.nightly.run import Night

BEFORE, DAY = date(2026, 11, 17), date(2026, 11, 18)
PEOPLE = placements()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A night whose events and portfolios are there, and the decisions of the night before."""
    for day in (BEFORE, DAY):
        folder = tmp_path / "nights" / day.isoformat() / "run"
        folder.mkdir(parents=True)
        pl.DataFrame([vars(one) for one in PEOPLE]).write_parquet(folder / "portfolio.parquet")
    firms = [one.customer_id for one in PEOPLE]
    pl.DataFrame({"offer_id": ["o1", "o2", None], "rule": ["silence", "bank_1a", "silence"]}).write_parquet(
        tmp_path / "nights" / BEFORE.isoformat() / "run" / "decisions.parquet"
    )
    pl.DataFrame({"customer_id": firms[:3] + firms[:1], "rule": ["silence"] * 3 + ["bank_1a"]}).write_parquet(
        folder / "events.parquet"
    )
    told = [{"business_date": day.isoformat(), "run_id": "run"} for day in (BEFORE, DAY)]
    (tmp_path / "nights" / "published.json").write_text(json.dumps(told))
    engine = DuckEngine(tmp_path / "scratch")
    yield Night(DAY, "run", Lake(tmp_path / "lake"), engine, folder, tmp_path / "models")
    engine.close()


def contact(offer: str, outcome: str, day: date) -> None:
    from xiaoer.contacts.models import Contact

    firm = PEOPLE[0]
    Contact.objects.using("owner").create(
        offer_id=offer, customer_id=firm.customer_id, channel="call", outcome=outcome, staff_id=firm.manager_id,
        day=day, branch_id=firm.branch_id, manager_id=firm.manager_id,
    )  # fmt: skip


def test_hits_contacts_and_wins_are_kept_once(own_world: str, night: Night, scope_of: Any) -> None:
    from xiaoer.events import rulebook
    from xiaoer.kit.scope.acting import acting_as
    from xiaoer.nightly.gathering import gather
    from xiaoer.nightly.rule_nights import remember

    contact("o1", "accepted", DAY)
    contact("o2", "refused", DAY)
    contact("o1", "accepted", BEFORE)  # counted on its own night
    contact("", "accepted", DAY)  # nobody's rule
    gather(night.lake, DAY)
    assert remember(night) == remember(night)
    scope = scope_of("A1")
    with acting_as(scope):
        assert rulebook.nights(scope, BEFORE) == [
            {"rule": "bank_1a", "day": DAY, "firms": 1, "contacts": 1, "won": 0},
            {"rule": "silence", "day": DAY, "firms": 3, "contacts": 1, "won": 1},
        ]
    manager = scope_of("M2")
    with acting_as(manager):
        assert [one["firms"] for one in rulebook.nights(manager, BEFORE, "silence")] == [1], (
            "one's own portfolio"
        )


def test_a_row_somebody_changed_names_nobody_and_the_night_goes_on(
    own_world: str, night: Night, scope_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import connections

    from xiaoer.events import adopting
    from xiaoer.kit.scope.acting import acting_as
    from xiaoer.kit.text import say
    from xiaoer.nightly.bank_rules import RuleBook
    from xiaoer.nightly.gathering import gather

    analyst, second = scope_of("A1"), scope_of("P1")
    codes = []
    for _ in range(2):
        with acting_as(analyst):
            codes.append(str(adopting.write(analyst, written(EXAMPLE), DAY).rule))
            adopting.propose(analyst, codes[-1], DAY)
    broken, whole = codes
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE nightly_pointer SET business_date = %s", [BEFORE])
    for code in codes:
        with acting_as(second):
            adopting.adopt(second, code, DAY)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE events_rulestep SET body = jsonb_set(body, '{condition}', '\"balance_90d <\"')"
            " WHERE rule = %s AND step = 'written'",
            [broken],
        )
    gather(night.lake, DAY)
    assert set(RuleBook.of(night).rules) == {whole}
    assert f"rule {broken} version 1 is in force but its kept text cannot be read (condition: " in caplog.text
    with acting_as(second):
        assert "can no longer be read" in say({"code": f"{broken}_v1", "params": {}}, "en")


def test_whoever_answers_dry_runs_is_seen(own_world: str, scope_of: Any) -> None:
    from django.db import connections

    from xiaoer.events import rulebook
    from xiaoer.nightly.dry_runs import hold

    scope = scope_of("A1")
    assert not rulebook.is_answering(scope)
    assert hold()
    assert rulebook.is_answering(scope)
    connections["owner"].close()
    for _ in range(50):  # the server hears of it a moment later
        if not rulebook.is_answering(scope):
            break
        time.sleep(0.1)
    assert not rulebook.is_answering(scope), "with the process goes the lock"
