"""Publishing to a large bank's desk, each table beside COPY and index of the same rows in the same minute.

`python -m bench.publishing --firms 1000000 [--small 10000] [--home DIR]`: a small bank lives through one night, its
published rows are taken many times over (bench/enlarged.py) and go through the product's own publish: the first time,
and a day later with every tenth firm changed. With --home the desk stays there for `python -m bench.load`.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.floors import COPY_AND_INDEX, CopyAndIndex
from bench.results import Row, Run, keep
from bench.watching import Watch, processor, timed

CHANGED_EVERY = 10
WAY_IN = ("host", "port", "user", "password", "dbname")
DAY = date(2026, 10, 31)


def main() -> None:
    """Publish, print, keep."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=1_000_000)
    asked.add_argument("--small", type=int, default=10_000)
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--home", type=Path)
    given, run = asked.parse_args(), Run.now("duckdb")
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as scratch:
        home = given.home or Path(scratch)
        rows = large_desk(home, given.firms, given.small, given.months)
    for row in rows:
        print(row.line(), flush=True)
    keep(run, rows)


def large_desk(home: Path, firms: int, small: int, months: int) -> list[Row]:
    """The desk under `home` shows so many firms; what that took."""
    from bench.banks import night_of, settled

    settled(home)
    from xiaoer.app.setup import ready

    ready()
    from bench.enlarged import enlarged, next_day
    from xiaoer.nightly.publishing import published_tables

    night = night_of(home, small, months)
    tables = enlarged(_whole(published_tables(night)), firms // small)
    cleared()
    first = published("publish", firms, tables, DAY)
    print(first.line(), flush=True)
    later = next_day(tables, CHANGED_EVERY)
    return [first, published("publish-next-day", firms, later, DAY + timedelta(1), first.floor_seconds)]


def _whole(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Each table in memory."""
    import pyarrow as pa

    from xiaoer.nightly import seam

    rows = {name: list(seam.rows(table).pieces()) for name, table in tables.items()}
    return {
        name: pa.concat_tables(parts, promote_options="permissive") if parts else pa.table({})
        for name, parts in rows.items()
    }


def published(step: str, size: int, tables: Mapping[str, Any], day: date, floor_seconds: float = 0.0) -> Row:
    """One publish; where no floor is given it is taken table by table, in the same minute and out of its time."""
    from xiaoer.nightly import seam
    from xiaoer.nightly.publish import publish

    taken, mine = copy_and_index(), Used(_backend())
    beside = 0.0

    def reached(name: str) -> None:
        nonlocal beside
        if not floor_seconds and name in tables:
            rows = seam.rows(tables[name])
            pieces = rows.pieces() if rows.column_names else ()
            with mine.apart():
                beside += timed(lambda: taken.take(seam.model_of(name), pieces))[0]

    with Watch(os.getpid()) as watch:
        seconds, done = timed(lambda: publish(tables, day, step, reached=reached))
    used = f"processor: ours {mine.ours():.0f} s and PostgreSQL's {mine.theirs():.0f} s"
    note = used if floor_seconds else f"{used}, the floor's PostgreSQL {processor(taken.backend):.0f} s"
    floor_processor = None if floor_seconds else taken.processor
    taken.close()
    return Row(
        size,
        step,
        seconds - beside,
        floor_seconds or sum(taken.seconds.values()),
        round(watch.peak),
        sum(change.rows for change in done.changes),
        floor=COPY_AND_INDEX,
        bytes=desk_bytes(),
        written=done.rows_changed,
        note=note,
        processor=mine.ours() + mine.theirs(),
        floor_processor=floor_processor,
    )


class Used:
    """Processor seconds of this process and of one of PostgreSQL's, from now on."""

    def __init__(self, backend: int) -> None:
        self.backend, self.left_out = backend, 0.0
        self.before = processor(os.getpid()), processor(backend)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What this process uses meanwhile does not count."""
        before = processor(os.getpid())
        yield
        self.left_out += processor(os.getpid()) - before

    def ours(self) -> float:
        return processor(os.getpid()) - self.before[0] - self.left_out

    def theirs(self) -> float:
        return processor(self.backend) - self.before[1]


def _backend() -> int:
    return int(_owner("SELECT pg_backend_pid()"))


def copy_and_index() -> CopyAndIndex:
    """The floor, in the same database."""
    from django.db import connections

    told = connections["owner"].get_connection_params()
    return CopyAndIndex({name: told[name] for name in WAY_IN if told.get(name)})


def desk_bytes() -> int:
    """What the database holds on disk."""
    return int(_owner("SELECT pg_database_size(current_database())"))


def cleared() -> None:
    """An empty desk, as before the first night."""
    from xiaoer.nightly import seam

    for name in seam.NAMES:
        _owner(f"TRUNCATE {seam.model_of(name)._meta.db_table}")
    _owner("UPDATE nightly_pointer SET edition = 0, run_id = '', business_date = NULL")


def _owner(question: str) -> Any:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


if __name__ == "__main__":
    main()
