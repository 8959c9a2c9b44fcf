"""Spoilt files, one kind after another: each a clear sentence, nothing lost, nothing half-loaded.

Every case delivers good files first, then the spoilt one, and looks at what the lake then holds.
"""

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import DuckEngine, Lake
from xiaoer.sources.contracts import contract
from xiaoer.sources.intake import load_bank, receive
from xiaoer.sources.mapping import read_mapping
from xiaoer.sources.quarantine import waiting
from xiaoer.sources.terms import FileReport

TODAY = date(2026, 11, 20)
HEADER = "customer_id,direction,invoice_no,invoice_date,gross,status"
MAPPING = """
[mapping]
name = "bank"
owner = "data desk"

[defaults]
business_date = "2026-11-20"
tolerated_bad_share = 0.5

[[source]]
table = "customers"
files = ["customers.csv"]

[[source]]
table = "invoices"
files = ["invoices*.csv", "invoices*.csv.gz"]
delivered_on = "event"

[[source]]
table = "invoices"
feed = "sheets"
format = "xlsx"
files = ["*.xlsx"]
delivered_on = "event"

[[source]]
table = "invoices"
feed = "parquet"
format = "parquet"
files = ["*.parquet"]
delivered_on = "event"
"""


def row(
    number: int, *, customer: str = "C1", day: str = "2026-10-01", gross: str = "10.00", status: str = "valid"
) -> str:
    return f"{customer},sale,{number:08d},{day},{gross},{status}"


def rows(first: int, count: int) -> list[str]:
    return [row(number) for number in range(first, first + count)]


def lines(*given: str) -> bytes:
    return "\n".join((*given, "")).encode()


@dataclass
class Bank:
    """A bank's folder, a lake that already holds ten good invoices, and what became of each delivery."""

    root: Path
    lake: Lake = field(init=False)
    engine: DuckEngine = field(init=False)

    def __post_init__(self) -> None:
        (self.root / "files").mkdir()
        self.mapping = self.root / "bank.toml"
        self.mapping.write_text(MAPPING, encoding="utf-8")
        self.lake = Lake(self.root / "lake")
        self.engine = DuckEngine(self.root / "scratch", threads=1)

    def deliver(self, name: str, content: bytes) -> FileReport:
        (self.root / "files" / name).write_bytes(content)
        bank = receive(self.mapping, self.root / "files", self.root / "inbox")
        reports = load_bank(bank, self.lake, self.engine, TODAY)
        return next(report for report in reports if report.file == name)

    def held(self) -> list[str]:
        """Invoice numbers in the lake."""
        frame = self.lake.open(contract("invoices").schema, TODAY, self.engine)
        return sorted(self.engine.collect(frame)["invoice_no"].to_pylist())

    def amount(self) -> int:
        frame = self.lake.open(contract("invoices").schema, TODAY, self.engine)
        return sum(self.engine.collect(frame)["gross"].to_pylist())

    def quarantined(self) -> pl.DataFrame:
        files = sorted((self.lake.root / "personal" / "quarantine").glob("*.parquet"))
        return pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame()

    def no_leftovers(self) -> bool:
        drafts = [
            path for path in self.lake.root.rglob("*") if "draft" in path.name or "staging" in path.name
        ]
        listed = {str(self.lake.root / part.path) for part in self.lake.manifest.live()}
        there = {str(path) for path in (self.lake.root / "delivered").rglob("*.parquet")}
        return not drafts and listed <= there


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    ready = Bank(tmp_path)
    good = ready.deliver("invoices_0.csv", lines(HEADER, *rows(0, 10)))
    assert (good.loaded, good.quarantined, good.refused) == (10, 0, "")
    return ready


