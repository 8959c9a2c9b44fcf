"""One file into the lake: read, convert, check, part the bad rows, and commit whole or not at all."""

import hashlib
import re
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import DuckEngine, Lake, Part
from xiaoer.sources.checks import check
from xiaoer.sources.contracts import contract
from xiaoer.sources.converting import convert
from xiaoer.sources.header import delivered_columns
from xiaoer.sources.quarantine import Quarantine
from xiaoer.sources.reading import Advance, read_file
from xiaoer.sources.staging import Staged, Staging
from xiaoer.sources.terms import Contract, FileReport, Source, Why


@dataclass(frozen=True)
class Delivery:
    """One file on its way in: what it is and which days it speaks for."""

    path: Path
    source: Source
    fingerprint: str
    business_date: date
    delivered_on: date
    replaces: int | None = None

    @property
    def contract(self) -> Contract:
        return contract(self.source.table)


def delivery(path: Path, source: Source, arrived: date, mapping_digest: str, lake: Lake) -> Delivery:
    """The days a file speaks for: from its name, fixed by the mapping, or the day it arrived.

    A file delivered again with other content is known from its second arrival on, never earlier. A snapshot's
    stands for the first; an increment's rows are added, and the last word on each key counts, unless the
    mapping says that it replaces. Raises Refusal where there is no key to tell old rows from new.
    """
    named = _date_in_name(path, source)
    business_date = named or source.business_date or arrived
    snapshot = contract(source.table).day is None
    fingerprint = _fingerprint(path, mapping_digest + (business_date.isoformat() if snapshot else ""))
    earlier = lake.manifest.standing_for(source.feed, path.name, business_date if snapshot else None)
    if earlier is None or lake.manifest.has(source.feed, fingerprint):
        return Delivery(path, source, fingerprint, business_date, named or business_date)
    replaces = earlier if snapshot or _replaces(source, path) else None
    return Delivery(path, source, fingerprint, business_date, max(business_date, arrived), replaces)


def _replaces(source: Source, path: Path) -> bool:
    if source.redelivery:
        return source.redelivery == "replaces"
    if source.duplicate_keys == "keep" or not (
        contract(source.table).key if source.key is None else source.key
    ):
        raise Refusal(
            "a file of this name was delivered before with other content, and its rows have no key",
            path.name,
            'redelivery = "replaces" or "adds" in the mapping',
            "Say which, or deliver new rows under a new name",
        )
    return False


def load_file(
    arriving: Delivery, lake: Lake, engine: DuckEngine, advance: Advance, *, dry_run: bool
) -> FileReport:
    """Load one file; the report accounts for every row. A refused file leaves the lake as it was."""
    source = arriving.source
    report = FileReport(source.table, source.feed, arriving.path.name, bytes=arriving.path.stat().st_size)
    report.business_date, report.delivered_on = arriving.business_date, arriving.delivered_on
    started = time.monotonic()
    if lake.manifest.has(source.feed, arriving.fingerprint):
        report.unchanged = True
        advance(report.bytes)
        return report
    try:
        _load(arriving, lake, engine, advance, report, dry_run=dry_run)
    except Refusal as refusal:
        report.refused, report.loaded = str(refusal), 0
    report.seconds = time.monotonic() - started
    return report


def _load(
    arriving: Delivery, lake: Lake, engine: DuckEngine, advance: Advance, report: FileReport, *, dry_run: bool
) -> None:
    load_no = lake.manifest.next_load_no
    quarantine = Quarantine(arriving.path.name)
    with Staging(lake, arriving.contract, load_no) as staging:
        _stage(arriving, staging, quarantine, advance, report)
        staged = staging.finish(_duplicates(arriving, staging, quarantine))
        report.quarantined, report.reasons = quarantine.rows, quarantine.reasons
        waiting = lake.root / "personal" / "quarantine"
        try:
            _refuse_if_too_bad(arriving, report, staged.rows)
        except Refusal:
            if not dry_run:
                quarantine.write(waiting / f"refused-{arriving.fingerprint[:16]}.parquet")
            raise
        report.loaded = staged.rows
        if not dry_run:
            quarantine.write(waiting / f"{load_no:06d}.parquet")
            staging.publish()
            lake.commit(_part(arriving, staged, lake, engine, load_no))


def _stage(
    arriving: Delivery, staging: Staging, quarantine: Quarantine, advance: Advance, report: FileReport
) -> None:
    reading = read_file(arriving.path, arriving.source, advance)
    names, report.missing_fields = delivered_columns(
        reading.header, arriving.contract, arriving.source, arriving.path
    )
    for batch in reading.batches:
        raw = _rows_of(batch, names, arriving.source)
        typed, faults = convert(raw, arriving.contract, arriving.source, arriving.delivered_on)
        faults += check(arriving.contract.name, typed)
        quarantine.add(faults, raw)
        bad = {fault.line for fault in faults}
        good = ~typed["line_no"].is_in(list(bad)) if bad else pl.repeat(True, len(typed), eager=True)
        staging.add(_stamped(typed.filter(good), arriving, staging.load_no), raw.filter(good), _key(arriving))
    quarantine.add(reading.ragged)


