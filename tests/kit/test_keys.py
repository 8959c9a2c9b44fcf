"""The index of keys never passes over a part that holds one, whatever was merged, lost or left half-done."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from xiaoer.kit.tables import Part
from xiaoer.kit.tables import keys as keys_module
from xiaoer.kit.tables.keys import FAN, KeyIndex, Run, hashed, in_order

DAY = date(2026, 10, 31)
KEY = ("invoice_no",)


class Bank:
    """Parts on disk with an index beside them; every look-up is held against the keys themselves."""

    def __init__(self, root: Path) -> None:
        self.root, self.parts = root, list[Part]()
        self.numbers: dict[int, set[int]] = {}
        self.index = KeyIndex(root / "keys", KEY)

    def part(self, numbers: list[int], *, indexed: bool = True) -> Part:
        load_no = len(self.parts) + 1
        path = f"{load_no:06d}.parquet"
        rows = pl.DataFrame(
            {"invoice_no": [str(number) for number in numbers]}, schema={"invoice_no": pl.String}
        )
        rows.write_parquet(self.root / path)
        made = Part(load_no, "invoices", "invoices", path, f"f{load_no}", path, None, DAY, DAY, len(numbers))
        self.parts.append(made)
        self.numbers[load_no] = set(numbers)
        if indexed:
            self.index.add(made, in_order(hashed(rows)))
        return made

    def asked(self, numbers: list[int]) -> list[int]:
        hashes = in_order(hashed(pl.DataFrame({"invoice_no": [str(number) for number in numbers]})))
        found = [part.load_no for part in self.index.may_hold(hashes, self.parts, self.root)]
        assert found == [load for load, held in self.numbers.items() if held & set(numbers)]
        return found

    def runs(self) -> list[Path]:
        return sorted(self.index.folder.glob("*.run"))


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


def test_every_part_that_holds_a_key_is_named_and_no_other(bank: Bank) -> None:
    chance = np.random.default_rng(7)
    for _ in range(60):
        bank.part(chance.integers(0, 5_000, int(chance.integers(0, 80))).tolist())
        bank.asked(chance.integers(0, 5_000, 30).tolist())
    assert len(bank.runs()) < 3 * FAN, "runs are merged as they grow"


def test_the_filter_of_a_long_run_lets_every_held_key_through(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_module, "FILTERED", 100)
    monkeypatch.setattr(keys_module, "SLICE", 64)
    for first in range(0, 4_000, 500):
        bank.part(list(range(first, first + 500)))
    for asked in ([], [0, 499, 500, 3_999, 9_999], list(range(4_000, 4_200)), list(range(250, 750))):
        bank.asked(asked)
    assert any(len(run.filter) for path in bank.runs() if (run := Run.open(path)))


def test_a_lost_index_is_made_anew(bank: Bank) -> None:
    bank.part([1, 2, 3])
    bank.part([4, 5], indexed=False)
    assert bank.asked([2, 5]) == [1, 2]
    for path in bank.runs():
        path.unlink()
    assert bank.asked([3]) == [1]


@pytest.mark.parametrize("left", [b"", b"\0" * 20, b"\1" * 64])
def test_half_a_run_counts_for_nothing(bank: Bank, left: bytes) -> None:
    bank.part([1, 2, 3])
    bank.runs()[0].write_bytes(left)
    assert KeyIndex(bank.root / "keys", KEY).may_hold(np.zeros(0, np.uint64), bank.parts, bank.root) == []
    bank.index = KeyIndex(bank.root / "keys", KEY)
    assert bank.asked([2]) == [1]


def test_a_writer_killed_after_merging_leaves_no_key_out(bank: Bank) -> None:
    kept = {}
    for number in range(FAN):
        kept |= {path: path.read_bytes() for path in bank.runs()}
        bank.part([number])
    assert len(bank.runs()) == 1
    for path, content in kept.items():
        path.write_bytes(content)
    assert bank.asked([0, FAN - 1]) == [1, FAN]
    assert len(bank.runs()) == 1, "what a longer run holds is swept away"


def test_a_lake_set_back_does_not_take_another_part_s_keys_for_its_own(bank: Bank) -> None:
    bank.part([1, 2, 3])
    other = replace(bank.parts[0], fingerprint="other")
    bank.parts[0] = other
    bank.numbers[1] = {7, 8}
    pl.DataFrame({"invoice_no": ["7", "8"]}).write_parquet(bank.root / other.path)
    assert bank.asked([7]) == [1]


def test_loads_of_one_slot_are_all_looked_into(bank: Bank) -> None:
    """Numbers wrap at 65,536: better one part too many than one too few."""
    far = replace(bank.part([1, 2]), load_no=1 + 65_536, path="far.parquet")
    pl.DataFrame({"invoice_no": ["9"]}).write_parquet(bank.root / far.path)
    hashes = in_order(hashed(pl.DataFrame({"invoice_no": ["9"]})))
    assert far in bank.index.may_hold(hashes, [*bank.parts, far], bank.root)
