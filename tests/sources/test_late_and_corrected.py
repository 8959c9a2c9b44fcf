"""What comes after its time and what is said anew: counted against the files that came before, to the row."""

from datetime import date
from pathlib import Path

import narwhals as nw
import pyarrow.parquet as pq
import pytest

from tests.sources.dated_bank import TODAY, DatedBank
from xiaoer.kit.tables.words import last_word
from xiaoer.sources.contracts import contract
from xiaoer.sources.terms import Renaming

HEADER = "customer_id,direction,invoice_no,invoice_date,gross,status"
SEPTEMBER, OCTOBER, NOVEMBER = "invoices_20260930.csv", "invoices_20261031.csv", "invoices_20261130.csv"


def row(number: int, day: str, gross: str = "10.00", status: str = "valid") -> str:
    return f"C1,sale,{number:08d},{day},{gross},{status}"


@pytest.fixture
def bank(tmp_path: Path) -> DatedBank:
    """A bank that delivered three invoices for September."""
    ready = DatedBank(tmp_path / "bank")
    first = ready.deliver(SEPTEMBER, HEADER, *(row(n, f"2026-09-{n:02d}") for n in (1, 2, 30)))
    assert (first.loaded, first.late, first.corrected) == (3, 0, 0)
    return ready


def test_a_row_on_the_very_business_date_is_late_the_day_after_is_not(bank: DatedBank) -> None:
    report = bank.deliver(
        OCTOBER, HEADER, row(101, "2026-09-29"), row(102, "2026-09-30"), row(103, "2026-10-01")
    )
    assert (report.loaded, report.late, report.corrected) == (3, 2, 0)


def test_the_newest_earlier_file_counts_not_the_last_loaded(bank: DatedBank) -> None:
    bank.deliver(NOVEMBER, HEADER, row(201, "2026-11-02"))
    report = bank.deliver(OCTOBER, HEADER, row(101, "2026-10-05"), row(102, "2026-10-31"))
    assert (report.late, report.corrected) == (2, 0), "delivered out of order: all of it comes after its time"


def test_several_files_of_one_day_are_not_late_for_one_another(bank: DatedBank) -> None:
    bank.deliver("invoices_20261031_01.csv", HEADER, row(101, "2026-10-05"))
    report = bank.deliver("invoices_20261031_02.csv", HEADER, row(102, "2026-10-05"), row(103, "2026-09-30"))
    assert (report.late, report.corrected) == (1, 0)


def test_a_new_word_is_a_correction_and_not_late(bank: DatedBank) -> None:
    report = bank.deliver(
        OCTOBER, HEADER, row(1, "2026-09-01", status="void"), row(104, "2026-09-15"), row(105, "2026-10-15")
    )
    assert (report.loaded, report.late, report.corrected) == (3, 1, 1)
    assert [one["status"] for one in bank.rows("invoices") if one["invoice_no"] == "00000001"] == ["void"]


def test_a_correction_of_a_correction(bank: DatedBank) -> None:
    bank.deliver(OCTOBER, HEADER, row(1, "2026-09-01", gross="11.00"))
    report = bank.deliver(
        NOVEMBER, HEADER, row(1, "2026-09-01", gross="12.00"), row(2, "2026-09-02", gross="9.00")
    )
    assert (report.late, report.corrected) == (0, 2)
    held = {one["invoice_no"]: one["gross"] for one in bank.rows("invoices")}
    assert held == {"00000001": 1200, "00000002": 900, "00000030": 1000}


def test_what_was_known_before_a_correction_stays_known(bank: DatedBank) -> None:
    bank.deliver(OCTOBER, HEADER, row(1, "2026-09-01", gross="11.00"))
    bank.deliver(NOVEMBER, HEADER, row(1, "2026-09-01", gross="12.00"))
    for day, gross in ((date(2026, 10, 1), 1000), (date(2026, 10, 31), 1100), (date(2026, 11, 30), 1200)):
        assert [one["gross"] for one in bank.rows("invoices", day) if one["invoice_no"] == "00000001"] == [
            gross
        ]


def test_repeats_and_bad_rows_are_neither_late_nor_corrected(bank: DatedBank) -> None:
    late, again = row(104, "2026-09-15"), row(1, "2026-09-01", gross="11.00")
    report = bank.deliver(
        OCTOBER, HEADER, late, late, again, again, row(105, "2026-09-15", gross="x"), row(106, "2026-10-01")
    )
    assert (report.loaded, report.quarantined, report.late, report.corrected) == (3, 3, 1, 1)


