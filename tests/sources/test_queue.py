"""Several workers leave the lake one worker leaves: same numbers, same rows, same reports, whatever is refused."""

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.sources.dated_bank import DatedBank
from xiaoer.sources import earlier
from xiaoer.sources.intake import load_bank
from xiaoer.sources.terms import FileReport

HEADER = "customer_id,direction,invoice_no,invoice_date,gross,status"
TODAY = date(2026, 12, 31)


def row(number: int, day: str, gross: str = "10.00") -> str:
    return f"C{number % 5},sale,{number:08d},{day},{gross},valid"


def month(number: int) -> list[str]:
    day = f"2026-{number:02d}-15"
    fresh = [row(number * 100 + one, day) for one in range(20)]
    before = [row((number - 1) * 100 + 3, day, "12.00"), row(number * 100 + 50, "2026-01-02")]
    return [HEADER, *fresh, fresh[4], *before, row(number * 100 + 70, day, "x")]


def laid(root: Path) -> DatedBank:
    """Nine months, one of them cut short, one without a day, one that came twice under two roofs."""
    bank = DatedBank(root)
    files = root / "files"
    for number in range(1, 10):
        (files / f"invoices_2026{number:02d}28.csv").write_text("\n".join([*month(number), ""]), "utf-8")
    (files / "invoices_20260428.csv").write_text("\n".join([HEADER, *["x,y"] * 30, ""]), "utf-8")
    (files / "invoices_20261399.csv").write_text("\n".join([*month(9), ""]), "utf-8")
    (files / "customers_20260630.csv").write_text("customer_id,status\nC1,active\nC2,active\n", "utf-8")
    (files / "customers_20260731.csv").write_text("customer_id,status\n", "utf-8")
    return bank


def load(bank: DatedBank, workers: int, *, dry_run: bool = False) -> list[FileReport]:
    return load_bank(
        bank.root / "files",
        bank.lake,
        bank.engine,
        TODAY,
        mapping_path=bank.mapping,
        workers=workers,
        dry_run=dry_run,
    )


def left(bank: DatedBank) -> dict[str, object]:
    lake = bank.lake.root
    lines = (lake / "deliveries.jsonl").read_text("utf-8").splitlines()
    reports = [{**json.loads(line), "seconds": 0} for line in lines]
    parts = {
        str(path.relative_to(lake)): pq.read_table(path).to_pylist()
        for path in sorted(lake.rglob("*.parquet"))
    }
    return {"manifest": (lake / "manifest.jsonl").read_text("utf-8"), "reports": reports, "parts": parts}


def test_many_workers_leave_what_one_leaves(tmp_path: Path) -> None:
    alone, many = laid(tmp_path / "alone"), laid(tmp_path / "many")
    reports = load(alone, 1)
    load(many, 5)
    assert left(alone) == left(many)
    assert sum(bool(report.refused) for report in reports) == 3
    assert [part.load_no for part in alone.lake.manifest.live()] == list(range(1, 10))
    assert sum(report.corrected for report in reports) == 6
    assert not list(alone.lake.root.glob(".staging*"))


def test_a_trial_with_many_workers_counts_the_same_and_keeps_nothing(tmp_path: Path) -> None:
    bank = laid(tmp_path / "bank")
    trial = load(bank, 4, dry_run=True)
    assert bank.lake.manifest.live() == ()
    real = load(bank, 4)
    assert [report.loaded for report in trial] == [report.loaded for report in real]


def test_what_is_there_already_is_not_prepared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = laid(tmp_path / "bank")
    load(bank, 3)
    monkeypatch.setattr("xiaoer.sources.queue.prepare", lambda *_: pytest.fail("it was read"))
    for path in (bank.root / "files").glob("*"):
        if not any(part.source_file == path.name for part in bank.lake.manifest.live()):
            path.unlink()
    assert all(report.unchanged for report in load(bank, 3))


def test_a_fault_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = laid(tmp_path / "bank")
    monkeypatch.setattr("xiaoer.sources.queue.settle", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load(bank, 3)
    assert bank.lake.manifest.live() == ()
    assert not list(bank.lake.root.glob(".staging*"))


def test_a_file_of_new_keys_is_held_against_no_part_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = DatedBank(tmp_path / "bank")
    looked: list[int] = []
    whole = earlier._said_again

    def watched(key: tuple[str, ...], day: str, rows: Path, before: list[Path], engine: object) -> object:
        looked.append(len(before))
        return whole(key, day, rows, before, engine)  # type: ignore[arg-type]

    monkeypatch.setattr(earlier, "_said_again", watched)
    for number in range(1, 9):
        day = f"2026-{number:02d}-15"
        fresh = [row(number * 100 + one, day) for one in range(20)]
        bank.deliver(f"invoices_2026{number:02d}28.csv", HEADER, *fresh)
    assert looked == []
    report = bank.deliver("invoices_20260928.csv", HEADER, row(305, "2026-03-15", "11.00"))
    assert (looked, report.corrected) == ([1], 1)


def test_keys_lost_beside_the_lake_are_found_again(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    bank.deliver("invoices_20260128.csv", HEADER, row(1, "2026-01-02"), row(2, "2026-01-02"))
    for path in (bank.lake.root / "keys").rglob("*.run"):
        path.unlink()
    report = bank.deliver("invoices_20260228.csv", HEADER, row(2, "2026-01-02", "9.00"), row(3, "2026-02-02"))
    assert report.corrected == 1
