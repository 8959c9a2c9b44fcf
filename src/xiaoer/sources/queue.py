"""Files prepared several at a time and moved into the lake one after the other, as if there had been one worker."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.arriving import Delivery, delivery
from xiaoer.sources.loading import settle
from xiaoer.sources.plaintext import Advance
from xiaoer.sources.preparing import Prepared, prepare, reported
from xiaoer.sources.terms import FileReport, Source

Watch = Callable[[str, int], Advance]
WAITING = 2  # files per worker that may be ready before their turn


def silent(_file: str, _size: int) -> Advance:
    return lambda _: None


@dataclass(frozen=True)
class Way:
    """What every file of one loading goes through; `digest` is the mapping's, `arrived` the day a file came."""

    lake: Lake
    engine: DuckEngine
    digest: str
    arrived: Callable[[Path], date]
    watch: Watch
    dry_run: bool


@dataclass(frozen=True)
class Ticket:
    """A file in the queue; `expected` is what it is if all files before it are loaded, None where that is unclear."""

    path: Path
    source: Source
    advance: Advance
    expected: Delivery | None = None
    work: Future[Prepared] | None = None


def taken(files: Iterable[tuple[Source, Path]], way: Way, workers: int) -> Iterator[FileReport]:
    """A report per file, in the order given.

    A file is prepared under the number it will have when those before it are loaded. Where one of them was not,
    or made this one something else, it is prepared again in its turn.
    """
    queue: deque[Ticket] = deque()
    pool = ThreadPoolExecutor(workers)
    clock = time.monotonic()
    try:
        for source, path in files:
            queue.append(_begun(path, source, way, pool, sum(one.work is not None for one in queue)))
            if len(queue) >= WAITING * workers:
                yield (report := _ended(queue.popleft(), way, clock))
                clock += report.seconds
        while queue:
            yield (report := _ended(queue.popleft(), way, clock))
            clock += report.seconds
    finally:
        pool.shutdown(cancel_futures=True)


def _begun(path: Path, source: Source, way: Way, pool: ThreadPoolExecutor, before: int) -> Ticket:
    advance = way.watch(path.name, path.stat().st_size)
    try:
        arriving = delivery(path, source, way.arrived(path), way.digest, way.lake)
    except Refusal:
        return Ticket(path, source, advance)
    if way.lake.manifest.has(source.feed, arriving.fingerprint):
        return Ticket(path, source, advance, arriving)
    load_no = way.lake.manifest.next_load_no + before
    return Ticket(path, source, advance, arriving, pool.submit(prepare, arriving, way.lake, load_no, advance))


def _ended(ticket: Ticket, way: Way, since: float) -> FileReport:
    """Its turn: all files before it are in, or refused; `since` counts the time it took by itself."""
    made = ticket.work.result() if ticket.work else None
    report = _settled(ticket, made, way)
    report.seconds = time.monotonic() - since
    return report


def _settled(ticket: Ticket, made: Prepared | None, way: Way) -> FileReport:
    path, source, known = ticket.path, ticket.source, ticket.expected
    fingerprint = known.fingerprint if known else None
    try:
        arriving = delivery(path, source, way.arrived(path), way.digest, way.lake, fingerprint=fingerprint)
    except Refusal as refusal:
        _drop(made)
        size = path.stat().st_size
        return FileReport(source.table, source.feed, path.name, refused=str(refusal), bytes=size)
    if way.lake.manifest.has(source.feed, arriving.fingerprint):
        _drop(made)
        return _unchanged(arriving, ticket.advance)
    if made is None or (made.arriving, made.staging.load_no) != (arriving, way.lake.manifest.next_load_no):
        made = _again(arriving, made, way)
    return settle(made, way.lake, way.engine, dry_run=way.dry_run)


def _again(arriving: Delivery, made: Prepared | None, way: Way) -> Prepared:
    if made and made.arriving == arriving and way.dry_run:
        return made  # nothing is moved in, so no number is used up
    _drop(made)
    return prepare(arriving, way.lake, way.lake.manifest.next_load_no, lambda _: None)


def _drop(made: Prepared | None) -> None:
    if made:
        made.staging.drop()


def _unchanged(arriving: Delivery, advance: Advance) -> FileReport:
    report = reported(arriving)
    report.unchanged = True
    advance(report.bytes)
    return report
