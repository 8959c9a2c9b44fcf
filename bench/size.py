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
from bench.daily import held_back, nights
from bench.results import Row
from bench.watching import CHECKOUT, Watch, timed, used

KNOWING = ("shape", "features")
BOTH = "shape+features"
FROM_LAKE = "publish-from-lake"  # `publish` of bench.publishing has its rows in memory
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
    delivered = held_back(folder, home, mapping, day)
    taken = intake(home, mapping, delivered.first, delivered.eve)
    yield taken
    steps = list(with_floor(home, list(night_steps(home, taken, delivered.eve))))
    *told, full, known = steps
    yield from (*told, replace(full, note=""), known)
    if delivered.later.exists():
        yield from nights(full, known, delivered, mapping, day)
    night = as_run(home, full.note, delivered.eve)
    yield scores(night, taken.size)
    yield from publishes(night, taken.size, delivered.eve)
    yield from pages(taken.size)


def taken_from(home: Path, mapping: Path, folder: Path, day: date) -> tuple[Row, set[str]]:
    """All files taken in, and the tables they told of."""
    before = used()
    with Watch(os.getpid()) as watch:
        seconds, reports = timed(lambda: taken_in(home, folder, mapping, day))
    spent, rows = used() - before, sum(one.loaded for one in reports)
    size = sum(one.loaded for one in _latest(reports, "customers"))
    row = Row(size, "intake", seconds, 0.0, round(watch.peak), rows, processor=spent)
    return row, {one.table for one in reports}


def intake(home: Path, mapping: Path, folder: Path, day: date) -> Row:
    """All files, beside DuckDB reading the same ones as plain UTF-8."""
    taken, tables = taken_from(home, mapping, folder, day)
    floor = sum(floors.read_csv(folder, table, home) for table in sorted(tables))
    return replace(taken, floor_seconds=floor, floor=floors.READ_CSV, bytes=disk_bytes(home / "lake"))


def _latest(reports: list[Any], table: str) -> list[Any]:
    """The files of a table's last business date."""
    mine = [one for one in reports if one.table == table and one.business_date]
    last = max(one.business_date for one in mine)
    return [one for one in mine if one.business_date == last]


def night_steps(home: Path, taken: Row, day: date) -> Iterator[Row]:
    """Each step of one night, then all of it with what was taken in before; the last row's note is the run's number."""
    from xiaoer.kit.settings import settings
    from xiaoer.nightly.night import run_night

    rows, so_far = [], [used()]
    with Watch(os.getpid()) as watch:

        def told(step: Any) -> None:
            watch.look()
            so_far.append(used())
            spent = so_far[-1] - so_far[-2]
            rows.append(
                Row(taken.size, step.step, step.seconds, 0.0, round(watch.peak), step.rows, processor=spent)
            )
            watch.peak = 0.0

        seconds, report = timed(lambda: run_night(settings(), day, told=told))
    yield from rows
    peak = max(row.peak_mb for row in (taken, *rows))
    yield Row(
        taken.size,
        "night-full",
        taken.seconds + seconds,
        0.0,
        peak,
        sum(row.rows for row in rows),
        bytes=disk_bytes(home / "nights"),
        note=str(report["run_id"]),
        processor=(taken.processor or 0.0) + used() - so_far[0],
    )


def with_floor(home: Path, steps: list[Row]) -> Iterator[Row]:
    """The steps, and knowing (shape and features together) beside one scan and group of the same lines of trade."""
    yield from (row for row in steps if row.step != "publish")  # which is measured beside its own floor
    scans = floors.scan_and_group(home / "lake")
    seconds, processor, rows = (sum(told) for told in zip(*scans.values(), strict=True))
    knowing = [row for row in steps if row.step in KNOWING]
    yield replace(
        knowing[0],
        step=BOTH,
        seconds=sum(row.seconds for row in knowing),
        floor_seconds=seconds,
        peak_mb=max(row.peak_mb for row in knowing),
        rows=rows,
        floor=floors.SCAN_AND_GROUP,
        processor=sum(row.processor or 0.0 for row in knowing),
        floor_processor=processor,
        note="; ".join(
            f"{table} alone {one:.2f} s, processor {two:.2f} s" for table, (one, two, _) in scans.items()
        ),
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
    """An empty desk filled with rows made on the way, then the same night again."""
    from bench.publishing import cleared, published
    from xiaoer.nightly.publishing import published_tables

    cleared()
    first = published(FROM_LAKE, size, published_tables(night), day)
    yield first
    tables = published_tables(night)
    yield published("publish-unchanged", size, tables, day + timedelta(1), first.floor_seconds)


def pages(size: int) -> Iterator[Row]:
    """The morning list and a firm's page of the manager with the longest list; alone, server and network left out."""
    from bench.pages import opened

    for name, seconds, count in opened():
        yield Row(size, name, seconds, 0.0, 0, count, note="median, one reader, without server and network")


if __name__ == "__main__":
    main()
