"""What trade carries from one month into the next: passing ties, papers still to come, what passing ties owe."""

from dataclasses import dataclass, field

import numpy as np

from xiaoer.simulator.corrections import Later
from xiaoer.simulator.draws import Flags, Floats, Ints
from xiaoer.simulator.network import Ties, joined
from xiaoer.simulator.terms import Month


@dataclass(frozen=True)
class Owed:
    """Sums owed along passing ties: fen, and the month in which they fall due."""

    ties: Ties
    fen: Floats
    month: Ints


@dataclass
class Carried:
    """Empty before the first month; each month's trade reads it and leaves it for the next."""

    staying: Ties | None = None
    later: list[Later] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)

    def owe(self, month: Month, ties: Ties, fen: Floats) -> None:
        """Note what a month's passing trade leaves to be paid."""
        rows = np.flatnonzero(fen > 0)
        self.owed.append(Owed(ties.only(rows), fen[rows], month.index + months_until_paid(ties.lag[rows])))

    def due(self, month: Month) -> list[tuple[Ties, Floats]]:
        """What falls due in a month, taken off the notes."""
        now = [_part(owed, owed.month <= month.index) for owed in self.owed]
        left = [_part(owed, owed.month > month.index) for owed in self.owed]
        self.owed = [owed for owed in left if len(owed.fen)]
        if not now:
            return []
        return [(joined([owed.ties for owed in now]), np.concatenate([owed.fen for owed in now]))]


def _part(owed: Owed, rows: Flags) -> Owed:
    return Owed(owed.ties.only(rows), owed.fen[rows], owed.month[rows])


def months_until_paid(lag: Ints) -> Ints:
    """Months from the invoice's to the payment's."""
    return (lag + 14) // 30
