"""One bank of one size, in a process of its own so that its memory is its own: every step beside its floor.

`python -m bench.size --firms 10000 [--months 24] [--home DIR]` prints a row per step; the last line is all rows as JSON.
A bank's own files: `--mapping FILE --folder DIR --date D`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench import floors
from bench.banks import DAY, MAPPING, as_run, disk_bytes, settled, taken_in
from bench.results import Row
from bench.watching import CHECKOUT, Watch, timed

KNOWING = ("shape", "features")
BOTH = "shape+features"
SIMULATE = (
    "import sys; from pathlib import Path; from bench.banks import simulated;"
    " simulated(Path(sys.argv[1]), *map(int, sys.argv[2:]))"
)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--firms", type=int, default=10_000)
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--home", type=Path)
    asked.add_argument("--mapping", type=Path, default=MAPPING, help="a bank's own, with --folder and --date")
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--date", type=date.fromisoformat, default=DAY)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as scratch:
        home = given.home or Path(scratch)
        settled(home)
        if given.folder is None:  # elsewhere, so that its memory is not counted here
            words = [sys.executable, "-c", SIMULATE, str(home), str(given.firms), str(given.months)]
            subprocess.run(words, check=True, cwd=CHECKOUT)
        rows = []
        for row in measured(home, given.mapping, given.folder or home / "bank", given.date):
            print(row.line(), flush=True)
            rows.append(row)
    print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))


def measured(home: Path, mapping: Path, folder: Path, day: date) -> Iterator[Row]:
    """A row per step."""
    from xiaoer.app.setup import ready

    ready()
    taken = intake(home, mapping, folder, day)
    yield taken
    steps = list(night_steps(home, taken.size, day))
    yield from with_floor(home, steps)
    run_id = steps[-1].note
    night = as_run(home, run_id, day)
    yield scores(night, taken.size)
    yield from publishes(night, taken.size, day)
    yield from pages(taken.size)
    yield daily(steps[-1], day)


def intake(home: Path, mapping: Path, folder: Path, day: date) -> Row:
    """All files, beside DuckDB reading the same ones as plain UTF-8."""
    with Watch(os.getpid()) as watch:
        seconds, reports = timed(lambda: taken_in(home, folder, mapping, day))
    rows = sum(one.loaded for one in reports)
    size = sum(one.loaded for one in _latest(reports, "customers"))
    tables = {one.table for one in reports}
    floor = sum(floors.read_csv(folder, table, home) for table in sorted(tables))
    return Row(
        size,
        "intake",
        seconds,
        floor,
        round(watch.peak),
        rows,
        floor=floors.READ_CSV,
        bytes=disk_bytes(home / "lake"),
    )


def _latest(reports: list[Any], table: str) -> list[Any]:
    """The files of a table's last business date."""
    mine = [one for one in reports if one.table == table and one.business_date]
    last = max(one.business_date for one in mine)
    return [one for one in mine if one.business_date == last]


def night_steps(home: Path, size: int, day: date) -> Iterator[Row]:
    """Each step of one night, then all together; the last row's note is the run's number."""
    from xiaoer.kit.settings import settings
    from xiaoer.nightly.night import run_night

    rows = []
    with Watch(os.getpid()) as watch:

        def told(step: Any) -> None:
            watch.look()
            rows.append(Row(size, step.step, step.seconds, 0.0, round(watch.peak), step.rows))
            watch.peak = 0.0

        seconds, report = timed(lambda: run_night(settings(), day, told=told))
    yield from rows
    peak, written = max(row.peak_mb for row in rows), sum(row.rows for row in rows)
    night = disk_bytes(home / "nights")
    yield Row(size, "night-full", seconds, 0.0, peak, written, bytes=night, note=str(report["run_id"]))


def with_floor(home: Path, steps: list[Row]) -> Iterator[Row]:
    """The steps, and knowing (shape and features together) beside one scan and group of the same transactions."""
    # Publishing is measured beside its own floor below; the run's number was a note between us.
    yield from (replace(row, note="") for row in steps if row.step != "publish")
    seconds, rows = floors.scan_and_group(home / "lake")
    knowing = [row for row in steps if row.step in KNOWING]
    yield replace(
        knowing[0],
        step=BOTH,
        seconds=sum(row.seconds for row in knowing),
        floor_seconds=seconds,
        peak_mb=max(row.peak_mb for row in knowing),
        rows=rows,
        floor=floors.SCAN_AND_GROUP,
    )


def scores(night: Any, size: int) -> Row:
    """Scoring every firm with the card in use, beside scikit-learn's own prediction from the same file to a file."""
    from xiaoer.scores.night import read_by, scoring
    from xiaoer.scores.registry import Registry
    from xiaoer.scores.terms import specification

    spec = specification("risk")
    card = Registry(night.models).in_use(spec.name, night.business_date.isoformat())
    if card is None:
        return Row(size, "scoring", 0.0, 0.0, 0, 0, note="no card: too few known outcomes")
    target = night.folder / "bench-scores.parquet"
    floor, rows = floors.batch_predict(card, night.path("features"), spec.requires, target)
    read = night.made("features").select(read_by(card, spec.requires))
    with Watch(os.getpid()) as watch:
        work = scoring(card, spec.requires)
        seconds, _ = timed(lambda: night.engine.map_batches(read, work, target))
    target.unlink()
    return Row(size, "scoring", seconds, floor, round(watch.peak), rows, floor=floors.PREDICT)


def publishes(night: Any, size: int, day: date) -> Iterator[Row]:
    """An empty desk filled, then the same night again."""
    from bench.publishing import cleared, published
    from xiaoer.nightly.publishing import published_tables

    cleared()
    first = published("publish", size, published_tables(night), day)
    yield first
    tables = published_tables(night)
    yield published("publish-unchanged", size, tables, day + timedelta(1), first.floor_seconds)


def pages(size: int) -> Iterator[Row]:
    """The morning list and a firm's page of the manager with the longest list; alone, server and network left out."""
    from bench.pages import opened

    for name, seconds, count in opened():
        yield Row(size, name, seconds, 0.0, 0, count, note="median, one reader, without server and network")


def daily(full: Row, day: date) -> Row:
    """The next day's night, nothing delivered, beside the full one."""
    from xiaoer.kit.settings import settings
    from xiaoer.nightly.night import run_night

    with Watch(os.getpid()) as watch:
        seconds, report = timed(lambda: run_night(settings(), day + timedelta(1), backwards=True))
    rows = sum(step["rows"] for step in report["steps"])
    floor = "the full night of the same run"
    return Row(full.size, "night-daily", seconds, full.seconds, round(watch.peak), rows, floor=floor)


if __name__ == "__main__":
    main()
