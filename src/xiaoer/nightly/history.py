"""Which runs were published, newest last: what "yesterday" means to the next night."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xiaoer.kit.tables.files import parquet_files
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.nightly.run import Night

FILE = "published.json"


def remember(night: Night) -> None:
    """Note a published run; the same date published again takes the earlier note's place."""
    kept = [row for row in _read(_nights(night)) if row["business_date"] != night.business_date.isoformat()]
    kept.append({"business_date": night.business_date.isoformat(), "run_id": night.run_id})
    kept.sort(key=lambda row: row["business_date"])
    write_atomically(_nights(night) / FILE, json.dumps(kept, indent=0).encode())


def run_before(nights: Path, business_date: date) -> str | None:
    """Where the latest night published for an earlier date lies: "date/run", or None."""
    earlier = [row for row in _read(nights) if date.fromisoformat(row["business_date"]) < business_date]
    return f"{earlier[-1]['business_date']}/{earlier[-1]['run_id']}" if earlier else None


def date_before(night: Night) -> date | None:
    """The business date of that night, or None."""
    before = run_before(_nights(night), night.business_date)
    return date.fromisoformat(before.partition("/")[0]) if before else None


def made_before(night: Night, name: str, columns: Sequence[str]) -> pa.Table | None:
    """Columns of a table of the latest night published for an earlier date, or None."""
    before = run_before(_nights(night), night.business_date)
    path = _nights(night) / (before or "") / f"{name}.parquet"
    return pq.read_table(path, columns=list(columns)) if before and path.exists() else None


def published(nights: Path) -> list[dict[str, Any]]:
    """Every published run, {business_date, run_id}, oldest first."""
    return _read(nights)


def columns_before(night: Night, name: str) -> frozenset[str]:
    """The columns of that table of the night before; none where there is none."""
    before = run_before(_nights(night), night.business_date)
    path = _nights(night) / (before or "") / f"{name}.parquet"
    if not before or not path.exists():
        return frozenset()
    return frozenset(pq.read_schema(parquet_files(path)[0]).names)  # Spark's tables are folders of files


def ranks_before(night: Night) -> dict[str, int]:
    """Each firm's place on the morning before; empty on the first one."""
    rows = made_before(night, "decisions", ("customer_id", "rank"))
    return {} if rows is None else dict(pl.DataFrame(rows).drop_nulls("rank").iter_rows())


def scores_before(night: Night) -> pl.DataFrame:
    """Each firm's probability the night before, in order of the firms: customer_id, value."""
    return _before(night, "scores", {"customer_id": pl.String, "value": pl.Float64})


def tiers_before(night: Night) -> pl.DataFrame:
    """Each firm's tier the night before, in order of the firms: customer_id, tier."""
    return _before(night, "segments", {"customer_id": pl.String, "tier": pl.String})


def _before(night: Night, name: str, columns: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    rows = made_before(night, name, tuple(columns))
    return pl.DataFrame(schema=columns) if rows is None else pl.DataFrame(rows).sort("customer_id")


def _nights(night: Night) -> Path:
    return night.folder.parent.parent


def _read(nights: Path) -> list[dict[str, Any]]:
    path = nights / FILE
    rows: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return rows
