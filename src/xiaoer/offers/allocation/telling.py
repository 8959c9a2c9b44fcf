"""Why a candidate was left out, told from the prices."""

import numpy as np

from xiaoer.offers.allocation.terms import Allocation, Candidates, Cause, Dropped, Real, Whole


def dropped(candidates: Candidates, found: Allocation, rows: Whole) -> list[Dropped]:
    """For rows that were not chosen, in their order: the first cause that holds, and the kind most in its way."""
    rows = np.asarray(rows, dtype=np.int64)
    asked = {kind: _asked(candidates, found, kind, rows) for kind in candidates.uses}
    worth = candidates.worth[rows]
    net = worth - sum(asked.values(), np.zeros(len(rows)))
    better = np.isin(candidates.group[rows], candidates.group[found.chosen])
    dearest = _dearest(asked, len(rows))
    told = []
    for at, row in enumerate(rows.tolist()):
        if worth[at] <= 0:
            told.append(Dropped(Cause.NO_GAIN))
        elif better[at]:
            told.append(Dropped(Cause.BETTER_ONE))
        else:
            told.append(_priced(candidates, found, row, dearest[at], round(float(worth[at] - net[at]))))
    return told


def _priced(candidates: Candidates, found: Allocation, row: int, kind: str, asked: int) -> Dropped:
    use = candidates.uses[kind]
    place, takes = int(use.place[row]), int(use.amount[row])
    price = float(found.prices[kind][place]) if place >= 0 else 0.0
    cause = Cause.TOO_DEAR if asked > candidates.worth[row] else Cause.NO_ROOM
    return Dropped(cause, kind, takes, price, asked)


def _dearest(asked: dict[str, Real], rows: int) -> list[str]:
    """The kind whose price weighs most for each row, the first where they weigh the same."""
    kinds = list(asked)
    weights = np.stack([asked[kind] for kind in kinds]) if kinds else np.zeros((1, rows))
    return [kinds[at] for at in weights.argmax(axis=0)]


def _asked(candidates: Candidates, found: Allocation, kind: str, rows: Whole) -> Real:
    """What all that rows take of a kind would bring elsewhere."""
    use = candidates.uses[kind]
    prices = np.append(found.prices[kind], 0.0)  # the last one stands for nowhere
    asked: Real = prices[use.place[rows]] * use.amount[rows]
    return asked
