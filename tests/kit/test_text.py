from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from xiaoer.kit import text
from xiaoer.kit.text import pinyin, reason, say, valid_credit_code, wording


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(text, "ROOMS", tmp_path)
    wording.cache_clear()
    yield tmp_path
    wording.cache_clear()


def worded(rooms: Path, room: str, toml: str) -> None:
    (rooms / room).mkdir()
    (rooms / room / "wording.toml").write_text(toml, encoding="utf-8")


def test_a_reason_is_said_in_both_languages(rooms: Path) -> None:
    worded(
        rooms,
        "events",
        "[main_buyer_silent]\n"
        'zh = "最大买家{buyer_name}停开票 {days} 天，平时 {habit_days} 天一张，占销售 {buyer_share}"\n'
        'en = "Main buyer {buyer_name} silent for {days} days, usually one every {habit_days}; {buyer_share} of sales"\n',
    )
    told = reason(
        "main_buyer_silent", tone="bad", buyer_name="甲", days=38, habit_days=6.04, buyer_share=0.384
    )
    assert say(told, "zh-hans") == "最大买家甲停开票 38 天，平时 6 天一张，占销售 38%"
    assert say(told, "en-gb") == "Main buyer 甲 silent for 38 days, usually one every 6; 38% of sales"


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("sales_amount", 12_345_600, "12.3 万元", "¥123k"),
        ("amount", 850_000, "8,500 元", "¥8,500"),
        ("void_share", 0.0312, "3.1%", "3.1%"),
        ("void_share", -0.5, "−50%", "−50%"),
        ("pd_rate", 0.0435, "4.35%", "4.35%"),
        ("last_date", date(2026, 11, 20), "11月20日", "20 Nov"),
        ("last_date", "2025-03-01", "2025年3月1日", "1 Mar 2025"),
        ("missing_words", ["staff", "industry"], "人数、行业", "staff, industry"),
        ("days", 1234, "1,234", "1,234"),
        ("days", None, "—", "—"),
        ("ratio", 2.26, "2.3", "2.3"),
        ("names", ["甲", "乙"], "甲、乙", "甲, 乙"),
    ],
)
def test_parameters_are_shown_by_their_suffix(
    rooms: Path, name: str, value: object, zh: str, en: str
) -> None:
    words = '[staff]\nzh = "人数"\nen = "staff"\n[industry]\nzh = "行业"\nen = "industry"\n'
    worded(rooms, "kit", f'{words}[probe]\nzh = "{{{name}}}"\nen = "{{{name}}}"\n')
    told, today = reason("probe", **{name: value}), date(2026, 11, 22)
    assert (say(told, "zh", today), say(told, "en", today)) == (zh, en)


def test_dates_are_stored_as_text() -> None:
    assert reason("probe", on_date=date(2026, 1, 2))["params"] == {"on_date": "2026-01-02"}


def test_missing_wording_and_missing_parameters_are_faults(rooms: Path) -> None:
    worded(rooms, "kit", '[probe]\nzh = "{days} 天"\nen = "{days} days"\n')
    with pytest.raises(LookupError, match="no zh wording for reason 'unheard_of'"):
        say(reason("unheard_of"), "zh")
    with pytest.raises(LookupError, match=r"worded with \{days\}"):
        say(reason("probe"), "en")


def test_one_code_belongs_to_one_room(rooms: Path) -> None:
    worded(rooms, "events", '[twice]\nzh = "一"\nen = "one"\n')
    worded(rooms, "offers", '[twice]\nzh = "二"\nen = "two"\n')
    with pytest.raises(ValueError, match="another room owns"):
        wording()


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("重庆ABC(集团)贸易", "chongqingabcjituanmaoyi", "cqabcjtmy"),
        ("长沙银行", "changshayinhang", "csyh"),
        ("E123", "e123", "e123"),
        ("", "", ""),
    ],
)
def test_names_are_spelt(name: str, full: str, initials: str) -> None:
    assert pinyin(name) == (full, initials)


def test_credit_codes_carry_a_check_character() -> None:
    assert valid_credit_code("91110000600037341L")
    assert not valid_credit_code("91110000600037342L")
    assert not valid_credit_code("")


@given(st.text(st.sampled_from("重庆行长乐银行长沙音乐单位ABCx9-(（）) 、有限公司贸易朝阳"), max_size=14))
def test_names_spelt_word_by_word_sound_as_spelt_whole(name: str) -> None:
    whole = ["".join(letter for letter in chunk.lower() if letter.isalnum()) for chunk in lazy_pinyin(name)]
    assert pinyin(name)[0] == "".join(whole)