def _rows_of(batch: pl.DataFrame, names: dict[str, str], source: Source) -> pl.DataFrame:
    """The batch under the contract's names, blank lines left out, wide columns turned long where declared."""
    texts = pl.all().exclude("line_no").str.strip_chars() != ""
    filled = batch.filter(pl.any_horizontal(texts))
    turn = source.unpivot
    if turn:
        wide = turn["columns"].split(",")
        filled = filled.unpivot(
            wide,
            index=[c for c in filled.columns if c not in wide],
            variable_name=turn["into"],
            value_name=turn["value"],
        )
    return filled.select("line_no", *(pl.col(header).alias(name) for name, header in names.items()))


def _stamped(typed: pl.DataFrame, arriving: Delivery, load_no: int) -> pl.DataFrame:
    day = arriving.contract.day
    known_on_event = arriving.source.delivered_on == "event" and day is not None
    delivered = pl.col(day).cast(pl.Date) if known_on_event and day else pl.lit(arriving.delivered_on)
    business = pl.col(day).cast(pl.Date) if day else pl.lit(arriving.business_date)
    return typed.with_columns(
        business.alias("business_date"),
        delivered.alias("delivered_on"),
        pl.lit(load_no, pl.Int64).alias("load_no"),
    )


def _key(arriving: Delivery) -> tuple[str, ...]:
    return arriving.contract.key if arriving.source.key is None else arriving.source.key


def _duplicates(arriving: Delivery, staging: Staging, quarantine: Quarantine) -> np.ndarray:
    """Positions of staged rows that repeat an earlier row of the same file, as the mapping treats them."""
    source = arriving.source
    again = np.zeros(staging.rows, dtype=bool)
    if source.exact_duplicates == "quarantine":
        again |= staging.repeated("row")
        quarantine.add(staging.bads(again, Why.EXACT_DUPLICATE))
    if source.duplicate_keys == "quarantine" and _key(arriving):
        same_key = staging.repeated("key", ignoring=again)
        quarantine.add(staging.bads(same_key, Why.DUPLICATE_KEY))
        again |= same_key
    return again


def _refuse_if_too_bad(arriving: Delivery, report: FileReport, good: int) -> None:
    bad = report.quarantined - report.reasons.get(Why.EXACT_DUPLICATE.value, 0)
    total = good + report.quarantined
    may_be_empty = arriving.contract.day is not None or arriving.source.may_be_empty
    if total == 0 and not may_be_empty:  # a month without news is news; a book without firms is not
        raise Refusal(
            "the file has a header and no rows", arriving.path.name, "at least one row", "Deliver it again"
        )
    if bad > arriving.source.tolerated_bad_share * total:
        worst = ", ".join(f"{reason} {count}" for reason, count in list(report.reasons.items())[:3])
        raise Refusal(
            f"{bad} of {total} rows are bad ({worst})",
            arriving.path.name,
            f"at most {arriving.source.tolerated_bad_share:.1%}",
            "The file was refused whole; what was loaded before stays",
        )


def _part(arriving: Delivery, staged: Staged, lake: Lake, engine: DuckEngine, load_no: int) -> Part:
    schema = arriving.contract.schema
    rows, personal = lake.part_paths(schema, load_no)
    return Part(
        load_no=load_no,
        table=schema.name,
        feed=arriving.source.feed,
        source_file=arriving.path.name,
        fingerprint=arriving.fingerprint,
        path=str(rows),
        personal_path=str(personal) if schema.personal else None,
        business_date=arriving.business_date,
        first_delivered=staged.first_delivered or arriving.delivered_on,
        rows=staged.rows,
        replaces=arriving.replaces,
        corrects=_repeats_earlier_keys(arriving, lake, engine, rows),
    )


def _repeats_earlier_keys(arriving: Delivery, lake: Lake, engine: DuckEngine, rows: Path) -> bool:
    """Whether a file delivers keys again that an earlier one brought; only then must readers look for the last word."""
    key, table = _key(arriving), arriving.contract
    earlier = [
        lake.root / part.path
        for part in lake.manifest.live()
        if part.table == table.name
        and (table.day or _same_snapshot(part, arriving))
        and part.load_no != arriving.replaces
    ]
    if not key or not earlier or arriving.source.duplicate_keys == "keep":
        return False
    columns = ", ".join(key)
    query = (
        f"SELECT 1 FROM read_parquet($new) WHERE ({columns})"  # noqa: S608  a contract's key, never a bank's words
        f" IN (SELECT ({columns}) FROM read_parquet($old)) LIMIT 1"
    )
    return (
        engine.connection.execute(
            query, {"new": str(lake.root / rows), "old": [str(path) for path in earlier]}
        ).fetchone()
        is not None
    )


def _same_snapshot(part: Part, arriving: Delivery) -> bool:
    return (part.feed, part.business_date) == (arriving.source.feed, arriving.business_date)


def _date_in_name(path: Path, source: Source) -> date | None:
    if not source.dated:
        return None
    found = re.search(source.dated, path.name)
    if not found:
        raise Refusal(
            f"no date in the file name by {source.dated!r}", path.name, "a name such as invoices_20261031.csv"
        )
    day = found["date"]
    try:
        return date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}")
    except ValueError:
        raise Refusal(f"{day} in the file name is not a day", path.name, "YYYYMMDD") from None


def _fingerprint(path: Path, mapping_digest: str) -> str:
    digest = hashlib.sha256(mapping_digest.encode())
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()
