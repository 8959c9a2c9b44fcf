"""Rules of the bank through the interface: two persons, dry runs answered beside the lake and seen in scope."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.events.test_bank_rules import EXAMPLE, WAN
from tests.world import BUSINESS_DATE, placements
from xiaoer.events.jobs import forget_old_dry_runs
from xiaoer.events.models import DryAnswer, DryCount, DryRun
from xiaoer.events.written import Limits
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine

TEXT = EXAMPLE | {"population": {}}
DAYS = (date(2026, 9, 30), date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 18))


def post(client: Any, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api{path}", json.dumps(body or {}), content_type="application/json")


@pytest.mark.django_db(databases="__all__")
def test_one_alone_is_refused_and_two_adopt(client_of: Any) -> None:
    analyst, product = client_of("A1"), client_of("P1")
    mine = post(product, "/rules", TEXT).json()["rule"]
    assert post(product, f"/rules/{mine}/propose").status_code == 201
    assert post(product, f"/rules/{mine}/adopt").status_code >= 400
    written = post(analyst, "/rules", TEXT)
    assert written.status_code == 201
    code = written.json()["rule"]
    assert post(product, f"/rules/{code}/adopt").status_code >= 400, "not yet proposed"
    assert post(analyst, f"/rules/{code}/propose").status_code == 201
    assert post(analyst, f"/rules/{code}/adopt").status_code >= 400
    assert post(product, f"/rules/{code}/adopt").json()["step"] == "adopted"
    assert post(client_of("M1"), "/rules", TEXT).status_code >= 400
    (told,) = [one for one in analyst.get("/api/rules").json() if one["rule"] == code]
    assert (told["turn"], told["adopted"], told["version"]) == ("adopted", 1, 1)


@pytest.mark.django_db(databases="__all__")
def test_bad_text_is_refused_in_words(client_of: Any) -> None:
    refused = post(client_of("A1"), "/rules", TEXT | {"condition": "balanc_90d < 3元"})
    assert refused.status_code >= 400
    assert "did you mean balance_90d?" in refused.content.decode()


def nights(home: Path) -> None:
    """Four nights' tables: every third firm's balance has halved on each, fewer the earlier the night."""
    for place, day in enumerate(DAYS):
        folder = home / "nights" / day.isoformat() / "run"
        folder.mkdir(parents=True)
        people = placements()
        halved = [at % 3 == 0 and at < 15 * (place + 1) for at in range(len(people))]
        firms = pl.DataFrame({
            "customer_id": [one.customer_id for one in people], "closed": False, "tier": "premier", "kind": "enterprise",
            "industry_code": "F51", "balance_90d": [8 * WAN if half else 20 * WAN for half in halved], "balance_prior_90d": 20 * WAN,
        }).with_columns(last_contact_day=pl.lit(None, pl.Int64))  # fmt: skip
        firms.write_parquet(folder / "firms.parquet")
        pl.DataFrame([vars(one) for one in people]).write_parquet(folder / "portfolio.parquet")
        events = firms.head(4).select("customer_id", rule=pl.lit("silence"))
        events.write_parquet(folder / "events.parquet")
        pl.DataFrame(schema={"customer_id": pl.String, "product_id": pl.String}).write_parquet(
            folder / "held.parquet"
        )
    told = [{"business_date": day.isoformat(), "run_id": "run"} for day in DAYS]
    (home / "nights" / "published.json").write_text(json.dumps(told))


def test_a_dry_run_is_answered_beside_the_lake(own_world: str, client_of: Any, tmp_path: Path) -> None:
    from xiaoer.nightly.dry_runs import answer, waiting

    nights(tmp_path)
    analyst = client_of("A1")
    run = post(analyst, "/dry-runs", TEXT).json()["run"]
    assert analyst.get(f"/api/dry-runs/{run}").json()["answered"] is False
    (asked,) = waiting()
    home = replace(settings(), home=tmp_path)
    engine = open_engine(EngineName("duckdb"), home)
    answer(asked, home, engine)
    engine.close()
    assert waiting() == []
    told = analyst.get(f"/api/dry-runs/{run}").json()
    assert told["nights"] == ["2026-11-18", "2026-10-31", "2026-09-30"], "last night, then each month's last"
    by_day = {day: sum(one["firms"] for one in told["counts"] if one["day"] == day) for day in told["nights"]}
    assert by_day == {"2026-11-18": 20, "2026-10-31": 15, "2026-09-30": 5}
    last = [one for one in told["counts"] if one["day"] == "2026-11-18"]
    assert sum(one["minutes"] for one in last) == 20 * 15
    assert sum(one["already"].get("silence", 0) for one in last) == 2
    assert all(1 <= len(one["examples"]) <= 3 for one in last)
    other = client_of("P1").get(f"/api/dry-runs/{run}")
    assert other.status_code == 404, "somebody else's draft"


def test_old_dry_runs_go_with_what_they_counted(own_world: str) -> None:
    kept, today = Limits.in_force(BUSINESS_DATE).dry_runs_kept, SystemClock().today()
    runs = DryRun.objects.using("owner")
    old, new = (runs.create(staff_id="A1", body={}) for _ in range(2))
    runs.filter(pk=old.pk).update(asked_at=SystemClock().now() - timedelta(days=kept + 1))
    DryAnswer.objects.using("owner").create(run=old)
    DryCount.objects.using("owner").create(
        run=old, day=today, firms=1, minutes=1, branch_id="B1", manager_id="M1"
    )
    assert forget_old_dry_runs(today) == 1
    assert [one.pk for one in runs.all()] == [new.pk]
    assert not DryCount.objects.using("owner").exists()
    assert forget_old_dry_runs(today) == 0
