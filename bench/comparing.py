"""Ratios of this run beside the recorded ones: seconds differ from machine to machine, ratios should not."""

from collections.abc import Iterable
from typing import Any

from bench.results import Row

SLID = 1.4  # times the recorded ratio; two runs of one commit on a busy machine differ by up to a third


def slides(rows: Iterable[Row], recorded: Iterable[dict[str, Any]]) -> list[str]:
    """A sentence for each step that takes more times its floor than was recorded for its size."""
    known = {(row["size"], row["step"]): row for row in recorded if row["ratio"]}
    return [
        f"{row.step} at {row.size:,} firms takes {row.ratio} times its floor; recorded are {before['ratio']}"
        f" (commit {before['commit']})"
        for row in rows
        if row.ratio and (before := known.get((row.size, row.step))) and row.ratio > before["ratio"] * SLID
    ]
