"""From invoices alone: a first statement for firms of the real book, whose cross-checks name what is missing."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.books.test_contest_book import BOOK, CHECKOUT, DAY
from xiaoer.applications.appraisal.rules import appraised, draft
from xiaoer.applications.appraisal.terms import Bounds
from xiaoer.applications.night import FlowTable

pytestmark = [
    pytest.mark.slow,
    pytest.mark.real_data,
    pytest.mark.xdist_group("book"),
    pytest.mark.skipif(
        not BOOK.is_dir(), reason=f"NO STATEMENT IS DRAFTED FROM REAL INVOICES: {BOOK} is not there"
    ),
]
ASKED = 50_000_000


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The night's rows of four flows, as they go over the bridge."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly import applications
    from xiaoer.nightly.plan import PLAN
    from xiaoer.nightly.run import Night, run_number
    from xiaoer.sources.intake import load_bank, receive

    home = tmp_path_factory.mktemp("drafts")
    lake, engine = Lake(home / "lake"), DuckEngine(home / "scratch")
    load_bank(receive(CHECKOUT / "mappings" / "cumcm2020c.toml", BOOK, home / "inbox"), lake, engine, DAY)
    night = Night(DAY, run_number(DAY, lake), lake, engine, Path(home / "nights"), home / "models")
    for step in PLAN[:4]:
        step.work(night)
    flows = pl.DataFrame(engine.collect(night.made("four_flows")))
    return applications._flows(flows, FlowTable.in_force(DAY)).select(applications.FLOW_COLUMNS)


def drafts(published: pl.DataFrame) -> dict[str, dict[str, Any]]:
    bounds = Bounds.in_force(DAY)
    known = {row["customer_id"]: json.loads(row["known"]) for row in published.to_dicts()}
    return {number: appraised(draft(told, ASKED, 12), bounds) for number, told in known.items()}


def test_a_first_statement_stands_on_the_invoices(published: pl.DataFrame) -> None:
    made = drafts(published)
    assert len(made) == 425
    drafted = [one for one in made.values() if one["statement"]["gross_profit"] is not None]
    assert len(drafted) == 425
    for one in drafted:
        assert one["stock_unchanged"] is True
        assert one["statement"]["operating_profit"] is one["statement"]["equity"] is None


def test_the_gross_profit_is_that_of_the_papers(published: pl.DataFrame) -> None:
    """Re-added from the raw files for one firm: valid and red papers of the last year, sales less purchases."""
    number = "E1"
    raw = {side: _papers(number, side) for side in ("销项", "进项")}
    (told,) = [json.loads(row["known"]) for row in published.to_dicts() if row["customer_id"] == number]
    assert (told["sales_12m"], told["purchases_12m"]) == (raw["销项"], raw["进项"])
    assert drafts(published)[number]["statement"]["gross_profit"] == raw["销项"] - raw["进项"]


def _papers(number: str, side: str) -> int:
    import csv
    import gzip
    from datetime import date, timedelta

    total, seen = 0, set()
    (path,) = [one for one in sorted(BOOK.rglob("*")) if one.name.startswith(("附件1", "f1", "1")) and side in one.name] or [None]  # fmt: skip
    assert path is not None
    with gzip.open(path, "rt", encoding="gb18030", newline="") as file:
        for row in csv.DictReader(file):
            cells = tuple((value or "").strip() for value in row.values())
            if cells in seen or cells[0] != number:
                continue
            seen.add(cells)
            told = dict(zip((name.strip() for name in row), cells, strict=True))
            year, month, day = (int(part) for part in told["开票日期"].replace("-", "/").split("/")[:3])
            if told["发票状态"].startswith("有效") and date(year, month, day) > DAY - timedelta(days=365):
                total += round(float(told["价税合计"]) * 100)
    return total


def test_the_cross_checks_name_what_is_missing(published: pl.DataFrame) -> None:
    for one in drafts(published).values():
        told = {check["check"]: check for check in one["checks"]}
        assert told["sales_invoices"]["outcome"] == "ok"  # the statement is the invoices'
        assert told["stock_months"]["missing"] == ["stock"]
        assert told["sales_settlement"]["missing"] == ["inflow"]
        assert told["margin_sector"]["missing"] == ["sector_margin_bp"]
        assert {"opening_equity", "wages", "household", "receivables"} <= set(told["equity"]["missing"])
        assert one["limit"]["amount"] is None
        assert {"wages", "rent", "household", "instalments", "cash"} <= set(one["limit"]["missing"])


def test_flows_without_accounts_have_no_index(published: pl.DataFrame) -> None:
    assert published["funds"].null_count() == published["cash"].null_count() == 425
    assert published["information"].null_count() == 0
    assert published["credit"].null_count() == 0