def test_a_day_that_comes_again_corrects_what_it_repeats(bank: DatedBank) -> None:
    report = bank.deliver(SEPTEMBER, HEADER, row(1, "2026-09-01", gross="11.00"), row(4, "2026-09-04"))
    assert (report.loaded, report.late, report.corrected) == (2, 0, 1)


def test_a_day_that_replaces_itself_corrects_nothing(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    bank.mapping.write_text(
        bank.mapping.read_text("utf-8").replace("[defaults]", '[defaults]\nredelivery = "replaces"'), "utf-8"
    )
    bank.deliver(SEPTEMBER, HEADER, row(1, "2026-09-01"))
    report = bank.deliver(SEPTEMBER, HEADER, row(1, "2026-09-01", gross="11.00"))
    assert (report.late, report.corrected) == (0, 0)


def test_a_trial_run_counts_the_same_and_keeps_nothing(bank: DatedBank) -> None:
    words = (OCTOBER, HEADER, row(1, "2026-09-01", status="void"), row(104, "2026-09-15"))
    trial = bank.deliver(*words, dry_run=True)
    assert (trial.late, trial.corrected) == (1, 1)
    assert len(bank.rows("invoices")) == 3
    real = bank.deliver(*words)
    assert (real.late, real.corrected) == (trial.late, trial.corrected)


def test_a_snapshot_says_all_again_and_corrects_nothing(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    bank.deliver("customers_20260930.csv", "customer_id,status", "C1,active")
    report = bank.deliver("customers_20261031.csv", "customer_id,status", "C1,closed", "C2,active")
    assert (report.late, report.corrected) == (0, 0)


def test_two_files_of_one_snapshot_correct_one_another(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    bank.deliver("customers_20261031_01.csv", "customer_id,status", "C1,active", "C2,active")
    report = bank.deliver("customers_20261031_02.csv", "customer_id,status", "C1,closed", "C3,active")
    assert (report.late, report.corrected) == (0, 1)
    assert {one["customer_id"]: one["status"] for one in bank.rows("customers")} == {
        "C1": "closed",
        "C2": "active",
        "C3": "active",
    }


def test_readers_look_for_the_last_word_on_the_keys_said_anew_alone(bank: DatedBank) -> None:
    """The short way gives what the long way over all keys would."""
    bank.deliver(OCTOBER, HEADER, row(1, "2026-09-01", gross="11.00"), row(101, "2026-10-01"))
    bank.deliver(NOVEMBER, HEADER, row(1, "2026-09-01", gross="12.00"), row(101, "2026-10-01", gross="7.00"))
    schema = contract("invoices").schema
    parts = bank.lake.manifest.live()
    assert [bool(part.corrections) for part in parts] == [False, True, True]
    every = bank.engine.scan([bank.lake.root / part.path for part in parts])
    long_way = bank.engine.collect(
        last_word(every, schema.key).select("invoice_no", "gross").sort("invoice_no")
    )
    short_way = bank.lake.open(schema, date(2026, 12, 31), bank.engine).select("invoice_no", "gross")
    assert bank.engine.collect(short_way.sort("invoice_no")).to_pylist() == long_way.to_pylist()
    assert short_way.select(nw.len()).collect().item() == 4
    for part in parts[1:]:  # as loads before this one were laid down: keys alone
        path = bank.lake.root / str(part.corrections)
        pq.write_table(
            pq.read_table(path).select(list(schema.key)).group_by(list(schema.key)).aggregate([]), path
        )
    older = bank.lake.open(schema, date(2026, 12, 31), bank.engine).select("invoice_no", "gross")
    assert bank.engine.collect(older.sort("invoice_no")).to_pylist() == long_way.to_pylist()


DAYS = [date(2026, 9, 20), date(2026, 9, 30), date(2026, 10, 5), date(2026, 11, 1), date(2026, 11, 30), TODAY]
SEEN = (nw.col("invoice_no"), nw.col("gross"), nw.col("invoice_date"), nw.col("load_no"))


def seen_by_history(bank: DatedBank, day: date) -> list[dict[str, object]]:
    """The rows of a history of many days that one of them lies between."""
    rows = bank.lake.history(contract("invoices").schema, DAYS, bank.engine).filter(
        nw.col("known_from") <= day, nw.col("known_until").is_null() | (nw.col("known_until") > day)
    )
    return bank.engine.collect(rows.select(*SEEN).sort("invoice_no", "load_no")).to_pylist()


def seen_on(bank: DatedBank, day: date) -> list[dict[str, object]]:
    rows = bank.lake.open(contract("invoices").schema, day, bank.engine)
    return bank.engine.collect(rows.select(*SEEN).sort("invoice_no", "load_no")).to_pylist()


def test_a_history_gives_each_day_what_it_knew(bank: DatedBank) -> None:
    """Late rows, corrections of corrections, one that moves a paper to a later day."""
    assert [seen_by_history(bank, day) for day in DAYS] == [seen_on(bank, day) for day in DAYS]
    bank.deliver(OCTOBER, HEADER, row(1, "2026-09-01", gross="11.00"), row(101, "2026-09-15"))
    bank.deliver(NOVEMBER, HEADER, row(1, "2026-11-20", gross="12.00"), row(101, "2026-09-15", gross="7.00"))
    bank.deliver(SEPTEMBER, HEADER, row(2, "2026-09-02", gross="9.00"), arrived=TODAY)
    told = [seen_by_history(bank, day) for day in DAYS]
    assert told == [seen_on(bank, day) for day in DAYS]
    assert [[one["gross"] for one in rows if one["invoice_no"] == "00000001"] for rows in told] == [
        [], [1000], [1000], [1100], [1200], [1200]
    ]  # fmt: skip


def test_a_history_knows_a_replaced_file_until_the_other_came(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    words = bank.mapping.read_text("utf-8").replace("[defaults]", '[defaults]\nredelivery = "replaces"')
    bank.mapping.write_text(words, "utf-8")
    bank.deliver(SEPTEMBER, HEADER, row(1, "2026-09-01"), row(2, "2026-09-02"))
    bank.deliver(SEPTEMBER, HEADER, row(1, "2026-09-01", gross="11.00"), arrived=date(2026, 11, 1))
    told = [seen_by_history(bank, day) for day in DAYS]
    assert told == [seen_on(bank, day) for day in DAYS]
    assert [len(rows) for rows in told] == [0, 2, 2, 1, 1, 1]


def test_a_history_of_rows_told_apart_by_another_key_is_each_day_s_own(tmp_path: Path) -> None:
    """Where nobody noted which keys were said anew, every day is opened for itself."""
    bank = DatedBank(tmp_path / "bank")
    words = bank.mapping.read_text("utf-8").replace(
        'table = "invoices"', 'table = "invoices"\nkey = ["direction", "invoice_no"]'
    )
    bank.mapping.write_text(words, "utf-8")
    bank.deliver(SEPTEMBER, HEADER, row(1, "2026-09-01"), row(2, "2026-09-02"))
    bank.deliver(OCTOBER, HEADER, row(1, "2026-09-01", gross="11.00"))
    assert [part.corrections for part in bank.lake.manifest.live() if part.corrects] == [None]
    told = [seen_by_history(bank, day) for day in DAYS]
    assert told == [seen_on(bank, day) for day in DAYS]
    assert [[one["gross"] for one in rows] for rows in told[1:4]] == [
        [1000, 1000],
        [1000, 1000],
        [1100, 1000],
    ]


def test_a_history_of_nothing_has_its_columns(bank: DatedBank) -> None:
    rows = bank.lake.history(contract("transactions").schema, DAYS, bank.engine)
    assert {"amount", "known_from", "known_until"} <= set(rows.collect_schema())
    assert bank.engine.collect(rows).num_rows == 0


def test_a_branch_s_new_name_is_told_once(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    header = "branch_id,name"
    assert bank.deliver("branches_20260831.csv", header, "B1,江汉路支行", "B2,江岸支行").renamed == ()
    report = bank.deliver("branches_20260930.csv", header, "B1,江汉支行", "B2,江岸支行", "B3,武昌支行")
    assert report.renamed == (Renaming("B1", "江汉路支行", "江汉支行"),)
    assert bank.deliver("branches_20261031.csv", header, "B1,江汉支行").renamed == ()


def test_a_name_is_held_against_the_snapshot_before_whenever_it_was_loaded(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path / "bank")
    bank.deliver("branches_20261031.csv", "branch_id,name", "B1,江汉支行")
    assert bank.deliver("branches_20260930.csv", "branch_id,name", "B1,江汉路支行").renamed == ()
    report = bank.deliver("branches_20261130.csv", "branch_id,name", "B1,江汉中路支行")
    assert report.renamed == (Renaming("B1", "江汉支行", "江汉中路支行"),)
