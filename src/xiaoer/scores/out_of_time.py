"""Out of time: which days a model is trained on, and which later ones it is judged on."""

from collections.abc import Sequence
from dataclasses import dataclass

TRAIN_TO_JUDGE = 2  # days to train on for each to be judged on, where there are enough


@dataclass(frozen=True)
class Days:
    """Day numbers of frames, oldest first; between them lies the whole reach of the label."""

    train: tuple[int, ...]
    judge: tuple[int, ...]


def out_of_time(days: Sequence[int], reach: int, told_until: int) -> Days | None:
    """The split of frames whose outcomes are all told; None where no two days lie a reach apart.

    Outcomes of the days trained on are over before the first day judged on begins, so nothing a model learns from
    happened in the time it is judged on. Of the possible splits the one that leaves most to train on, as long as a
    third is left to judge on.
    """
    known = sorted(day for day in days if day + reach <= told_until)
    found = [_at(known, place, reach) for place in range(1, len(known))]
    usable = [one for one in found if one.train]
    return max(
        usable,
        key=lambda one: (min(len(one.train), TRAIN_TO_JUDGE * len(one.judge)), len(one.train)),
        default=None,
    )


def _at(known: Sequence[int], place: int, reach: int) -> Days:
    judge = tuple(known[place:])
    return Days(tuple(day for day in known if day + reach <= judge[0]), judge)
