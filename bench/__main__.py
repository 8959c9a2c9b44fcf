"""What intake and the night take, each beside a floor in the same run: `python -m bench [--firms N] [--months M]`.

A bank's own files instead of simulated ones: `--mapping mappings/bank.toml --folder DIR --date D`.
The floor is a single DuckDB scan that touches every column of everything delivered. Results of the simulated
bank go to bench/results/latest.json, a row per step: size, step, seconds, floor_seconds, ratio, peak_mb, rows,
gap.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

CHECKOUT = Path(__file__).resolve().parents[1]
RESULTS = CHECKOUT / "bench" / "results" / "latest.json"
DAY = date(2026, 10, 31)
FULL = "night-full"


def main() -> None:
    """Simulate, take in, run a night; print and keep the times."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--months", type=int, default=18)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--mapping", type=Path, help="a bank's own mapping, with --folder and --date")
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--date", type=date.fromisoformat, default=DAY)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as home:
        os.environ |= {"XIAOER_HOME": home, "XIAOER_ALLOW_ROOT": "1", "XIAOER_TODAY": "published"}
        if given.mapping:
            rows = measure(Path(home), given.mapping, given.folder, given.date)
        else:
            simulated(Path(home) / "bank", given.firms, given.months, given.seed)
            rows = measure(Path(home), CHECKOUT / "mappings" / "simulator.toml", Path(home) / "bank", DAY)
            keep(rows)
    for row in rows:
        print(
            f"{row['step']:<12} {row['seconds']:8.2f} s   floor {row['floor_seconds']:6.2f} s   {row['rows']:>12,} rows"
        )


def simulated(folder: Path, firms: int, months: int, seed: int) -> None:
    """A bank to measure on."""
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan

    simulate(Plan(firms, months, seed, DAY), folder, lambda _: None)


def measure(home: Path, mapping: Path, folder: Path, day: date) -> list[dict[str, Any]]:
    """One row per step, the sums last."""
    from xiaoer.app.setup import ready
    from xiaoer.kit.settings import settings
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.sources.intake import load_bank, receive

    lake = Lake(settings().lake)
    bank = receive(mapping, folder, settings().inbox)
    seconds, reports = timed(lambda: load_bank(bank, lake, DuckEngine(home / "scratch"), day))
    floor, _ = timed(lambda: scan(lake.root))
    steps = [("intake", seconds, sum(report.loaded for report in reports))]
    ready()
    from xiaoer.nightly.night import run_night

    run_night(settings(), day, told=lambda one: steps.append((one.step, one.seconds, one.rows)))
    night = steps[1:]
    steps.append((FULL, sum(step[1] for step in night), sum(step[2] for step in night)))
    return [row(_firms(lake, day), *step, floor) for step in steps]


def _firms(lake: Any, day: date) -> int:
    """How many firms the night decided about: the latest list of each feed."""
    latest = {part.feed: part.rows for part in lake.manifest.known_on("customers", day)}
    return sum(latest.values())


def row(size: int, step: str, seconds: float, rows: int, floor: float) -> dict[str, Any]:
    """A line of the results; `gap` belongs to allocation and is empty here."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = round(seconds / floor, 2)
    figures = {"seconds": round(seconds, 3), "floor_seconds": round(floor, 3), "ratio": ratio}
    return {"size": size, "step": step, **figures, "peak_mb": round(peak), "rows": rows, "gap": None}


def scan(lake: Path) -> None:
    """Read every column of every delivered table once."""
    with duckdb.connect() as connection:
        for folder in sorted((lake / "delivered").iterdir()):
            files = [str(path) for path in folder.glob("*.parquet")]
            connection.execute(
                "SELECT max(COLUMNS(*)) FROM read_parquet(?, union_by_name = true)", [files]
            ).fetchall()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and what came of it."""
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made


def keep(rows: list[dict[str, Any]]) -> None:
    """Write the results with the commit they belong to."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    ).stdout.strip()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(
        json.dumps({"commit": commit, "engine": "duckdb", "rows": rows}, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
