"""One prepared file into the lake: held against what came before it, and committed whole or not at all."""

from datetime import date
from pathlib import Path

from xiaoer.kit.tables import DuckEngine, Lake, Part
from xiaoer.sources.arriving import Delivery
from xiaoer.sources.earlier import Repeated, keep_keys, renamed, repeated, spoken_for
from xiaoer.sources.preparing import Prepared
from xiaoer.sources.staging import Staging
from xiaoer.sources.terms import FileReport


def settle(made: Prepared, lake: Lake, engine: DuckEngine, *, dry_run: bool) -> FileReport:
    """Move a prepared file in; the report accounts for every row. A refused file leaves the lake as it was."""
    try:
        if made.report.refused:
            if not dry_run:
                made.quarantine.write(_waiting(lake, f"refused-{made.arriving.fingerprint[:16]}"))
        else:
            _move_in(made, lake, engine, dry_run=dry_run)
    finally:
        made.staging.drop()
    return made.report


def _move_in(made: Prepared, lake: Lake, engine: DuckEngine, *, dry_run: bool) -> None:
    arriving, staging, fresh = made.arriving, made.staging, made.fresh
    known = spoken_for(arriving, lake)
    again = repeated(arriving, fresh, known, lake, engine)
    _tell(made.report, staging, again, known)
    made.report.renamed = renamed(arriving, fresh.rows, lake, engine)
    if not dry_run:
        made.quarantine.write(_waiting(lake, f"{staging.load_no:06d}"))
        staging.publish()
        part = _part(arriving, staging, lake, again)
        lake.commit(part)
        keep_keys(arriving, fresh, part, lake)


def _waiting(lake: Lake, name: str) -> Path:
    return lake.root / "personal" / "quarantine" / f"{name}.parquet"


def _tell(report: FileReport, staging: Staging, again: Repeated, known: date | None) -> None:
    """The counts of what was loaded; a new word on a known row is not late, it is a correction."""
    report.corrected = again.rows
    late = sum(rows for day, rows in staging.days.items() if known is not None and day <= known)
    report.late = late - again.late
    for name, count in staging.marked.items():
        what, _, column = name.partition(" ")
        if count:
            getattr(report, what)[column] = count


def _part(arriving: Delivery, staging: Staging, lake: Lake, again: Repeated) -> Part:
    schema, load_no = arriving.contract.schema, staging.load_no
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
        first_delivered=staging.first_delivered or arriving.delivered_on,
        rows=staging.rows,
        replaces=arriving.replaces,
        corrects=again.rows > 0,
        corrections=str(corrections) if corrections else None,
    )
