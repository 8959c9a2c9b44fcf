"""What the night knows of every firm, shape and features, beside one scan and group of the same lines of trade.

`python -m bench.knowing [--firms 1000000] [--months 15] [--home DIR]`: a simulated bank is made and taken in below DIR
unless it lies there already (a million firms: half an hour and 40 GB), then both steps run in a night of their own.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.banks import DAY, settled, taken_in
from bench.results import Row, Run, keep
from bench.size import KNOWING, SIMULATE, with_floor
from bench.watching import CHECKOUT, Watch, used


def main() -> None:
    """Measure, print, keep."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--firms", type=int, default=1_000_000)
    asked.add_argument("--months", type=int, default=15)
    asked.add_argument("--home", type=Path)
    given, run = asked.parse_args(), Run.now("duckdb")
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as scratch:
        home = given.home or Path(scratch)
        settled(home)
        settle_a_bank(home, given.firms, given.months)
        row = next(row for row in with_floor(home, known(home, given.firms)) if row.step not in KNOWING)
    print(row.line(), row.note, flush=True)
    keep(run, [row])


def settle_a_bank(home: Path, firms: int, months: int) -> None:
    """Files of a bank in the home's lake; what an earlier run laid there stays."""
    if (home / "lake").exists():
        return
    words = [sys.executable, "-c", SIMULATE, str(home), str(firms), str(months)]
    subprocess.run(words, check=True, cwd=CHECKOUT)  # elsewhere, so that its memory is not counted here
    taken_in(home, home / "bank")


def known(home: Path, firms: int) -> list[Row]:
    """A row for each of the two steps, by the clock and by the processor."""
    from xiaoer.app.setup import ready

    ready()
    from xiaoer.kit.settings import settings
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly import knowing, shaping
    from xiaoer.nightly.run import Night, RunTable

    folder = home / "nights" / "knowing"
    shutil.rmtree(folder, ignore_errors=True)
    night = Night(
        DAY, "knowing", Lake(settings().lake), DuckEngine(home / "scratch"), folder, home / "models"
    )
    table, rows = RunTable(folder, night.run_id, DAY, night.engine.name), []
    for step, work in zip(KNOWING, (shaping.shape, knowing.features), strict=True):
        before = used()
        with Watch(os.getpid()) as watch:
            told = table.run(step, night, work)
        spent = used() - before
        rows.append(Row(firms, step, told.seconds, 0.0, round(watch.peak), told.rows, processor=spent))
        print(rows[-1].line(), flush=True)
    return rows


if __name__ == "__main__":
    main()
