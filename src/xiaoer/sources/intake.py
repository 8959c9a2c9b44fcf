"""The bank's files of one mapping, from a folder into the lake: the same path by hand and in the night."""

import filecmp
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xiaoer.kit import journal
from xiaoer.kit.dates import CHINA
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.sources.mapping import read_mapping
from xiaoer.sources.queue import Watch, Way, silent, taken
from xiaoer.sources.terms import FileReport, Mapping, Source

MAPPING_FILE, ARRIVALS = "mapping.toml", "arrivals.jsonl"


class Noted:
    """The days the files of the inbox arrived; each folder's notes are read once."""

    def __init__(self) -> None:
        self._days: dict[Path, dict[str, str]] = {}

    def arrival(self, path: Path) -> date:
        """As noted, else the day the file was last written."""
        if path.parent not in self._days:
            notes = journal.read(path.parent / ARRIVALS)
            self._days[path.parent] = {row["file"]: row["arrived"] for row in notes}
        noted = self._days[path.parent].get(path.name)
        return date.fromisoformat(noted) if noted else _changed_on(path)


def receive(mapping_path: Path, folder: Path, inbox: Path, arrived: date | None = None) -> Path:
    """Lay copies of a bank's files and its mapping into the inbox; gives the bank's folder there.

    The day of arrival is noted once per content: later nights must not take an old file for a new one. Raises
    Refusal when another bank's mapping in the inbox uses one of its feeds.
    """
    mapping = read_mapping(mapping_path)
    found = [path for _, path in _files(mapping, folder)]
    if not found:
        raise _nothing_there(mapping, folder)
    bank = inbox / mapping.name
    bank.mkdir(parents=True, exist_ok=True)
    _refuse_shared_feeds(mapping, inbox)
    for path in found:
        target = bank / path.relative_to(folder)
        if not (target.exists() and filecmp.cmp(path, target, shallow=False)):
            _lay(path, target)
            journal.append(bank / ARRIVALS, {"file": target.name, "arrived": arrived or _changed_on(path)})
    write_atomically(bank / MAPPING_FILE, mapping_path.read_bytes())
    return bank


def load_bank(
    bank: Path,
    lake: Lake,
    engine: DuckEngine,
    today: date | None = None,
    *,
    mapping_path: Path | None = None,
    watch: Watch = silent,
    dry_run: bool = False,
    workers: int | None = None,
) -> list[FileReport]:
    """Load every file of a bank's folder that is new; one report per file, kept for the data page.

    `today` stands for the arrival of files whose arrival nobody noted. So many `workers` prepare files at a time
    (None: as the settings say); they are moved in one after the other, in the mapping's order.
    """
    path = mapping_path or bank / MAPPING_FILE
    mapping, digest = read_mapping(path), hashlib.sha256(path.read_bytes()).hexdigest()
    files = list(_files(mapping, bank))
    if not files:
        raise _nothing_there(mapping, bank)
    noted = Noted()
    reports = []
    with lake.alone():
        way = Way(lake, engine, digest, lambda file: today or noted.arrival(file), watch, dry_run)
        for report in taken(files, way, workers or settings().intake_workers):
            reports.append(report)
            if not dry_run and not report.unchanged:
                remember(lake, mapping, report)
    return reports


def _changed_on(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, CHINA).date()


def _refuse_shared_feeds(mapping: Mapping, inbox: Path) -> None:
    mine = {source.feed for source in mapping.sources}
    for bank in banks(inbox):
        other = read_mapping(bank / MAPPING_FILE)
        shared = sorted(mine & {source.feed for source in other.sources})
        if other.name != mapping.name and shared:
            raise Refusal(
                f"the feed {shared[0]!r} belongs to the mapping {other.name!r} already",
                mapping.name,
                "feeds of its own",
                "Rename the feed in one of the mappings",
            )


def banks(inbox: Path) -> list[Path]:
    """Every bank's folder in the inbox."""
    return sorted(path.parent for path in inbox.glob(f"*/{MAPPING_FILE}"))


def remember(lake: Lake, mapping: Mapping, report: FileReport) -> None:
    """Keep what became of a file, for the data page."""
    journal.append(_ledger(lake), asdict(report) | {"owner": mapping.owner, "bank": mapping.name})


def deliveries(lake: Lake) -> list[dict[str, Any]]:
    """What became of every file delivered so far: the last word on each."""
    return list({(row["feed"], row["file"]): row for row in journal.read(_ledger(lake))}.values())


def _ledger(lake: Lake) -> Path:
    return lake.root / "deliveries.jsonl"


def _files(mapping: Mapping, folder: Path) -> Iterator[tuple[Source, Path]]:
    for source in mapping.sources:
        matched = {path for pattern in source.files for path in folder.glob(pattern)}
        yield from ((source, path) for path in sorted(matched))


def _nothing_there(mapping: Mapping, folder: Path) -> Refusal:
    patterns = ", ".join(pattern for source in mapping.sources for pattern in source.files)
    return Refusal(
        f"no file of mapping {mapping.name!r} is there",
        str(folder),
        patterns,
        "Check the folder, or the mapping's files",
    )


def _lay(path: Path, target: Path) -> None:
    """A copy, not a link: a bank that writes over its export must not change what was received."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    shutil.copyfile(path, draft)
    draft.replace(target)
