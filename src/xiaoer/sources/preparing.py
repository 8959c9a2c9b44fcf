"""One file made ready beside the lake: read, mended, converted, checked, its bad rows parted; nothing visible yet."""

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import Lake
from xiaoer.sources.arriving import Delivery
from xiaoer.sources.cells import Batch, Cells
from xiaoer.sources.checks import check
from xiaoer.sources.converting import convert
from xiaoer.sources.doubts import mend
from xiaoer.sources.earlier import Fresh
from xiaoer.sources.header import delivered_columns
from xiaoer.sources.plaintext import Advance
from xiaoer.sources.quarantine import Quarantine
from xiaoer.sources.reading import read_file
from xiaoer.sources.staging import Staging
from xiaoer.sources.terms import FileReport, Source, Why


@dataclass
class Prepared:
    """A file ready to be moved in, or refused; what its report says holds whatever was loaded before it."""

    arriving: Delivery
    staging: Staging
    quarantine: Quarantine
    report: FileReport
    fresh: Fresh = field(init=False)


def prepare(arriving: Delivery, lake: Lake, load_no: int, advance: Advance) -> Prepared:
    """Stage a file under a load's number. Other files may be prepared at the same time; nothing is published.

    A file that cannot be taken is told of in its report; whoever asked drops the staging.
    """
    report = reported(arriving)
    made = Prepared(arriving, Staging(arriving, lake, load_no), Quarantine(arriving.path.name), report)
    try:
        _try(made, advance)
    except Refusal as refusal:
        report.refused = str(refusal)
    except BaseException:
        made.staging.drop()
        raise
    report.loaded = 0 if report.refused else made.staging.rows
    return made


def _try(made: Prepared, advance: Advance) -> None:
    staging, report, quarantine = made.staging, made.report, Quarantine(made.report.file)
    _stage(made, quarantine, advance)
    quarantine.add(staging.finish())
    made.quarantine = quarantine  # of a file that cannot be read to its end nothing waits
    report.quarantined, report.reasons = quarantine.rows, quarantine.reasons
    _refuse_if_too_bad(made.arriving, report, staging.rows)
    made.fresh = Fresh(staging.finished, staging.key_hashes())


def reported(arriving: Delivery) -> FileReport:
    """What is known of a file before it is read."""
    source = arriving.source
    report = FileReport(source.table, source.feed, arriving.path.name, bytes=arriving.path.stat().st_size)
    return replace(report, business_date=arriving.business_date, delivered_on=arriving.delivered_on)


def _stage(made: Prepared, quarantine: Quarantine, advance: Advance) -> None:
    arriving = made.arriving
    contract, source = arriving.contract, arriving.source
    reading = read_file(arriving.path, source, advance)
    names, made.report.missing_fields = delivered_columns(reading.header, contract, source, arriving.path)
    for batch in reading.batches:
        raw = _rows_of(batch, names, source)
        mended, marks = mend(raw, contract)
        typed, faults = convert(mended, contract, source, arriving.delivered_on)
        faults += check(contract, typed)
        quarantine.add(faults, raw)
        bad = list({fault.line for fault in faults})
        good = ~np.isin(typed.lines, bad) if bad else np.ones(len(typed), dtype=bool)
        made.staging.add(
            _stamped(typed.filter(good), arriving, made.staging.load_no),
            raw.filter(good),
            {name: mark[good] for name, mark in marks.items()},
        )
    quarantine.add(reading.ragged)


def _rows_of(batch: Batch, names: dict[str, str], source: Source) -> Batch:
    """The batch under the contract's names, blank lines left out, wide columns turned long where declared."""
    filled = _filled(batch)
    turn = source.unpivot
    if turn:
        wide = turn["columns"].split(",")
        frame = filled.frame()
        filled = Batch.of(
            frame.unpivot(
                wide,
                index=[c for c in frame.columns if c not in wide],
                variable_name=turn["into"],
                value_name=turn["value"],
            )
        )
    return filled.only(names)


def _filled(batch: Batch) -> Batch:
    """Without blank lines; mostly one column tells that there are none."""
    blank = np.ones(len(batch), dtype=bool)
    for cells in batch.cells.values():
        blank &= cells.where(cells.words.str.strip_chars() == "")
        if not blank.any():
            return batch
    return batch.filter(~blank)


def _stamped(typed: Batch, arriving: Delivery, load_no: int) -> Batch:
    rows, day = len(typed), arriving.contract.day
    if day:
        happened = typed.cells[day].saying(typed.cells[day].words.cast(pl.Date))
        business = happened
    else:
        business = _constant(arriving.business_date, pl.Date, rows)
    known_on_event = arriving.source.delivered_on == "event" and day is not None
    stamps = {
        "business_date": business,
        "delivered_on": business if known_on_event else _constant(arriving.delivered_on, pl.Date, rows),
        "load_no": _constant(load_no, pl.Int64, rows),
        "line_no": Cells(pl.Series(typed.lines)),
    }
    return Batch(typed.lines, {**typed.cells, **stamps})


def _constant(value: object, kind: type[pl.DataType], rows: int) -> Cells:
    return Cells(pl.Series([value], dtype=kind), np.zeros(rows, dtype=np.int32))


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
