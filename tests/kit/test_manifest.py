"""The manifest grows in memory as it grows on disk, and another process's lines are seen."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from xiaoer.kit.tables import Lake, Manifest, Part

DAY = date(2026, 10, 31)
PART = Part(1, "invoices", "invoices", "a.csv", "f1", "delivered/invoices/000001.parquet", None, DAY, DAY, 10)
SECOND = replace(PART, load_no=2, source_file="b.csv", fingerprint="f2")
ANEW = replace(PART, load_no=3, fingerprint="f3", replaces=1, first_delivered=DAY + timedelta(5))


def told(manifest: Manifest) -> list[object]:
    return [
        manifest.live(),
        manifest.live_of("invoices"),
        manifest.next_load_no,
        manifest.known_on("invoices", DAY),
        manifest.known_on("invoices", DAY + timedelta(9)),
        [manifest.has("invoices", print_) for print_ in ("f1", "f2", "f3", "f4")],
        [manifest.standing_for("invoices", file) for file in ("a.csv", "b.csv", "c.csv")],
        manifest.digest(DAY),
    ]


def test_added_to_it_says_what_it_says_read_anew(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for part in (PART, SECOND, ANEW):
        lake.commit(part)
        assert told(lake.manifest) == told(Lake(tmp_path).manifest) == told(Manifest.read(lake.manifest_path))
    assert told(lake.manifest)[0] == (SECOND, ANEW)
    assert told(lake.manifest)[3] == (PART, SECOND), "what replaced it came later"
    assert told(lake.manifest)[5:7] == [[False, True, True, False], [3, 2, None]]


def test_what_this_process_wrote_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path)
    lake.commit(PART)
    monkeypatch.setattr(Manifest, "read", lambda _: pytest.fail("it was read again"))
    lake.commit(SECOND)
    assert lake.manifest.live() == (PART, SECOND)


def test_what_another_wrote_is_seen(tmp_path: Path) -> None:
    mine, other = Lake(tmp_path), Lake(tmp_path)
    mine.commit(PART)
    other.commit(SECOND)
    mine.commit(ANEW)
    assert mine.manifest.live() == (SECOND, ANEW)


def test_two_loads_of_one_number_are_a_fault(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(PART)
    with pytest.raises(ValueError, match="already"):
        lake.commit(replace(SECOND, load_no=1))
