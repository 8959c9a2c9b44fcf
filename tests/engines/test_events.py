"""What lasts and what changed in a firm's life, on both engines as on ten rows in memory."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from tests.engines.two_banks import SPARK
from xiaoer.events.night import Snapshots, firm_life, goods_sold, lasting, new_line, record_month
from xiaoer.events.night.seen import COLUMNS, rows
from xiaoer.events.terms import Rule, Rules
from xiaoer.kit.dates import day_number
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
DAY = date(2026, 6, 30)
TODAY, RULES, WAN = day_number(DAY), Rules.in_force(DAY), 1_000_000
FIRST, THEN = DAY - timedelta(days=40), DAY - timedelta(days=3)
FIRMS = pl.DataFrame([
    {"customer_id": f"C{at}", "potential": at * WAN, "last_contact_day": None if at % 2 else TODAY - 9, "sales_90d": 90 * WAN,
     "known_days": 700} for at in range(6)
]).cast({"last_contact_day": pl.Int64})  # fmt: skip


def customers() -> pl.DataFrame:
    return pl.DataFrame([
        {"customer_id": f"C{at}", "region": "武汉市", "district": "江汉区" if at < 3 or day == FIRST else "武昌区",
         "staff_count": 20 if at % 2 or day == FIRST else 40, "business_date": day}
        for at in range(6) for day in (FIRST, THEN)
    ])  # fmt: skip


def roles() -> pl.DataFrame:
    return pl.DataFrame([
        {"customer_id": f"C{at}", "person_id": f"P{at + (day == THEN and at > 3)}", "role": role, "share": 0.6, "to_date": None,
         "business_date": day}
        for at in range(6) for day in (FIRST, THEN) for role in ("shareholder", "legal_representative")
    ]).cast({"to_date": pl.Date})  # fmt: skip


def personal() -> pl.DataFrame:
    return customers().select(
        "customer_id", "business_date", address=pl.col("district") + pl.col("staff_count").cast(pl.String)
    )


def invoices() -> pl.DataFrame:
    days = {"白酒": 9, "饮料": 300}
    return pl.DataFrame([
        {"customer_id": f"C{at}", "direction": "sale", "status": None, "goods": goods, "gross": 5 * WAN,
         "invoice_date": DAY - timedelta(days=ago)}
        for at in range(3) for goods, ago in days.items() for _ in range(4)
    ]).cast({"status": pl.String})  # fmt: skip


def months() -> pl.DataFrame:
    june = 2026 * 12 + 5
    return pl.DataFrame(
        [{"customer_id": f"C{at}", "month": june - ago, "sales": (90 if at == 1 and not ago else 60) * WAN}
         for at in range(3) for ago in range(20)]
    )  # fmt: skip


def noticed(table: Any) -> Any:
    """All of it, then since when it lasts; `table` brings a frame to an engine."""
    firms = table(FIRMS)
    snapshots = Snapshots(table(customers()), table(personal()), table(roles()))
    falls = rows(firms, Rule.BALANCE_FALLS, nw.col("potential"), now=nw.col("sales_90d"))
    sold = goods_sold(table(invoices()), TODAY, RULES.of(Rule.NEW_LINE)["within_days"])
    seen = nw.concat(
        [falls, firm_life(snapshots, firms, TODAY, RULES), record_month(table(months()), firms, DAY, RULES),
         new_line(sold, firms, TODAY, RULES)], how="vertical",
    )  # fmt: skip
    one = {"rule": "balance_falls", "product": None, "partner": None, "mark_day": None}
    before = [
        one | {"customer_id": f"C{at}", "began": TODAY - 20, "told_day": TODAY - 3 * at} for at in (1, 2, 3)
    ]
    text, whole = pl.String, pl.Int64
    kinds = {"customer_id": text, "rule": text, "product": text, "partner": text, "mark_day": whole, "began": whole,
             "told_day": whole}  # fmt: skip
    said = pl.DataFrame(
        [("C4", "balance_falls", "", TODAY, TODAY, None), ("C5", "balance_falls", "", TODAY, None, TODAY + 4),
         ("C0", "balance_falls", "", TODAY - 9, None, TODAY + 4), ("C2", "balance_falls", "P", TODAY - 20, TODAY, None)],
        {"customer_id": text, "rule": text, "of": text, "began": whole, "day": whole, "until_day": whole}, orient="row",
    )  # fmt: skip
    tonight = seen.with_columns(today=nw.lit(TODAY, dtype=nw.Int64))
    return lasting(tonight, table(pl.DataFrame(before, kinds)), table(said), firms)


def ordered(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return rows.select(*COLUMNS, "customer_id", "rule", "amount").sort("customer_id", "rule").to_dicts()


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_both_engines_see_the_same_since_the_same_day(engine: str, tmp_path: Path) -> None:
    if engine == "spark":
        pytest.importorskip("pyspark")
    expected = noticed(lambda frame: nw.from_native(frame.lazy())).collect("polars").to_native()
    assert set(expected["rule"]) == {
        "balance_falls", "owner_changed", "legal_person_changed", "address_changed", "staff_changed", "record_month", "new_line"
    }  # fmt: skip
    falls = expected.filter(pl.col("rule") == "balance_falls").sort("customer_id")
    assert (falls["began"] - TODAY).to_list() == [0, -20, -20, -20, 0, 0]
    assert [day and day - TODAY for day in falls["told_day"]] == [None, -3, -6, -9, 0, 4]
    running = open_engine(EngineName(engine), replace(settings(), home=tmp_path, **SPARK))
    found = pl.DataFrame(running.collect(noticed(lambda frame: running.table(frame.to_arrow()))))
    running.close()
    assert ordered(found) == ordered(expected)
