"""`xiaoer intake MAPPING DIR`: read a bank's files."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from xiaoer.app.console import console, print_json, print_table, watching
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.money import from_fen
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.contracts import contracts
from xiaoer.sources.intake import load_bank, receive
from xiaoer.sources.reconciling import Difference, Reconciliation, reconciled
from xiaoer.sources.terms import FileReport

COLUMNS = ("table", "files", "unchanged", "loaded", "quarantined", "refused", "reasons", "noticed", "rows/s")
MOST_DIFFERENCES = 10


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
    ledger = None if dry_run else reconciled(lake, engine)
    rows = by_table(reports, ledger)
    print_json(rows) if as_json else _print(reports, rows, ledger)
    if any(report.refused for report in reports):
        raise SystemExit(1)


def by_table(reports: list[FileReport], ledger: Reconciliation | None) -> list[dict[str, Any]]:
    """One row per table of the contracts, delivered or not; `ledger` is none where nothing was loaded."""
    return [
        _sum(table, [report for report in reports if report.table == table])
        | {
            "missing": ledger.missing(table) if ledger else None,
            "ledger": ledger.of(table) if ledger else None,
        }
        for table in contracts()
    ]


def _sum(table: str, reports: list[FileReport]) -> dict[str, Any]:
    return {
        "source": table,
        "files": len(reports),
        "unchanged": sum(report.unchanged for report in reports),
        "loaded": sum(report.loaded for report in reports),
        "quarantined": sum(report.quarantined for report in reports if not report.refused),
        "refused": [report.refused for report in reports if report.refused],
        "reasons": _added(report.reasons for report in reports),
        "late": sum(report.late for report in reports),
        "corrected": sum(report.corrected for report in reports),
        "doubtful": _added(report.doubtful for report in reports),
        "mended": _added(report.mended for report in reports),
        "renamed": sum(len(report.renamed) for report in reports),
        "renamings": [vars(one) for report in reports for one in report.renamed],
        "seconds": round(sum(report.seconds for report in reports), 3),
    }


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    whole: Counter[str] = Counter()
    for count in counts:
        whole.update(count)
    return dict(whole)


def _print(reports: list[FileReport], rows: list[dict[str, Any]], ledger: Reconciliation | None) -> None:
    title = "What was loaded" if ledger else "What would be loaded"
    print_table(title, COLUMNS, (_line(row) for row in rows if row["files"]))
    for report in reports:
        if report.refused:
            click.secho(report.refused, err=True, fg="red")
    if ledger:
        _print_ledger(ledger)


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    speed = int((row["loaded"] + row["quarantined"]) / row["seconds"]) if row["seconds"] else None
    return (
        *(row[name] for name in ("source", "files", "unchanged", "loaded", "quarantined")),
        len(row["refused"]),
        ", ".join(f"{reason} {count:,}" for reason, count in row["reasons"].items()),
        ", ".join(_noticed(row)),
        speed,
    )


def _noticed(row: dict[str, Any]) -> Iterator[str]:
    """What was loaded and is worth a word."""
    yield from (f"{what} {row[what]:,}" for what in ("missing", "late", "corrected") if row[what])
    for what in ("doubtful", "mended"):
        yield from (f"{what} {column} {count:,}" for column, count in row[what].items())
    yield from (f"renamed {one['key']} {one['old']} → {one['new']}" for one in row["renamings"])


def _print_ledger(ledger: Reconciliation) -> None:
    """The totals that differ, the worst first, and a line on those that agree; nothing without a ledger."""
    shown = ledger.open[:MOST_DIFFERENCES]
    if shown:
        columns = (
            "item",
            "day",
            "branch",
            "ledger rows",
            "delivered",
            "ledger ¥",
            "delivered ¥",
            "difference ¥",
        )
        print_table("Where the ledger disagrees", columns, (_told(one) for one in shown))
    more = len(ledger.open) - len(shown)
    unchecked = sum(ledger.unchecked.values())
    words = [
        f"{more:,} more differ; --json lists all of them." if more > 0 else "",
        f"{ledger.agreeing:,} totals of the ledger agree with what was delivered." if ledger.agreeing else "",
        f"{unchecked:,} could not be looked at: no file speaks for their day." if unchecked else "",
    ]
    if any(words):
        console.print(" ".join(filter(None, words)))


def _told(one: Difference) -> tuple[object, ...]:
    ledger = None if one.ledger_amount is None else from_fen(one.ledger_amount)
    amounts = (None, None) if ledger is None else (from_fen(one.amount), from_fen(one.amount_short))
    money = (f"{amount:,}" if amount is not None else None for amount in (ledger, *amounts))
    return (one.item, one.ledger_date, f"{one.branch_id} {one.branch}", one.ledger_rows, one.rows, *money)
