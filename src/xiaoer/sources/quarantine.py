"""Where refused rows wait: file, line, column, reason, and the row as it was delivered.

The rows may hold personal data, so they lie on the personal side of the lake and go with it. Of a repeat only
its place is kept: its twin is in the lake.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

from xiaoer.sources.cells import Batch
from xiaoer.sources.terms import Bad

SCHEMA = {
    "file": pl.String,
    "line": pl.Int64,
    "column": pl.String,
    "reason": pl.String,
    "value": pl.String,
    "row": pl.String,
}


class Quarantine:
    """Faults of one file, gathered while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.first: dict[int, str] = {}
        self.records: list[tuple[str, int, str, str, str, str]] = []

    def add(self, bads: Iterable[Bad], raw: Batch | None = None) -> None:
        """Keep faults, one per row and column, with the row's own words."""
        fresh = {(bad.line, bad.column): bad for bad in reversed(list(bads))}
        rows = _rows(raw, {line for line, _ in fresh}) if raw is not None else {}
        for (line, column), bad in sorted(fresh.items()):
            self.first.setdefault(line, bad.why.value)
            self.records.append(
                (self.file, line, column, bad.why.value, bad.value, rows.get(line, bad.value))
            )

    @property
    def rows(self) -> int:
        return len(self.first)

    @property
    def reasons(self) -> dict[str, int]:
        """Rows by their first reason: the counts add up to the rows."""
        return dict(Counter(self.first.values()).most_common())

    def write(self, path: Path) -> None:
        if self.records:
            path.parent.mkdir(parents=True, exist_ok=True)
            pl.DataFrame(self.records, schema=SCHEMA, orient="row").write_parquet(path)


def _rows(raw: Batch, lines: set[int]) -> dict[int, str]:
    if not lines:
        return {}
    hit = raw.filter(np.isin(raw.lines, list(lines))).frame()
    return {row.pop("line_no"): json.dumps(row, ensure_ascii=False) for row in hit.to_dicts()}


def waiting(lake: Path, name: str = "") -> pl.DataFrame:
    """Every fault held back, by file and line; only of files whose name contains `name`."""
    held = [pl.read_parquet(path) for path in sorted((lake / "personal" / "quarantine").glob("*.parquet"))]
    rows = pl.concat(held) if held else pl.DataFrame(schema=SCHEMA)
    return rows.filter(pl.col("file").str.contains(name, literal=True)).sort("file", "line", "column")


def forget(lake: Path, key: str) -> int:
    """Drop every waiting row in which a customer's key stands, whole; gives the number of rows dropped."""
    dropped = 0
    for path in sorted((lake / "personal" / "quarantine").glob("*.parquet")):
        rows = pl.read_parquet(path)
        kept = rows.filter(~pl.col("row").str.contains(rf"(^|\W){re.escape(key)}(\W|$)"))
        if len(kept) < len(rows):
            draft = path.with_name(f".{path.name}.draft")
            kept.write_parquet(draft)
            draft.replace(path)
        dropped += len(rows) - len(kept)
    return dropped
