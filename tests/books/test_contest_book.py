"""The real book of 425 firms, where it is at hand: XIAOER_REAL_DATA, or `shared/data` beside the checkout."""

import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
BOOK = Path(os.environ.get("XIAOER_REAL_DATA") or CHECKOUT.parent / "shared" / "data") / "cumcm2020c"
DAY = date(2020, 2, 21)
FIRMS, INVOICES, REPEATED = 425, 1_099_441, 11_665

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("book"),
    pytest.mark.skipif(not BOOK.is_dir(), reason=f"THE CONTEST BOOK IS NOT TRIED: {BOOK} is not there"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Reports of the intake, and the night up to the desk's door."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.plan import PLAN
    from xiaoer.nightly.run import Night, run_number
    from xiaoer.sources.intake import load_bank, receive

    home = tmp_path_factory.mktemp("book")
    lake, engine = Lake(home / "lake"), DuckEngine(home / "scratch")
    reports = load_bank(
        receive(CHECKOUT / "mappings" / "cumcm2020c.toml", BOOK, home / "inbox"), lake, engine, DAY
    )
    night = Night(DAY, run_number(DAY, lake), lake, engine, home / "nights" / "d" / "r", home / "models")
    for step in PLAN[:-1]:
        step.work(night)
    return reports, night


def test_every_invoice_and_firm_is_accounted_for(book: Any) -> None:
    reports, _ = book
    assert not [report.refused for report in reports if report.refused]
    loaded, quarantined, reasons = Counter[str](), Counter[str](), Counter[str]()
    for report in reports:
        loaded[report.table] += report.loaded
        quarantined[report.table] += report.quarantined
        reasons.update(report.reasons)
    assert loaded["customers"] == FIRMS
    assert loaded["invoices"] + quarantined["invoices"] == INVOICES
    assert dict(reasons) == {"exact_duplicate": REPEATED}


def test_the_risk_score_is_honest_and_good_enough(book: Any) -> None:
    from xiaoer.scores.registry import Registry

    _, night = book
    card = Registry(night.models).in_use("risk")
    assert card is not None
    told = Registry(night.models).page("risk", card.version)["judgement"]
    assert (told["n"], told["positives"], told["leaks"]) == (123, 27, [])
    assert told["state"] == "small_sample"
    assert told["value"] >= 0.86
    assert told["low"] >= 0.75
    assert told["value"] > told["rival_value"]
    assert told["without_recency"]["low"] >= 0.75
    assert told["never_read"] == ["bank_rating"]


def test_a_morning_with_reasons_comes_of_it(book: Any) -> None:
    """Every line stands on papers that can be found again: the silences and the buyers that stopped."""
    _, night = book
    lines = pq.read_table(night.path("decisions")).to_pylist()
    assert sum(bool(row["fits"]) for row in lines) >= 5
    noticed = pq.read_table(night.path("noticed")).to_pylist()
    counted = Counter(row["rule"] for row in noticed)
    assert {"turnover_falls", "silence", "main_buyer_lost", "main_buyer_new", "season_ahead"} <= set(counted)
    papers = night.engine.collect(
        night.delivered("invoices").select("customer_id", "direction", "invoice_date", "status", "gross")
    )
    last = Counter[str]()
    for row in papers.filter(pc.equal(papers["direction"], "sale")).to_pylist():
        if row["status"] == "valid" and row["gross"] > 0:
            last[row["customer_id"]] = max(last[row["customer_id"]], row["invoice_date"].toordinal())
    for row in noticed:
        if row["rule"] == "silence":
            quiet = DAY.toordinal() - last[row["customer_id"]]
            assert row["days"] <= quiet <= row["days"] + 24
