"""Figures as a reader of either language expects them."""

from datetime import date

import pytest

from xiaoer.kit.screens import formats

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (426_000, "¥4,260", "¥4,260"),
        (-426_000, "−¥4,260", "−¥4,260"),
        (123_456_700, "123.5 万元", "¥1.2m"),
        (None, "—", "—"),
    ],
)
def test_money(fen: int | None, zh: str, en: str) -> None:
    assert formats.money(fen, "zh-hans") == zh
    assert formats.money(fen, "en") == en


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2026, 11, 20), "今天", "today"),
        (date(2026, 11, 21), "明天", "tomorrow"),
        (date(2026, 12, 2), "12月2日", "2 Dec"),
        (date(2027, 1, 2), "2027年1月2日", "2 Jan 2027"),
    ],
)
def test_days_near_and_far(day: date, zh: str, en: str) -> None:
    assert formats.near_day(day, "zh-hans", TODAY) == zh
    assert formats.near_day(day, "en", TODAY) == en


def test_a_missing_figure_is_never_a_zero() -> None:
    assert {formats.percent(None), formats.change(None), formats.points(None), formats.count(None)} == {"—"}


def test_signs() -> None:
    assert formats.change(0.62) == "+62%"
    assert formats.change(-0.19) == "−19%"
    assert formats.change(0.001) == "0%"
    assert formats.points(-14) == "−14"


def test_a_reason_without_words_is_shown_readable(caplog: pytest.LogCaptureFixture) -> None:
    assert formats.told({"code": "nobody_worded_this", "params": {}}, "zh") == "nobody worded this"
    assert "could not be worded" in caplog.text
