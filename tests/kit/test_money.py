from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.kit.money import LARGEST_FEN, Money, from_fen, in_wan, rounded_fen, short_amount, to_fen
from xiaoer.kit.refusal import Refusal


@given(st.integers(min_value=-LARGEST_FEN, max_value=LARGEST_FEN))
def test_fen_survive_the_way_to_yuan_and_back(fen: int) -> None:
    assert to_fen(from_fen(fen)) == fen


def test_yuan_are_read_with_thousands() -> None:
    assert to_fen("1,234.50") == 123_450
    assert to_fen(Decimal("-0.01")) == -1
    assert to_fen(7) == 700


@pytest.mark.parametrize("wrong", ["", "abc", "NaN", "Infinity", "1.005", "99999999999999999999"])
def test_what_is_no_amount_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal):
        to_fen(wrong)


def test_a_float_is_never_money() -> None:
    with pytest.raises(TypeError, match="never a float"):
        to_fen(0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        from_fen(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]


def test_halves_round_away_from_zero() -> None:
    assert rounded_fen("1.005") == 101
    assert rounded_fen("-1.005") == -101


def test_money_keeps_its_currency() -> None:
    assert Money.of_fen(150) + Money.of_fen(50) == Money.of_fen(200)
    assert (Money.of_fen(150) - Money.of_fen(50)).fen == 100
    assert Money.of_fen(1) < Money.of_fen(2)
    with pytest.raises(ValueError, match="USD"):
        Money.of_fen(1) + Money.of_fen(1, "USD")


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "0 元", "¥0"),
        (850_000, "8,500 元", "¥8,500"),
        (999_999, "1.0 万元", "¥10k"),
        (12_345_600, "12.3 万元", "¥123k"),
        (-12_345_600, "-12.3 万元", "-¥123k"),
        (99_999_999, "100.0 万元", "¥1.0m"),
        (12_345_678_900, "1.2 亿元", "¥123.5m"),
        (999_999_999_900, "100.0 亿元", "¥10.0bn"),
    ],
)
def test_amounts_are_said_short(fen: int, zh: str, en: str) -> None:
    assert (short_amount(fen, "zh-hans"), short_amount(fen, "en")) == (zh, en)


def test_columns_in_wan_have_one_decimal() -> None:
    assert in_wan(123_456_789_00) == "12,345.7"
