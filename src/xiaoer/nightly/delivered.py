"""The published rows of the data page: what each source brought, what is wrong with it, what nobody delivers."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import polars as pl
import pyarrow as pa

from xiaoer.nightly.run import Night
from xiaoer.sources.contracts import contracts
from xiaoer.sources.intake import deliveries as delivered_files
from xiaoer.sources.reconciling import Difference, Reconciliation, reconciled

Row = dict[str, Any]
LEDGER = "ledger_totals"
NEWS_DAYS = 365  # so long a new name is told of
MOST_DIFFERENCES = 100  # the worst ones; `xiaoer intake --json` has all of them


def deliveries(night: Night) -> list[Row]:
    """Per feed the latest delivery, its rows over all files, and what is wrong with them."""
    by_feed: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in delivered_files(night.lake):
        if row["delivered_on"] is None or str(row["delivered_on"]) <= night.business_date.isoformat():
            by_feed[str(row["table"]), str(row["feed"])].append(row)
    ledger = reconciled(night.lake, night.engine, night.business_date)
    rows = [
        _delivery(table, feed, files) | _noticed(table, files, night.business_date)
        for (table, feed), files in sorted(by_feed.items())
    ]
    return [row | _reconciled(row, rows, ledger) for row in rows]


def _delivery(table: str, feed: str, files: list[Row]) -> Row:
    last = max(files, key=lambda row: (str(row["business_date"]), str(row["file"])))
    reasons = _added(row["reasons"] for row in files)
    return {
        "table": table,
        "feed": feed,
        "business_date": _day(last["business_date"]),
        "delivered_on": _day(last["delivered_on"]),
        "rows": sum(row["loaded"] for row in files),
        "quarantined": sum(row["quarantined"] for row in files if not row["refused"]),
        "refused": next((row["refused"] for row in files if row["refused"]), ""),
        "missing_fields": json.dumps(last["missing_fields"]),
        "owner": last["owner"],
        "reasons": json.dumps([{"reason": name, "count": count} for name, count in reasons.most_common()]),
    }


def _noticed(table: str, files: list[Row], today: date) -> Row:
    """What was loaded and is worth a word. A snapshot says again what was wrong before: its last one counts."""
    last = max(str(row["business_date"]) for row in files)
    now = files if contracts()[table].day else [row for row in files if str(row["business_date"]) == last]
    since = (today - timedelta(NEWS_DAYS)).isoformat()
    renamed = [one for row in files if str(row["business_date"]) > since for one in row.get("renamed", ())]
    return {
        "late": sum(row.get("late", 0) for row in files),
        "corrected": sum(row.get("corrected", 0) for row in files),
        "doubtful": json.dumps(_added(row.get("doubtful", {}) for row in now)),
        "mended": json.dumps(_added(row.get("mended", {}) for row in now)),
        "renamed": json.dumps(renamed, ensure_ascii=False),
    }


def _added(counts: Iterable[dict[str, int]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for count in counts:
        whole.update(count)
    return whole


def _reconciled(row: Row, rows: list[Row], ledger: Reconciliation) -> Row:
    """What the ledger says of a source; of a table with several feeds it is told with the first."""
    first = next(one for one in rows if one["table"] == row["table"]) is row
    told = _ledger(ledger) if row["table"] == LEDGER and first else {}
    missing = ledger.missing(row["table"]) if first else 0
    return {"missing": missing, "ledger": json.dumps(told, default=str, ensure_ascii=False)}


def _ledger(ledger: Reconciliation) -> Row:
    return {
        "agree": ledger.agreeing,
        "unchecked": sum(ledger.unchecked.values()),
        "missing": sum(ledger.missing(table) for table in contracts()),
        "differ": len(ledger.open),
        "differences": [_difference(one) for one in ledger.open[:MOST_DIFFERENCES]],
    }


def _difference(one: Difference) -> Row:
    return asdict(one) | {"rows_short": one.rows_short, "amount_short": one.amount_short}


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def products(night: Night) -> pa.Table:
    """The catalogue as last delivered, one row a product."""
    rows = pl.DataFrame(night.engine.collect(night.delivered("products"))).unique("product_id", keep="last")
    told = rows.select(
        "product_id",
        name=pl.coalesce("name", "product_id"),
        category=pl.col("category").fill_null("other"),
    )
    return told.sort("product_id").to_arrow()


def disabled(night: Night) -> list[Row]:
    """Tables nobody delivered, and what they would enable."""
    return [
        {"table": name, "title_zh": one.title["zh"], "title_en": one.title["en"],
         "enables_zh": one.enables["zh"], "enables_en": one.enables["en"]}
        for name, one in contracts().items() if not night.lake.delivered(name, night.business_date)
    ]  # fmt: skip
