"""One table's files into an empty lake, beside DuckDB reading the same bytes as plain UTF-8 in the same run.

`python -m bench.intake [--folder DIR] [--table transactions] [--mapping FILE] [--firms N --months M]` prints rows per
second of both, wall and processor time, memory, and what a row of the last tenth of the files but one cost beside one
of the second tenth; the last line is the row as JSON. Without a folder a bank of so many firms is simulated.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench import floors
from bench.banks import DAY, MAPPING, disk_bytes, settled
from bench.results import Row
from bench.size import SIMULATE
from bench.watching import CHECKOUT, Watch, timed
from xiaoer.kit.tables import Lake, Part

TENTH = 10
AT_ONCE = 2 << 30  # bytes of plain text laid ready for DuckDB at a time


class Timed(Lake):
    """A lake that notes what the processor had done when each file was in."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.marks: list[float] = []

    def commit(self, part: Part) -> None:
        super().commit(part)
        self.marks.append(_processor())


@dataclass(frozen=True)
class Taken:
    """What an intake cost: wall and processor seconds, rows that came in, and growth from file to file."""

    seconds: float
    processor: float
    rows: int
    loaded: int
    files: int
    growth: float


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--table", default="transactions")
    asked.add_argument("--mapping", type=Path, default=MAPPING)
    asked.add_argument("--date", type=date.fromisoformat, default=DAY)
    asked.add_argument("--firms", type=int, default=100_000, help="of the bank in the folder, or to simulate")
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--home", type=Path, help="where to work, in place of a folder that goes afterwards")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as scratch:
        home = (given.home or Path(scratch)).resolve()
        settled(home)
        folder = given.folder or _simulated(home, given.firms, given.months)
        row = measured(home, folder, given)
    print(json.dumps([asdict(row)], ensure_ascii=False))


def measured(home: Path, folder: Path, given: argparse.Namespace) -> Row:
    """Both, one after the other; what is printed on the way is for reading."""
    alone = _one_table(home / "files", folder, given.table)
    files = sorted(alone.iterdir())
    if not files:
        raise SystemExit(f"{folder} has no files of {given.table}")
    _warmed_up(home / "warm", files[0], given)
    with Watch(os.getpid()) as watch:
        taken = intake(home, alone, given)
    plain, processor = plain_read(files, home)
    print(_told("intake", taken.rows, taken.seconds, taken.processor))
    print(_told("DuckDB", taken.rows, plain, processor))
    print(
        f"ratio {taken.seconds / plain:.2f} by the clock, {taken.processor / processor:.2f} by processor;"
        f" peak {watch.peak:,.0f} MB; late in the {taken.files:,} files a row costs {taken.growth:.2f} of one early on"
    )
    row = Row(
        given.firms,
        f"intake-{given.table}",
        taken.seconds,
        plain,
        round(watch.peak),
        taken.rows,
        floor=floors.READ_CSV,
        bytes=disk_bytes(home / "lake"),
        written=taken.loaded,
        note=f"{taken.files} files; processor {taken.processor:.1f} s beside {processor:.1f} s; growth {taken.growth:.2f}",
    )
    print(row.line(), flush=True)
    return row


def intake(home: Path, folder: Path, given: argparse.Namespace) -> Taken:
    """Receive and load the folder's files, as `xiaoer intake` does."""
    from xiaoer.kit.tables import DuckEngine
    from xiaoer.sources.intake import load_bank, receive

    lake = Timed(home / "lake")

    def work() -> list[Any]:
        bank = receive(given.mapping, folder, home / "inbox")
        return load_bank(bank, lake, DuckEngine(home / "scratch"), given.date)

    before = _processor()
    seconds, reports = timed(work)
    spent = _processor() - before
    refused = [report.refused for report in reports if report.refused]
    if refused:
        raise SystemExit(f"refused: {refused[0]}")
    rows = [report.loaded + report.quarantined for report in reports]
    loaded = sum(report.loaded for report in reports)
    return Taken(seconds, spent, sum(rows), loaded, len(rows), growth(lake.marks, rows))


def growth(marks: list[float], rows: list[int]) -> float:
    """Processor time per row of the last tenth but one of the files, over the second tenth's.

    `marks` is the processor's time when each file was in. At both ends workers begin or have nothing left to do.
    """
    tenth = max(1, len(rows) // TENTH)
    if len(rows) < 2 * TENTH:
        return math.nan
    early, late = slice(tenth, 2 * tenth), slice(-2 * tenth, -tenth)
    first = (marks[2 * tenth - 1] - marks[tenth - 1]) / sum(rows[early])
    last = (marks[-tenth - 1] - marks[-2 * tenth - 1]) / sum(rows[late])
    return last / first


def plain_read(files: list[Path], scratch: Path) -> tuple[float, float]:
    """Wall and processor seconds of DuckDB's plain read of every column, a few files at a time."""
    seconds, processor = 0.0, 0.0
    for group in _laid_ready(files, scratch):
        before = _processor()
        seconds += floors.read_plain(group)
        processor += _processor() - before
    return seconds, processor


def _laid_ready(files: list[Path], scratch: Path) -> Iterator[list[Path]]:
    ready: list[Path] = []
    for number, path in enumerate(files, 1):
        ready.append(floors.as_utf8(path, scratch))
        if number == len(files) or sum(one.stat().st_size for one in ready) > AT_ONCE:
            yield ready
            for one in ready:
                one.unlink()
            ready = []


def _one_table(target: Path, folder: Path, table: str) -> Path:
    target.mkdir(parents=True)
    for path in sorted(folder.glob(f"{table}_*.csv*")):
        (target / path.name).symlink_to(path.resolve())
    return target


def _warmed_up(home: Path, file: Path, given: argparse.Namespace) -> None:
    """Libraries are loaded when first used, which is no row's cost."""
    folder = home / "files"
    folder.mkdir(parents=True)
    (folder / file.name).symlink_to(file.resolve())
    intake(home, folder, given)


def _simulated(home: Path, firms: int, months: int) -> Path:
    words = [sys.executable, "-c", SIMULATE, str(home), str(firms), str(months)]
    subprocess.run(words, check=True, cwd=CHECKOUT)
    return home / "bank"


def _processor() -> float:
    """Seconds of processor this process has used, all threads together."""
    spent = os.times()
    return spent.user + spent.system


def _told(who: str, rows: int, seconds: float, processor: float) -> str:
    return (
        f"{who:<7} {rows:>13,} rows {seconds:9.1f} s {rows / seconds:>12,.0f} rows/s"
        f" {processor:9.1f} processor s {rows / processor:>12,.0f} rows per processor s"
    )


if __name__ == "__main__":
    main()
