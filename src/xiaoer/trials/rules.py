"""Arms by lot that stick, whom a strategy approaches, outcomes drawn from the models' numbers, and the comparison."""

import hashlib
from collections.abc import Mapping, Sequence

from xiaoer.trials.effects import Counted, newcombe
from xiaoer.trials.terms import Arm, Compared, Numbers, Order, Seen, Strategy, TrialState

Z = 1.959964


def lot(*what: str) -> float:
    """A number from 0 up to 1 that hangs on nothing but what is named: the same lot whenever it is drawn."""
    digest = hashlib.sha256("|".join(what).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def arm_of(trial: str, customer_id: str) -> Arm:
    """The arm of a firm: half by lot, and always the same."""
    return Arm.FIRST if lot(trial, "arm", customer_id) < 0.5 else Arm.SECOND


def approached(trial: str, strategy: Strategy, firms: Mapping[str, Numbers]) -> frozenset[str]:
    """Whom a strategy approaches among the firms of its arm; ties go by lot."""
    many = 0 if strategy.order is Order.NOBODY else round(strategy.share * len(firms))
    placed = sorted(firms, key=lambda one: (-_worth(strategy.order, firms[one]), lot(trial, "order", one)))
    return frozenset(placed[:many])


def took(trial: str, customer_id: str, chance: float) -> bool:
    """A simulated outcome: drawn once, so that running again changes nothing."""
    return lot(trial, "outcome", customer_id) < chance


def waves(trial: str, firms: Sequence[str], size: int) -> list[list[str]]:
    """Firms in the order their outcomes come in, so many at a time."""
    placed = sorted(firms, key=lambda one: (lot(trial, "wave", one), one))
    return [placed[start : start + size] for start in range(0, len(placed), size)]


def compared(first: Seen, second: Seen, planned: int) -> Compared:
    """The difference of shares with Newcombe's interval (1998, method 10), judged only once all planned are in.

    Looking earlier and stopping when it pleases would find differences where there are none.
    """
    if not first.firms or not second.firms:
        return Compared(None, None, None, TrialState.COLLECTING)
    one, other = Counted(second.firms, second.took), Counted(first.firms, first.took)
    difference, low, high = newcombe(one, other, Z)
    return Compared(difference, low, high, _state(first.firms + second.firms, planned, low, high))


def _state(firms: int, planned: int, low: float, high: float) -> TrialState:
    if firms < planned:
        return TrialState.COLLECTING
    return TrialState.SEPARATED if low > 0 or high < 0 else TrialState.INCONCLUSIVE


def _worth(order: Order, numbers: Numbers) -> float:
    return {Order.RESPONSE: numbers.asked, Order.UPLIFT: numbers.effect}.get(order, 0.0)
