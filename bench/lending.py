"""The loans of a large bank judged in one night, beside one scan and group of the same rows, in processor seconds.

`python -m bench.lending --notes 3000000 [--small 10000] [--months 24] [--home DIR] [--engine spark]`: a small
simulated bank lives through one night; its borrowers, their notes with snapshots, plans and repayments, and all else
the loans step reads are taken many times over under keys of their own, until tonight's file tells of so many notes.
The step then runs on them, and so does its floor. `seconds` are processor seconds of this process and, on Spark, of
the Java machine it starts: what else the machine does is not in them. Nothing is kept.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq

from bench.banks import DAY, night_of, settled
from bench.results import Row
from bench.watching import Watch, family, processor

DELIVERED = (
    "drawdown_notes", "schedules", "repayments", "loan_contracts", "public_records", "other_bank_debts",
    "credit_lines", "customers", "relationships",
)  # fmt: skip
MADE = ("portfolio", "segments")
KEYS = (
    "note_id", "contract_id", "customer_id", "renewed_from", "repayment_id", "from_id", "to_id", "branch_id",
    "manager_id", "line_id", "debt_no",
)  # fmt: skip
OF_FIRM = ("customer_id", "from_id")
AT_ONCE, GROUP = 2_000_000, 122_880  # rows in memory, and of a row group as DuckDB writes it
SCAN_AND_GROUP = {
    "drawdown_notes": "SELECT note_id, count(*), max(balance), max(business_date) FROM read_parquet(?) GROUP BY note_id",
    "schedules": "SELECT note_id, count(*), sum(principal + interest), max(due_date) FROM read_parquet(?) GROUP BY note_id",
    "repayments": "SELECT note_id, count(*), sum(principal + interest), max(repaid_date) FROM read_parquet(?) GROUP BY note_id",
}


def main() -> None:
    """Make, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--notes", type=int, default=3_000_000, help="in tonight's file")
    asked.add_argument(
        "--small", type=int, default=10_000, help="firms of the bank that is taken many times over"
    )
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--home", type=Path)
    asked.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as scratch:
        home = given.home or Path(scratch)
        lake = home / f"lending-{given.notes}"
        if not lake.exists():
            large_bank(home, lake, given.notes, given.small, given.months)
        print(judged(lake, given.notes, given.engine).line(), flush=True)


def large_bank(home: Path, target: Path, notes: int, small: int, months: int) -> None:
    """The lake and the earlier steps' tables of a bank whose file of tonight tells of so many notes, under `target`."""
    settled(home)
    from xiaoer.app.setup import ready

    ready()
    night = night_of(home, small, months)
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    Enlarging(night, draft, notes).write()
    draft.rename(target)


class Enlarging:
    """A night's borrowers and their rows, many times over."""

    def __init__(self, night: Any, target: Path, notes: int) -> None:
        from xiaoer.kit.tables import Lake

        self.night, self.target, self.lake = night, target, Lake(target / "lake")
        told = night.engine.collect(night.delivered("drawdown_notes").select("note_id"))
        self.times = round(notes / told.num_rows)
        firms = night.engine.collect(night.made("notes_drawn").select("customer_id").unique())
        self.firms = pl.DataFrame(firms)["customer_id"]

    def write(self) -> None:
        """Each part of the lake and each table, as one file each."""
        known = self.night.lake.manifest
        for name in DELIVERED:
            for part in known.known_on(name, self.night.business_date):
                rows = self._write(self.night.lake.root / part.path, self.target / "lake" / part.path)
                self.lake.commit(replace(part, rows=rows))
        for name in MADE:
            self._write(self.night.path(name), self.target / "night" / f"{name}.parquet")

    def _write(self, source: Path, target: Path) -> int:
        """Repayments lie in the order of their days, as they come; all else copy after copy."""
        rows = self._of_borrowers(pl.read_parquet(source))
        at_once = self.times if "repaid_date" in rows.columns else AT_ONCE // (rows.height + 1) + 1
        target.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(target, pq.read_schema(source), compression="zstd") as writer:
            for first in range(0, self.times, at_once):
                copies = pl.concat(
                    _copied(rows, number) for number in range(first, min(first + at_once, self.times))
                )
                if "repaid_date" in rows.columns:
                    copies = copies.sort("repaid_date", maintain_order=True)
                writer.write_table(copies.to_arrow().cast(writer.schema), row_group_size=GROUP)
        return rows.height * self.times

    def _of_borrowers(self, rows: pl.DataFrame) -> pl.DataFrame:
        whose = next((name for name in OF_FIRM if name in rows.columns), None)
        return rows.filter(pl.col(whose).is_in(self.firms.implode())) if whose else rows


def _copied(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """One copy: its number stands after the first letter of every key."""
    keys = [name for name in KEYS if name in rows.columns]
    return rows.with_columns(
        pl.col(name).str.head(1) + f"{number:04d}" + pl.col(name).str.slice(1) for name in keys
    )


def judged(bank: Path, notes: int, engine: str) -> Row:
    """The loans step on such a bank beside its floor."""
    from xiaoer.kit.settings import settings
    from xiaoer.kit.tables import EngineName, Lake, open_engine
    from xiaoer.nightly.lending import loans
    from xiaoer.nightly.run import Night

    floor = sum(scan_and_group(bank / "lake", name) for name in SCAN_AND_GROUP)
    made = bank / f"night-{engine}"
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(bank / "night", made)
    running = open_engine(
        EngineName(engine), replace(settings(), home=bank / "home", spark_master="local[2]")
    )
    night = Night(DAY, "bench", Lake(bank / "lake"), running, made, bank)
    with Watch(os.getpid()) as watch:
        seconds = used_by(lambda: loans(night))
    running.close()
    return Row(
        notes,
        f"loans-{engine}",
        seconds,
        floor,
        round(watch.peak),
        night.rows,
        floor="; ".join(SCAN_AND_GROUP.values()),
        note="processor seconds",
    )


def scan_and_group(lake: Path, table: str) -> float:
    """Processor seconds DuckDB takes to read a table's parts and group them by note, once."""
    files = [str(path) for path in sorted((lake / "delivered" / table).glob("*.parquet"))]
    with duckdb.connect() as connection:
        return used_by(lambda: connection.execute(SCAN_AND_GROUP[table], [files]).fetchmany(1))


def used_by(work: Callable[[], Any]) -> float:
    """Processor seconds of this process and those it started and still runs."""
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    others = [one for one in family(os.getpid()) if one != os.getpid()]
    return time.process_time() + sum(map(processor, others))


if __name__ == "__main__":
    main()
