"""Money: whole fen (Int64) in the lake, Decimal with a currency on the desk, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from xiaoer.kit.refusal import Refusal

FEN_PER_YUAN = 100
LARGEST_FEN = 2**63 - 1
_CENT = Decimal("0.01")

Exact = Decimal | int | str


def to_fen(yuan: Exact) -> int:
    """Yuan as whole fen; "1,234.50" is read too.

    Raises TypeError for a float (its last digit is already lost) and Refusal for anything that is not
    an amount, is finer than one fen, or does not fit the lake's 64 bits.
    """
    amount = _decimal(yuan) * FEN_PER_YUAN
    if amount != amount.to_integral_value():
        raise Refusal(what=f"{yuan} is finer than one fen", expected="at most two decimals")
    if abs(amount) > LARGEST_FEN:
        raise Refusal(what=f"{yuan} is too large to be an amount", expected="less than 92 quadrillion yuan")
    return int(amount)


def from_fen(fen: int) -> Decimal:
    """Whole fen as yuan with exactly two decimals."""
    _no_float(fen)
    return (Decimal(fen) / FEN_PER_YUAN).quantize(_CENT)


def rounded_fen(yuan: Exact) -> int:
    """Yuan to the nearest fen, halves away from zero: the one rounding rule of the house."""
    return int((_decimal(yuan) * FEN_PER_YUAN).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount on the desk. Sums and differences keep the currency; mixing currencies is a fault."""

    amount: Decimal
    currency: str = "CNY"

    def __post_init__(self) -> None:
        _no_float(self.amount)

    @classmethod
    def of_fen(cls, fen: int, currency: str = "CNY") -> Money:
        """Minor units of the lake as desk money."""
        return cls(from_fen(fen), currency)

    @property
    def fen(self) -> int:
        """The amount in minor units."""
        return to_fen(self.amount)

    def __add__(self, other: Money) -> Money:
        """Sum in the same currency."""
        return Money(self.amount + self._alike(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Difference in the same currency."""
        return Money(self.amount - self._alike(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        """Order within one currency."""
        return self.amount < self._alike(other)

    def _alike(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            message = f"{other.currency} cannot be added to or compared with {self.currency}"
            raise ValueError(message)
        return other.amount


def short_amount(fen: int, language: str = "zh") -> str:
    """Fen as a person says it: "12.3 万元", "1.2 亿元"; in English "¥123k", "¥1.2m"."""
    _no_float(fen)
    sign = "-" if fen < 0 else ""
    yuan = Decimal(abs(fen)) / FEN_PER_YUAN
    return sign + (_short_zh(yuan) if language.startswith("zh") else _short_en(yuan))


def in_wan(fen: int) -> str:
    """Fen in 万元 with one decimal and thousands, for columns whose head names the unit."""
    return f"{_tenths(Decimal(fen) / (10_000 * FEN_PER_YUAN)):,}"


def _short_zh(yuan: Decimal) -> str:
    if _whole(yuan) < 10_000:
        return f"{_whole(yuan):,} 元"
    if _tenths(yuan / 10_000) < 10_000:
        return f"{_tenths(yuan / 10_000):,} 万元"
    return f"{_tenths(yuan / 100_000_000):,} 亿元"


def _short_en(yuan: Decimal) -> str:
    if _whole(yuan) < 10_000:
        return f"¥{_whole(yuan):,}"
    for size, letter in ((1_000, "k"), (1_000_000, "m")):
        shown = _whole(yuan / size) if letter == "k" else _tenths(yuan / size)
        if shown < 1_000:
            return f"¥{shown}{letter}"
    return f"¥{_tenths(yuan / 1_000_000_000):,}bn"


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _decimal(value: Exact) -> Decimal:
    _no_float(value)
    text = value.replace(",", "").strip() if isinstance(value, str) else value
    try:
        amount = Decimal(text)
    except InvalidOperation as fault:
        raise Refusal(what=f"{value!r} is not an amount", expected="digits, for example 1234.50") from fault
    if not amount.is_finite():
        raise Refusal(what=f"{value!r} is not an amount", expected="a finite number")
    return amount


def _no_float(value: object) -> None:
    if isinstance(value, float):
        message = "money is never a float: pass fen as int, or yuan as Decimal or text"
        raise TypeError(message)