def packed(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


def incompressible(count: int) -> bytes:
    made = [row(number, gross=f"{(number * 7919) % 1_000_003}.{number % 100:02d}") for number in range(count)]
    return lines(HEADER, *made)


def sheet(*cells: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for given in ([*HEADER.split(",")], *cells):
        book.active.append(given)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# -- refused whole: what, where, what was expected, what to do -------------------------------------------------

REFUSED: list[tuple[str, str, Callable[[], bytes], list[str]]] = [
    ("empty", "invoices.csv", lambda: b"", ["the file is empty", "a header line"]),
    (
        "wrong encoding in the header",
        "invoices.csv",
        lambda: ("客户号,方向\n" + row(1)).encode("gb18030"),
        ["header is not utf-8", "gb18030"],
    ),
    ("UTF-16", "invoices.csv", lambda: lines(HEADER, row(1)).decode().encode("utf-16"), ["UTF-16", "UTF-8"]),
    (
        "a required column is missing",
        "invoices.csv",
        lambda: lines("customer_id,direction,invoice_no,invoice_date,status", "C1,sale,1,2026-10-01,valid"),
        ["'gross' is missing", "line 1"],
    ),
    (
        "a renamed column",
        "invoices.csv",
        lambda: lines(HEADER.replace("invoice_date", "invoicedate"), row(1)),
        ["'invoice_date' is missing", "nearest in the file is 'invoicedate'"],
    ),
    (
        "a column twice",
        "invoices.csv",
        lambda: lines(HEADER + ",gross", row(1) + ",5"),
        ["names gross twice", "once"],
    ),
    (
        "wrong delimiter",
        "invoices.csv",
        lambda: lines(HEADER, row(1)).replace(b",", b";"),
        ["has ';' where the mapping says ','"],
    ),
    (
        "half-written gzip",
        "invoices.csv.gz",
        lambda: packed(incompressible(20_000))[:-5_000],
        ["ends in the middle", "nothing of it was loaded"],
    ),
    (
        "half-written gzip without its last bytes",
        "invoices.csv.gz",
        lambda: packed(incompressible(2_000))[:-6],
        ["ends in the middle", "nothing of it was loaded"],
    ),
    ("not gzip at all", "invoices.csv.gz", lambda: lines(HEADER, row(1)), ["not packed with gzip"]),
    (
        "an endless line",
        "invoices.csv",
        lambda: lines(HEADER, row(1)) + b"x" * (3 << 20),
        ["longer than 1 MiB"],
    ),
    ("an endless header", "invoices.csv", lambda: b"x" * (3 << 20), ["longer than 1 MiB"]),
    (
        "an endless line in a small gzip",
        "invoices.csv.gz",
        lambda: packed(lines(HEADER, row(1)) + b"0" * (30 << 20)),
        ["longer than 1 MiB"],
    ),
    (
        "too many bad rows",
        "invoices.csv",
        lambda: lines(HEADER, row(11), *(row(number, day="13/40/2026") for number in range(12, 20))),
        ["8 of 9 rows are bad", "not_a_date 8", "refused whole", "stays"],
    ),
    ("a picture named xlsx", "book.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, ["cannot be read"]),
    ("a half-written xlsx", "book.xlsx", lambda: sheet(row(1).split(","))[:-400], ["cannot be read"]),
    ("text named parquet", "a.parquet", lambda: lines(HEADER, row(1)), ["cannot be read"]),
]


@pytest.mark.parametrize(
    ("name", "content", "says"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused_whole(bank: Bank, name: str, content: Callable[[], bytes], says: list[str]) -> None:
    before = bank.held()
    report = bank.deliver(name, content())
    assert report.loaded == 0
    assert name in report.refused
    for words in says:
        assert words in report.refused, report.refused
    assert report.refused.endswith((".", "。", "?"))
    assert bank.held() == before
    assert bank.no_leftovers()


# -- loaded but for the bad rows -------------------------------------------------------------------------------

PARTED: list[tuple[str, list[str], dict[str, int], int]] = [
    (
        "bad dates",
        [row(11, day="2026-13-02"), row(12, day="20261001"), row(13, day="昨天")],
        {"not_a_date": 3},
        3,
    ),
    ("a day that does not exist", [row(11, day="2026-02-30")], {"not_a_date": 1}, 1),
    (
        "bad numbers",
        [row(11, gross="十元"), row(12, gross="1,2"), row(13, gross="--")],
        {"not_a_number": 2},
        3,
    ),
    ("parts of a fen", [row(11, gross="10.005")], {"not_whole_cents": 1}, 1),
    ("not finite", [row(11, gross="NaN"), row(12, gross="inf"), row(13, gross="1e400")], {}, 3),
    ("required fields empty", [row(11, gross=""), row(12, customer="  ")], {"empty_required": 2}, 2),
    ("unknown value codes", [row(11, status="cancelled"), row(12, status="有效")], {"unknown_code": 2}, 2),
    ("days to come", [row(11, day="2026-11-21"), row(12, day="2106-01-01")], {"in_the_future": 2}, 2),
    ("duplicate keys", [row(11), row(11, gross="11.00")], {"duplicate_key": 1}, 1),
    ("exact duplicate rows", [row(11), row(11), row(11)], {"exact_duplicate": 2}, 2),
    ("too few and too many fields", ["C1,sale,11", row(12) + ",x,y"], {"ragged_row": 2}, 2),
    (
        "formula cells",
        [row(11, gross='"=1+1"'), row(12, customer="=cmd|' /C calc'!A0")],
        {"formula_cell": 2},
        2,
    ),
    ("NUL bytes", [row(11, customer="C\x001")], {"bad_characters": 1}, 1),
]


@pytest.mark.parametrize(
    ("spoilt", "reasons", "bad"), [case[1:] for case in PARTED], ids=[case[0] for case in PARTED]
)
def test_bad_rows_are_parted(bank: Bank, spoilt: list[str], reasons: dict[str, int], bad: int) -> None:
    good = rows(100, 10)
    report = bank.deliver("invoices_1.csv", lines(HEADER, *good[:5], *spoilt, *good[5:]))
    assert report.refused == ""
    assert report.quarantined == bad
    assert report.loaded + report.quarantined == len(good) + len(spoilt)
    assert sum(report.reasons.values()) == bad
    for reason, count in reasons.items():
        assert report.reasons.get(reason) == count, report.reasons
    assert len(bank.held()) == 10 + report.loaded
    kept = bank.quarantined()
    assert kept["line"].n_unique() == bad
    assert set(kept["file"]) == {"invoices_1.csv"}
    assert all(7 <= line <= 6 + len(spoilt) for line in kept["line"]), kept
    assert bank.no_leftovers()


def test_an_unclosed_quote_swallows_no_row(bank: Bank) -> None:
    """The lines it runs over are bad, each by itself, and the lines before it are good."""
    good = rows(100, 12)
    broken = [*good[:8], row(11, customer='"C1'), *good[8:], "too,short"]
    report = bank.deliver("invoices_1.csv", lines(HEADER, *broken))
    assert (report.loaded, report.quarantined, report.refused) == (8, 6, "")
    kept = bank.quarantined().sort("line")
    assert kept["line"].to_list() == list(range(10, 16))
    assert kept["row"].to_list()[1:] == [*good[8:], "too,short"]


def test_figures_that_are_no_figures(bank: Bank) -> None:
    header = HEADER + ",tax_rate"
    spoilt = [row(11) + ",NaN", row(12) + ",inf", row(13) + ",13%x", row(14) + ",-0.1"]
    report = bank.deliver("invoices_1.csv", lines(header, *(line + ",13%" for line in rows(100, 5)), *spoilt))
    assert (report.loaded, report.quarantined) == (5, 4)
    assert report.reasons == {"not_a_number": 3, "out_of_range": 1}


def test_wrong_encoding_in_the_rows_is_seen_row_by_row(bank: Bank) -> None:
    broken = lines(HEADER, *rows(100, 9)) + row(11, customer="客户").encode("gb18030") + b"\n"
    report = bank.deliver("invoices_1.csv", broken)
    assert (report.loaded, report.quarantined, report.reasons) == (9, 1, {"bad_characters": 1})


def test_half_a_gb18030_character_at_the_end_loses_nothing(bank: Bank) -> None:
    bank.mapping.write_text(
        MAPPING.replace("[defaults]", '[defaults]\nencoding = "gb18030"'), encoding="utf-8"
    )
    broken = (HEADER + "\n" + "\n".join(rows(100, 9)) + "\n" + row(11, customer="客")).encode("gb18030")
    report = bank.deliver("invoices_1.csv", broken[: broken.index("客".encode("gb18030")) + 1])
    assert report.loaded == 9
    assert report.quarantined == 1


def test_a_byte_order_mark_is_stepped_over(bank: Bank) -> None:
    report = bank.deliver("invoices_1.csv", b"\xef\xbb\xbf" + lines(HEADER, *rows(100, 3)))
    assert (report.loaded, report.quarantined, report.refused) == (3, 0, "")


def test_windows_line_ends_blank_lines_and_no_last_line_end(bank: Bank) -> None:
    text = "\r\n".join([HEADER, row(100), "", row(101), "", row(102)])
    report = bank.deliver("invoices_1.csv", text.encode())
    assert (report.loaded, report.quarantined, report.refused) == (3, 0, "")


def test_an_extra_column_is_no_harm(bank: Bank) -> None:
    report = bank.deliver("invoices_1.csv", lines(HEADER + ",colour", row(100) + ",red"))
    assert (report.loaded, report.refused) == (1, "")


def test_missing_optional_columns_are_named(bank: Bank) -> None:
    report = bank.deliver("invoices_1.csv", lines(HEADER, row(100)))
    assert {"tax_rate", "goods"} <= set(report.missing_fields)


def test_formula_cells_in_a_sheet(bank: Bank) -> None:
    day = "2026-10-01"
    report = bank.deliver(
        "book.xlsx",
        sheet(
            ["C1", "sale", "00000100", day, 10, "valid"],
            ["C1", "sale", "00000101", day, "=SUM(A1:A9)", "valid"],
            ["=HYPERLINK(1)", "sale", "00000102", day, 10, "valid"],
            ["C1", "sale", "00000103", day, 10.25, "valid"],
        ),
    )
    assert (report.loaded, report.quarantined, report.reasons) == (2, 2, {"formula_cell": 2})
    assert bank.quarantined()["line"].to_list() == [3, 4]


def test_date_cells_of_a_sheet_are_dates_whatever_the_bank_writes_in_text(bank: Bank) -> None:
    bank.mapping.write_text(
        MAPPING.replace("[defaults]", '[defaults]\ndate_format = "%Y/%m/%d"'), encoding="utf-8"
    )
    (bank.root / "files" / "invoices_0.csv").unlink()
    (bank.root / "inbox" / "bank" / "invoices_0.csv").unlink()
    day = datetime(2026, 10, 1)  # noqa: DTZ001  (a sheet's cells have no time zone)
    report = bank.deliver("book.xlsx", sheet(["C1", "sale", "00000100", day, 10, "valid"]))
    assert (report.loaded, report.quarantined, report.refused) == (1, 0, "")


def test_a_sheet_that_is_not_there_is_named(bank: Bank) -> None:
    bank.mapping.write_text(
        MAPPING.replace('format = "xlsx"', 'format = "xlsx"\nsheet = "发票"'), encoding="utf-8"
    )
    report = bank.deliver("book.xlsx", sheet(["C1", "sale", "00000100", "2026-10-01", 10, "valid"]))
    assert "发票" in report.refused
    assert "Sheet" in report.refused


def test_the_same_file_twice_changes_nothing(bank: Bank) -> None:
    content = lines(HEADER, *rows(100, 3))
    first = bank.deliver("invoices_1.csv", content)
    held, manifest = bank.held(), bank.lake.manifest_path.read_bytes()
    again = bank.deliver("invoices_1.csv", content)
    assert (first.unchanged, again.unchanged) == (False, True)
    assert (bank.held(), bank.lake.manifest_path.read_bytes()) == (held, manifest)


def test_a_file_changed_under_the_same_name_adds_and_corrects_by_key(bank: Bank) -> None:
    bank.deliver("invoices_1.csv", lines(HEADER, *rows(100, 3)))
    report = bank.deliver("invoices_1.csv", lines(HEADER, row(101, gross="20.00"), row(200, gross="99.00")))
    assert (report.loaded, report.unchanged) == (2, False)
    assert bank.held() == [f"{number:08d}" for number in [*range(10), 100, 101, 102, 200]]
    assert bank.amount() == 10 * 10_00 + 2 * 10_00 + 20_00 + 99_00


def test_a_file_changed_under_the_same_name_replaces_where_the_mapping_says_so(bank: Bank) -> None:
    bank.mapping.write_text(
        MAPPING.replace("[defaults]", '[defaults]\nredelivery = "replaces"'), encoding="utf-8"
    )
    bank.deliver("invoices_1.csv", lines(HEADER, *rows(100, 3)))
    bank.deliver("invoices_1.csv", lines(HEADER, *rows(101, 1), row(200, gross="99.00")))
    assert bank.held() == [f"{number:08d}" for number in [*range(10), 101, 200]]


def test_rows_without_a_key_delivered_again_need_a_word_from_the_mapping(bank: Bank) -> None:
    keyless = MAPPING.replace("[defaults]", '[defaults]\nduplicate_keys = "keep"')
    bank.mapping.write_text(keyless, encoding="utf-8")
    bank.deliver("invoices_1.csv", lines(HEADER, *rows(100, 3)))
    again = bank.deliver("invoices_1.csv", lines(HEADER, *rows(100, 4)))
    assert "have no key" in again.refused
    assert 'redelivery = "replaces" or "adds"' in again.refused


def test_two_banks_in_one_inbox_keep_their_feeds_apart(bank: Bank) -> None:
    other = bank.root / "other.toml"
    other.write_text(MAPPING.replace('name = "bank"', 'name = "second"'), encoding="utf-8")
    with pytest.raises(Refusal, match="belongs to the mapping 'bank' already"):
        receive(other, bank.root / "files", bank.root / "inbox")


def test_a_firm_in_two_feeds_is_one_firm(bank: Bank) -> None:
    second = MAPPING + '\n[[source]]\ntable = "customers"\nfeed = "late"\nfiles = ["late.csv"]\n'
    bank.mapping.write_text(second, encoding="utf-8")
    bank.deliver("customers.csv", b"customer_id,region\nC1,east\nC2,east\n")
    bank.deliver("late.csv", b"customer_id,region\nC1,west\n")
    rows = bank.engine.collect(bank.lake.open(contract("customers").schema, TODAY, bank.engine)).to_pylist()
    assert sorted((row["customer_id"], row["region"]) for row in rows) == [("C1", "west"), ("C2", "east")]


def test_an_old_file_stays_old(bank: Bank) -> None:
    """What arrived in November must not be known to a night of June, whoever loads it when."""
    undated = MAPPING.replace('business_date = "2026-11-20"\n', "")
    bank.mapping.write_text(undated.replace('name = "bank"', 'name = "bank"'), encoding="utf-8")
    (bank.root / "files" / "customers.csv").write_bytes(b"customer_id\nC1\n")
    received = receive(bank.mapping, bank.root / "files", bank.root / "inbox", TODAY)
    load_bank(received, bank.lake, bank.engine)
    assert not bank.lake.delivered("customers", date(2026, 6, 30))
    assert bank.lake.delivered("customers", TODAY)
    manifest = bank.lake.manifest_path.read_bytes()
    load_bank(received, bank.lake, bank.engine)
    assert bank.lake.manifest_path.read_bytes() == manifest


def test_the_later_delivery_speaks_whichever_is_loaded_first(bank: Bank) -> None:
    dated = MAPPING.replace(
        'files = ["invoices*.csv", "invoices*.csv.gz"]\ndelivered_on = "event"',
        'files = ["dated_*.csv"]\ndated = "dated_(?P<date>\\\\d{8})"',
    )
    bank.mapping.write_text(dated, encoding="utf-8")
    bank.deliver("dated_20261031.csv", lines(HEADER, row(900, gross="200.00")))
    bank.deliver("dated_20261015.csv", lines(HEADER, row(900, gross="100.00")))
    assert bank.amount() == 10 * 10_00 + 200_00


def test_a_good_file_that_comes_again_spoilt_leaves_what_was_loaded(bank: Bank) -> None:
    bank.deliver("invoices_1.csv", lines(HEADER, *rows(100, 3)))
    before = bank.held()
    report = bank.deliver(
        "invoices_1.csv", lines(HEADER, *(row(number, day="?") for number in range(100, 103)))
    )
    assert report.refused
    assert bank.held() == before
    again = bank.deliver("invoices_1.csv", lines(HEADER, *rows(100, 4)))
    assert again.loaded == 4
    assert len(bank.held()) == 14


def test_a_trial_run_reports_and_loads_nothing(bank: Bank) -> None:
    before = bank.held(), bank.lake.manifest_path.read_bytes()
    (bank.root / "files" / "invoices_1.csv").write_bytes(lines(HEADER, *rows(100, 3), row(104, day="?")))
    folder = bank.root / "files"
    reports = load_bank(folder, bank.lake, bank.engine, TODAY, mapping_path=bank.mapping, dry_run=True)
    report = next(report for report in reports if report.file == "invoices_1.csv")
    assert (report.loaded, report.quarantined) == (3, 1)
    assert (bank.held(), bank.lake.manifest_path.read_bytes()) == before
    assert bank.quarantined().is_empty()


def test_one_spoilt_file_does_not_stop_the_others(bank: Bank) -> None:
    (bank.root / "files" / "invoices_1.csv").write_bytes(b"")
    report = bank.deliver("invoices_2.csv", lines(HEADER, *rows(100, 3)))
    assert report.loaded == 3


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "bank.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "files").mkdir()
    with pytest.raises(Refusal, match="no file of mapping 'bank' is there"):
        receive(tmp_path / "bank.toml", tmp_path / "files", tmp_path / "inbox")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("[mapping", "this is not a mapping"),
        ('[mapping]\nname = "b"\n[[source]]\ntable = "invoicez"\nfiles = []', "invoicez"),
        ('[mapping]\nname = "b"\n[[source]]\ntable = "invoices"\nfile = ["a"]', "did you mean 'files'"),
        (
            '[mapping]\nname = "b"\n[[source]]\ntable = "invoices"\nfiles = ["a"]\nrename = { gros = "x" }',
            "'gross'",
        ),
    ],
)
def test_a_spoilt_mapping_names_the_word_that_was_meant(tmp_path: Path, wrong: str, message: str) -> None:
    path = tmp_path / "bank.toml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(Refusal, match=message):
        read_mapping(path)


def test_a_quarantined_row_is_kept_word_for_word_on_the_erasable_side(bank: Bank) -> None:
    bank.deliver("invoices_1.csv", lines(HEADER, *rows(100, 3), row(11, day="2026-13-02")))
    kept = bank.quarantined().row(0, named=True)
    assert (kept["line"], kept["column"], kept["reason"], kept["value"]) == (
        5,
        "invoice_date",
        "not_a_date",
        "2026-13-02",
    )
    assert "00000011" in kept["row"]
    for path in (bank.lake.root / "delivered").rglob("*.parquet"):
        assert "row" not in pq.read_schema(path).names


def test_a_month_without_news_is_taken_and_a_book_without_firms_refused(bank: Bank) -> None:
    quiet = bank.deliver("invoices_1.csv", lines(HEADER))
    assert (quiet.loaded, quiet.quarantined, quiet.refused) == (0, 0, "")
    assert bank.deliver("invoices_1.csv", lines(HEADER)).unchanged
    assert len(bank.held()) == 10
    empty = bank.deliver("customers.csv", b"customer_id\n")
    assert "a header and no rows" in empty.refused
    assert "at least one row" in empty.refused
    assert not bank.lake.delivered("customers", TODAY)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('numbers = { money_unit = "万元" }', "wan (万元)"),
        ('numbers = "万元"', "money_unit"),
        ("tolerated_bad_share = '5%'", "a share between 0 and 1"),
        ("dated = '(?P<date>'", "a group called date"),
        ("dated = 'x'", "a group called date"),
        ('delimiter = "|!"', "one character"),
        ('values = { kind = "x" }', "word in the file"),
        ("key = 'customer_id'", "a list of columns"),
    ],
)
def test_a_slip_in_the_mapping_is_a_sentence(tmp_path: Path, entry: str, told: str) -> None:
    path = tmp_path / "bank.toml"
    plain = MAPPING.replace("tolerated_bad_share = 0.5\n", "")
    path.write_text(plain.replace("[defaults]", f"[defaults]\n{entry}"), encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        read_mapping(path)
    assert told in str(refusal.value)


def test_what_is_held_back_can_be_read_even_of_a_refused_file(bank: Bank) -> None:
    report = bank.deliver("invoices_1.csv", lines(HEADER, *(row(n, day="?") for n in range(3)), row(9)))
    assert report.refused
    held = waiting(bank.lake.root, "invoices_1")
    assert held.select("line", "column", "reason").rows() == [
        (n, "invoice_date", "not_a_date") for n in (2, 3, 4)
    ]
