"""`xiaoer intake MAPPING DIR`: read a bank's files."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from xiaoer.app.console import print_json, print_table, watching
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.contracts import contracts
from xiaoer.sources.intake import load_bank, receive
from xiaoer.sources.terms import FileReport


@click.command("intake")
@click.argument("mapping", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--dry-run", is_flag=True, help="Report only; load nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON row per table.")
def command(mapping: Path, folder: Path, *, dry_run: bool, as_json: bool) -> None:
    """Read a bank's files by a MAPPING from a FOLDER."""
    home, today = settings(), SystemClock().today()
    lake, engine = Lake(home.lake), DuckEngine(home.home / "scratch")
    with watching(quiet=as_json) as watch:
        if dry_run:
            reports = load_bank(folder, lake, engine, today, mapping_path=mapping, watch=watch, dry_run=True)
        else:
            reports = load_bank(receive(mapping, folder, home.inbox, today), lake, engine, watch=watch)
    rows = by_table(reports)
    print_json(rows) if as_json else _print(reports, rows, dry_run=dry_run)
    if any(report.refused for report in reports):
        raise SystemExit(1)


def by_table(reports: list[FileReport]) -> list[dict[str, Any]]:
    """One row per table of the contracts, delivered or not."""
    return [_sum(table, [report for report in reports if report.table == table]) for table in contracts()]


def _sum(table: str, reports: list[FileReport]) -> dict[str, Any]:
    reasons: Counter[str] = Counter()
    for report in reports:
        reasons.update(report.reasons)
    return {
        "source": table,
        "files": len(reports),
        "unchanged": sum(report.unchanged for report in reports),
        "loaded": sum(report.loaded for report in reports),
        "quarantined": sum(report.quarantined for report in reports if not report.refused),
        "refused": [report.refused for report in reports if report.refused],
        "reasons": dict(reasons),
        "seconds": round(sum(report.seconds for report in reports), 3),
    }


def _print(reports: list[FileReport], rows: list[dict[str, Any]], *, dry_run: bool) -> None:
    title = "What would be loaded" if dry_run else "What was loaded"
    columns = ("table", "files", "unchanged", "loaded", "quarantined", "refused", "reasons", "rows/s")
    print_table(title, columns, (_line(row) for row in rows if row["files"]))
    for report in reports:
        if report.refused:
            click.secho(report.refused, err=True, fg="red")


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in row["reasons"].items())
    speed = int((row["loaded"] + row["quarantined"]) / row["seconds"]) if row["seconds"] else None
    return (
        *(row[name] for name in ("source", "files", "unchanged", "loaded", "quarantined")),
        len(row["refused"]),
        reasons,
        speed,
    )
