"""Point 9: taking files in by hand and in the night are one code path over the inbox."""

import shutil
from pathlib import Path

from tests.house.bank import CHECKOUT, DAY, SmallBank
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.nightly import night as nightly
from xiaoer.sources import intake


def content(lake: Lake) -> list[tuple[object, ...]]:
    return sorted(
        (part.table, part.feed, part.source_file, part.fingerprint, part.rows)
        for part in lake.manifest.live()
    )


def test_what_lies_in_the_inbox_is_loaded_by_the_night_as_by_hand(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    few = tmp_path / "bank"
    few.mkdir()
    for name in ("customers*", "invoices*", "branches*"):
        for path in (small_bank.home / "bank").glob(name):
            shutil.copy(path, few / path.name)
    mapping = CHECKOUT / "mappings" / "simulator.toml"
    by_hand, by_night = Lake(tmp_path / "hand"), Lake(tmp_path / "night")
    engine = DuckEngine(tmp_path / "scratch")
    bank = intake.receive(mapping, few, tmp_path / "inbox")
    intake.load_bank(bank, by_hand, engine, DAY)
    assert nightly._load(tmp_path / "inbox", by_night, engine) > 0
    assert content(by_night) == content(by_hand) != []
    assert nightly._load(tmp_path / "inbox", by_night, engine) == 0


def test_there_is_one_loader() -> None:
    assert nightly.load_bank is intake.load_bank
    from xiaoer.app.commands import intake as by_hand

    assert by_hand.load_bank is intake.load_bank
