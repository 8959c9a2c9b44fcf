"""What difference it made to be approached: intervals for shares, and the state a difference is in.

In words, with a worked example: docs/rules/effects.md.
"""

from math import sqrt

from xiaoer.trials.terms import Arm, Caution, Effect, State


def wilson(arm: Arm, z: float) -> tuple[float, float]:
    """The interval of a share (Wilson 1927), within 0 and 1; all of it for an arm without firms."""
    if not arm.firms:
        return 0.0, 1.0
    n, p = arm.firms, arm.share
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def effect(treated: Arm, held_out: Arm, caution: Caution) -> Effect:
    """Treated less held out, its interval from both Wilson intervals (Newcombe 1998, method 10), and its state."""
    if not treated.firms or not held_out.firms:
        return Effect(None, None, None, State.COLLECTING)
    (low_1, high_1), (low_2, high_2) = wilson(treated, caution.z), wilson(held_out, caution.z)
    p_1, p_2 = treated.share, held_out.share
    low = p_1 - p_2 - sqrt((p_1 - low_1) ** 2 + (high_2 - p_2) ** 2)
    high = p_1 - p_2 + sqrt((high_1 - p_1) ** 2 + (p_2 - low_2) ** 2)
    return Effect(p_1 - p_2, low, high, _state(treated, held_out, low, high, caution))


def _state(treated: Arm, held_out: Arm, low: float, high: float, caution: Caution) -> State:
    """Too little is too little even where the interval leaves 0 out: the first hits come in clusters."""
    few = min(treated.firms, held_out.firms) < caution.least_firms
    if few or treated.hits + held_out.hits < caution.least_hits:
        return State.COLLECTING
    return State.INCONCLUSIVE if low <= 0 <= high else State.SEPARATED
