"""What approaching a firm is worth: chance × prize, less the contact, less the patience it uses up.

In words, with a worked example: docs/rules/worth-of-a-contact.md. Numbers or arrays of any one shape in, the same out;
amounts in yuan or fen, whichever goes in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np

from xiaoer.kit.parameters import in_force

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Number = TypeVar("Number", float, Floats)


@dataclass(frozen=True)
class Worth:
    """The parameters of weighing a contact on a day; `patience_yuan` is what a firm's whole patience is worth."""

    patience_yuan: int
    fresh_share: float
    bearable: float
    steepness: float
    half_life_days: float
    wears: Mapping[str, float]
    complaint_wears: float
    relief_helps: float
    relief_cost: float
    renewal_lift: float
    brought_back: Mapping[str, float]
    retention_patience_yuan: int
    retention_tries: int
    loss_share: Mapping[str, float]
    least_failure: float

    @classmethod
    def in_force(cls, on: date) -> "Worth":
        held = dict(in_force("offers", "worth", on))
        held.pop("from_date")
        return cls(**held)


def over(chance: Floats, days: float, of_days: float) -> Floats:
    """The chance within `days` of what comes with `chance` within `of_days`, at an even pace."""
    out: Floats = 1 - (1 - chance) ** (days / of_days)
    return out


def loan_prize(amount: Number, margin: Number, years: Number, failure: Number, loss_share: Number) -> Number:
    """What a loan brings until it ends: margin while it is paid, less what is lost should the firm fail.

    `margin` is a share a year, `failure` the chance to fail within a year; a firm that fails is taken to pay half
    of the time.
    """
    fails = 1 - (1 - failure) ** years
    return amount * (margin * years * (1 - fails / 2) - loss_share * fails)


def relief_prize(owed: Floats, at_risk: Floats, failure: Floats, terms: Worth) -> Floats:
    """What relief in time is expected to save, less what it costs; `at_risk` is what failing would cost."""
    out: Floats = terms.relief_helps * failure * at_risk - terms.relief_cost * owed
    return out


def weariness(days_ago: Floats, wears: Floats, terms: Worth) -> Floats:
    """What one approach some days ago still weighs; sums over a firm's approaches say how wearied it is."""
    out: Floats = wears * 0.5 ** (days_ago / terms.half_life_days)
    return out


def patience_price(wearied: Number, wears: float, terms: Worth) -> Number:
    """What one more approach costs in patience: little while the firm is fresh, prohibitive beyond what it bears."""
    share = terms.fresh_share + (wearied / terms.bearable) ** terms.steepness
    return terms.patience_yuan * wears * share


def net(chance: Floats, prize: Floats, cost: Floats | float, patience: Floats | float) -> Floats:
    """Chance × prize − cost − patience."""
    out: Floats = chance * prize - cost - patience
    return out
