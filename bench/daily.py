"""The last working day's delivery held back from a bank's files, and the night after it beside everything from nothing.

`python -m bench.daily --firms 30000 [--months 24] [--home DIR]`: on an empty home all files up to the eve are taken in,
their night is run and published; then the next day's files come, their night, and what it changes on the desk. Both in
one run, by the clock and by the processor, the database's counted too. `bench.size` takes the same rows beside others.
"""

import argparse
import csv
import fnmatch
import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from bench.results import Row, Run, keep
from bench.watching import CHECKOUT, Watch, timed, used

SATURDAY = 5
LEAST_TOLD = 0.5  # seconds of processor from which a step is named


def main() -> None:
    """Measure, print, keep."""
    from bench.banks import DAY, MAPPING, settled
    from bench.size import SIMULATE

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--firms", type=int, default=30_000)
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--home", type=Path)
    given, run = asked.parse_args(), Run.now("duckdb")
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as scratch:
        home = given.home or Path(scratch)
        settled(home)
        words = [sys.executable, "-c", SIMULATE, str(home), str(given.firms), str(given.months)]
        subprocess.run(words, check=True, cwd=CHECKOUT)
        rows = []
        for row in increment(home, MAPPING, home / "bank", DAY):
            print(row.line(), row.note, flush=True)
            rows.append(row)
    keep(run, rows)


def increment(home: Path, mapping: Path, folder: Path, day: date) -> Iterator[Row]:
    """Everything from nothing, then the day after."""
    from bench.size import BOTH, KNOWING, night_steps, taken_from
    from xiaoer.app.setup import ready

    ready()
    delivered = held_back(folder, home, mapping, day)
    taken, _ = taken_from(home, mapping, delivered.first, delivered.eve)
    *steps, full = night_steps(home, taken, delivered.eve)
    told = ", ".join(
        f"{row.step} {row.processor:.1f}" for row in steps if (row.processor or 0.0) >= LEAST_TOLD
    )
    mine = [row for row in steps if row.step in KNOWING]
    spent = sum(row.processor or 0.0 for row in mine)
    known = Row(full.size, BOTH, sum(row.seconds for row in mine), 0.0, full.peak_mb, 0, processor=spent)
    yield replace(
        full,
        note=f"of it the files' intake {taken.seconds:.0f} s, processor {taken.processor:.1f} s; by step: {told}",
    )
    yield from nights(full, known, delivered, mapping, day)


@dataclass(frozen=True)
class Delivered:
    """A bank's files in two folders: all there was on the evening `eve`, and what came after it."""

    first: Path
    later: Path
    eve: date


def held_back(folder: Path, home: Path, mapping: Path, day: date) -> Delivered:
    """The files of `day` parted: increments at the eve of the last working day, snapshots delivered on both evenings."""
    from xiaoer.sources.mapping import read_mapping

    made = Delivered(home / "eve", home / "later", eve_of(day))
    sources = read_mapping(mapping).sources
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        mine = [one for one in sources if any(fnmatch.fnmatch(path.name, files) for files in one.files)]
        if mine:
            _lay(path, mine[0], made, f"{day:%Y%m%d}")
    return made


def eve_of(day: date) -> date:
    """The evening before the last day from Monday to Friday, up to `day`."""
    while day.weekday() >= SATURDAY:
        day -= timedelta(1)
    return day - timedelta(1)


def _lay(path: Path, source: Any, made: Delivered, stamp: str) -> None:
    from xiaoer.sources.contracts import contract

    day = contract(source.table).day
    if stamp not in path.name:
        _linked(path, made.first / path.name)
        return
    earlier = made.first / path.name.replace(stamp, f"{made.eve:%Y%m%d}")
    if day is None:
        _linked(path, earlier)
        _linked(path, made.later / path.name)
    else:
        _split(path, source, source.rename.get(day, day), earlier, made)


def _linked(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.symlink_to(path.absolute())


def _split(path: Path, source: Any, column: str, earlier: Path, made: Delivered) -> None:
    """Rows up to the eve into one file, those after it into the other."""
    for folder in (made.first, made.later):
        folder.mkdir(parents=True, exist_ok=True)
    last = f"{made.eve:%Y%m%d}"
    with ExitStack() as open_files:
        told = open_files.enter_context(_opened(path, "rt"))
        lines = csv.reader(told, delimiter=source.delimiter)
        before, after = (
            csv.writer(
                open_files.enter_context(_opened(target, "wt")),
                delimiter=source.delimiter,
                lineterminator="\n",
            )
            for target in (earlier, made.later / path.name)
        )
        header = next(lines)
        at = header.index(column.encode(source.encoding).decode("latin-1"))
        before.writerow(header)
        after.writerow(header)
        for line in lines:
            when = "".join(filter(str.isdigit, line[at]))[:8]
            (after if when > last else before).writerow(line)


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[IO[str]]:
    """Every byte as a character: what a file says badly is handed on as badly."""
    opener: Any = gzip.open if path.suffix == ".gz" else open
    packed = {"compresslevel": 1} if opener is gzip.open and mode == "wt" else {}
    with opener(path, mode, encoding="latin-1", newline="", **packed) as file:
        yield file


def nights(full: Row, known: Row, delivered: Delivered, mapping: Path, day: date) -> Iterator[Row]:
    """The next delivery taken in, its night and what it changes on the desk, beside all of that from nothing."""
    from xiaoer.kit.settings import settings
    from xiaoer.nightly.night import run_night
    from xiaoer.sources.intake import receive

    before, spent = used(), dict[str, float]()

    def night() -> Any:
        receive(mapping, delivered.later, settings().inbox, day)
        return run_night(settings(), day, told=lambda step: spent.update({step.step: used()}))

    with Watch(os.getpid()) as watch:
        seconds, report = timed(night)
    steps = {step["step"]: step for step in report["steps"]}
    in_order = [before, *spent.values()]
    told = [f"{name} {end - start:.1f}" for name, start, end in zip(spent, in_order, in_order[1:], strict=False)
            if end - start >= LEAST_TOLD]  # fmt: skip
    yield Row(full.size, "night-daily", seconds, full.seconds, round(watch.peak), sum(one["rows"] for one in steps.values()),
              floor="the bank's whole files taken in, their night and publishing on an empty home, in the same run",
              processor=used() - before, floor_processor=full.processor,
              note=f"processor by step: {', '.join(told)}")  # fmt: skip
    mine = [steps[name] for name in ("shape", "features")]
    yield Row(full.size, "night-daily-known", sum(one["seconds"] for one in mine), known.seconds, round(watch.peak),
              sum(one["rows"] for one in mine), floor="shape and features of the full night of the same run",
              processor=spent["features"] - spent["load"], floor_processor=known.processor)  # fmt: skip


if __name__ == "__main__":
    main()
