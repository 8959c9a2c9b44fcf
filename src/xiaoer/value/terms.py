"""What the bank earns on what a firm leaves with it and borrows."""

from dataclasses import dataclass
from datetime import date

from xiaoer.kit.parameters import in_force

FEN_PER_WAN = 1_000_000


@dataclass(frozen=True)
class Margins:
    """Rates are fractions per year; `turnover_yield` is a fraction of twelve months' sales, up to a limit in fen."""

    deposit_margin: float
    loan_margin: float
    turnover_yield: float
    most_from_turnover: int

    @classmethod
    def in_force(cls, on: date) -> "Margins":
        held = in_force("value", "margins", on)
        return cls(
            held["deposit_margin"],
            held["loan_margin"],
            held["turnover_yield"],
            held["most_from_turnover_wan"] * FEN_PER_WAN,
        )


@dataclass(frozen=True)
class Habit:
    """How a book of firms buys and goes quiet: parameters of BG/NBD, time in days.

    Rates of buying are spread over the firms as gamma(`r`, `alpha`), the chance of stopping after a purchase as
    beta(`a`, `b`). `firms` were looked at.
    """

    r: float
    alpha: float
    a: float
    b: float
    firms: int
