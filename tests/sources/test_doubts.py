"""Typing errors: what is safe is put right, what cannot be right is counted, no row is lost for it."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from tests.sources.dated_bank import DatedBank
from xiaoer.sources.cells import Batch
from xiaoer.sources.contracts import contract
from xiaoer.sources.doubts import SIGNS, mend, put_right
from xiaoer.sources.terms import Form

CODE = "91110000600037341L"
HEADER = "customer_id,credit_code,phone"


def one(word: str, form: Form) -> tuple[str, bool]:
    text, odd = put_right(pl.Series("cell", [word]), form)
    return str(text[0]), bool(odd[0])


@pytest.mark.parametrize(
    ("word", "reads"),
    [
        (CODE, CODE),
        (f"  {CODE}\u3000", CODE),
        (CODE.lower(), CODE),
        ("９１１１００００６０００３７３４１Ｌ", CODE),
        ("911100 0060003 7341L", CODE),
        ("911100-00600037341-L", CODE),
        ("", ""),
        ("   ", ""),
    ],
)
def test_codes_are_put_right_where_the_check_sign_then_holds(word: str, reads: str) -> None:
    assert one(word, Form.CREDIT_CODE) == (reads, False)


@pytest.mark.parametrize(
    "word", ["91110000600073341L", "9111 0000600073341L", CODE[:-1], "420103000012345", "x"]
)
def test_codes_that_cannot_be_right_keep_their_words(word: str) -> None:
    text, odd = one(word, Form.CREDIT_CODE)
    assert odd
    assert text == word.upper()


@given(st.text(SIGNS, min_size=17, max_size=17), st.sampled_from(SIGNS))
def test_the_check_sign_is_the_standard_s(body: str, last: str) -> None:
    digits = "".join(str(SIGNS.index(sign) % 10) for sign in body[:8])
    code = digits + body[8:] + last
    assert one(code, Form.CREDIT_CODE)[1] == (not uscc.is_valid(code))
    right = code[:17] + uscc.calc_check_digit(code[:17])
    assert one(right, Form.CREDIT_CODE) == (right, False)


@given(st.integers(8, 16))
def test_two_neighbours_swapped_are_always_seen(at: int) -> None:
    swapped = CODE[:at] + CODE[at + 1] + CODE[at] + CODE[at + 2 :]
    assert one(swapped, Form.CREDIT_CODE)[1] == (swapped != CODE)


@pytest.mark.parametrize(
    ("word", "reads"),
    [
        ("13900000000", "13900000000"),
        ("139 0000 0000", "13900000000"),
        ("139-0000-0000", "139-0000-0000"),
        ("+86 13900000000", "+8613900000000"),
        ("１３９００００００００", "13900000000"),
        ("027-82000000", "027-82000000"),
        ("（027）82000000", "(027)82000000"),
        ("0716-8200000", "0716-8200000"),
        ("82000000", "82000000"),
        ("027-82000000-801", "027-82000000-801"),
        ("027-82000000转801", "027-82000000转801"),
        ("400-820-8820", "400-820-8820"),
        ("95588", "95588"),
        ("+85298765432", "+85298765432"),
        ("13900000000、027-82000000", "13900000000、027-82000000"),
        ("13900000000 13800000000", "13900000000 13800000000"),
    ],
)
def test_telephone_numbers_as_people_write_them(word: str, reads: str) -> None:
    assert one(word, Form.TELEPHONE) == (reads, False)


@pytest.mark.parametrize(
    "word",
    ["1390000000", "139000000000", "027-8200000", "0716-82000000123", "无", "139000O0000", "+861390000000"],
)
def test_numbers_with_a_digit_too_many_or_too_few_are_doubtful(word: str) -> None:
    assert one(word, Form.TELEPHONE) == (word, True)


def test_keys_in_full_width_signs_are_the_same_keys() -> None:
    raw = Batch.of(pl.DataFrame({"customer_id": ["Ｃ０００１", "C0002", "武汉Ａ公司"], "line_no": [2, 3, 4]}))
    mended, marks = mend(raw, contract("customers"))
    assert mended.frame()["customer_id"].to_list() == ["C0001", "C0002", "武汉Ａ公司"]
    assert marks["mended customer_id"].tolist() == [True, False, False]
    assert set(marks) == {"mended customer_id"}


def test_nothing_is_marked_where_nothing_is_wrong() -> None:
    raw = pl.DataFrame({"customer_id": ["C1"], "credit_code": [CODE], "phone": [""], "line_no": [2]})
    assert mend(Batch.of(raw), contract("customers"))[1] == {}


def test_rows_are_loaded_as_they_should_read_and_counted(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path)
    report = bank.deliver(
        "customers_20261031.csv",
        HEADER,
        f"C1,{CODE},139 0000 0000",
        "C2,91110000600073341L,1390000000",
        "Ｃ３,９１１１００００６０００３７３４１Ｌ,",
        f"C1,{CODE},139 0000 0000",
        ",91110000600073341L,139000000000",
    )
    assert (report.loaded, report.quarantined) == (3, 2)
    assert report.doubtful == {"credit_code": 1, "phone": 1}
    assert report.mended == {"phone": 1, "credit_code": 1, "customer_id": 1}
    held = {row["customer_id"]: row["credit_code"] for row in bank.rows("customers")}
    assert held == {"C1": CODE, "C2": "91110000600073341L", "C3": CODE}


def test_a_cell_with_broken_characters_is_quarantined_not_doubted(tmp_path: Path) -> None:
    bank = DatedBank(tmp_path)
    report = bank.deliver("customers_20261031.csv", HEADER, "C1,9111\ufffd,", f"C2,{CODE},")
    assert (report.reasons, report.doubtful) == ({"bad_characters": 1}, {})
