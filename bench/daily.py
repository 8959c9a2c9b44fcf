"""The last working day's delivery held back from a bank's files, and the night after it beside everything from nothing."""

import csv
import fnmatch
import gzip
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from bench.results import Row
from bench.watching import Watch, timed, used

SATURDAY = 5


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
    yield Row(full.size, "night-daily", seconds, full.seconds, round(watch.peak), sum(one["rows"] for one in steps.values()),
              floor="the bank's whole files taken in, their night and publishing on an empty home, in the same run",
              processor=used() - before, floor_processor=full.processor)  # fmt: skip
    mine = [steps[name] for name in ("shape", "features")]
    yield Row(full.size, "night-daily-known", sum(one["seconds"] for one in mine), known.seconds, round(watch.peak),
              sum(one["rows"] for one in mine), floor="shape and features of the full night of the same run",
              processor=spent["features"] - spent["load"], floor_processor=known.processor)  # fmt: skip
