"""One file into the lake: read, convert, check, part the bad rows, and commit whole or not at all."""

import time
from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import DuckEngine, Lake, Part
from xiaoer.kit.tables.keys import in_order
from xiaoer.sources.arriving import Delivery
from xiaoer.sources.checks import check
from xiaoer.sources.converting import convert
from xiaoer.sources.doubts import Marks, mend
from xiaoer.sources.earlier import Fresh, Repeated, keep_keys, renamed, repeated, spoken_for
from xiaoer.sources.header import delivered_columns
from xiaoer.sources.quarantine import Quarantine
from xiaoer.sources.reading import Advance, read_file
from xiaoer.sources.staging import Staged, Staging
from xiaoer.sources.terms import FileReport, Source, Why

LATE = "late"


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
        known = spoken_for(arriving, lake)
        _stage(arriving, staging, quarantine, advance, report, known=known)
        repeats = _duplicates(arriving, staging, quarantine)
        staged = staging.finish(repeats)
        report.quarantined, report.reasons = quarantine.rows, quarantine.reasons
        waiting = lake.root / "personal" / "quarantine"
        try:
            _refuse_if_too_bad(arriving, report, staged.rows)
        except Refusal:
            if not dry_run:
                quarantine.write(waiting / f"refused-{arriving.fingerprint[:16]}.parquet")
            raise
        report.loaded = staged.rows
        fresh = Fresh(staging.finished, in_order(staging.key_hashes(repeats)))
        again = repeated(arriving, fresh, known, lake, engine)
        _tell(report, staging.counted(repeats), again)
        report.renamed = renamed(arriving, staging.finished, lake, engine)
        if not dry_run:
            quarantine.write(waiting / f"{load_no:06d}.parquet")
            staging.publish()
            part = _part(arriving, staged, lake, load_no, again)
            lake.commit(part)
            keep_keys(arriving, fresh, part, lake)


def _tell(report: FileReport, marked: Mapping[str, int], again: Repeated) -> None:
    """The counts of what was loaded; a new word on a known row is not late, it is a correction."""
    report.corrected = again.rows
    report.late = marked.get(LATE, 0) - again.late
    for name, count in marked.items():
        what, _, column = name.partition(" ")
        if count and column:
            getattr(report, what)[column] = count


def _stage(
    arriving: Delivery,
    staging: Staging,
    quarantine: Quarantine,
    advance: Advance,
    report: FileReport,
    *,
    known: date | None,
) -> None:
    reading = read_file(arriving.path, arriving.source, advance)
    names, report.missing_fields = delivered_columns(
        reading.header, arriving.contract, arriving.source, arriving.path
    )
    for batch in reading.batches:
        raw = _rows_of(batch, names, arriving.source)
        mended, marks = mend(raw, arriving.contract)
        typed, faults = convert(mended, arriving.contract, arriving.source, arriving.delivered_on)
        faults += check(arriving.contract.name, typed)
        quarantine.add(faults, raw)
        bad = {fault.line for fault in faults}
        good = ~typed["line_no"].is_in(list(bad)) if bad else pl.repeat(True, len(typed), eager=True)
        marks |= _late(typed, arriving, known)
        staging.add(
            _stamped(typed.filter(good), arriving, staging.load_no),
            raw.filter(good),
            arriving.key,
            {name: mark.filter(good) for name, mark in marks.items()},
        )
    quarantine.add(reading.ragged)


def _late(typed: pl.DataFrame, arriving: Delivery, known: date | None) -> Marks:
    """Rows on a day that an earlier file of the feed already spoke for."""
    day = arriving.contract.day
    if known is None or day is None:
        return {}
    return {LATE: (typed[day].cast(pl.Date) <= known).fill_null(value=False)}


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


def _duplicates(arriving: Delivery, staging: Staging, quarantine: Quarantine) -> np.ndarray:
    """Positions of staged rows that repeat an earlier row of the same file, as the mapping treats them."""
    source = arriving.source
    again = np.zeros(staging.rows, dtype=bool)
    if source.exact_duplicates == "quarantine":
        again |= staging.repeated("row")
        quarantine.add(staging.bads(again, Why.EXACT_DUPLICATE))
    if source.duplicate_keys == "quarantine" and arriving.key:
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


def _part(arriving: Delivery, staged: Staged, lake: Lake, load_no: int, again: Repeated) -> Part:
    schema = arriving.contract.schema
    corrections = (
        lake.corrections_path(schema, load_no) if again.rows and arriving.key == schema.key else None
    )
    if corrections:
        again.write(lake.root / corrections)
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
        corrects=again.rows > 0,
        corrections=str(corrections) if corrections else None,
    )
