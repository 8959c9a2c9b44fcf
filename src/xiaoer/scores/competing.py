"""Two ends that compete: a note is paid off early, or defaults, or runs to its maturity; under a rate scenario.

Each end has a model of its own for one period (cause-specific chances). Over several periods a note can only meet an
end while it still runs, so the chances of both are carried forward together (Kalbfleisch and Prentice 2002, ch. 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xiaoer.scores.rules import Floats

ABOVE_MARKET = ("note_rate_above_market", "debt_rate_above_market")
PERIOD_MONTHS = 6.0


@dataclass(frozen=True)
class Ends:
    """The chance of each end by maturity; the three add up to 1."""

    early: Floats
    default: Floats
    in_full: Floats


def ends(early: Floats, default: Floats, months_left: Floats, period_months: float = PERIOD_MONTHS) -> Ends:
    """What becomes of notes with so many months left, from the chances of either end within one period.

    The chances hold for every period to come; what is left of the last one counts by its share of a period. Raises
    ValueError where a note's two chances add up to more than 1.
    """
    if np.any(early + default > 1):
        message = "the chances of two competing ends cannot add up to more than 1"
        raise ValueError(message)
    periods = np.maximum(months_left, 0) / period_months
    runs = (1 - early - default) ** periods
    either = early + default
    share = np.divide(early, either, out=np.zeros_like(early), where=either > 0)
    ended = 1 - runs
    return Ends(ended * share, ended * (1 - share), runs)


def scenario(columns: Mapping[str, Floats], moved_bp: float) -> dict[str, Floats]:
    """The columns as they would be if market rates moved by so many basis points; a fall makes old notes dear."""
    shift = moved_bp / 10_000
    return {name: values - shift if name in ABOVE_MARKET else values for name, values in columns.items()}
