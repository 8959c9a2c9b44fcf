"""Cuts on a reading's line as bins of the input itself: sizes between cuts, words in groups."""

from collections.abc import Sequence

import numpy as np

from xiaoer.scores.forms.reading import Order, Reading
from xiaoer.scores.forms.tables import Axis
from xiaoer.scores.samples import Field


def axis_of(field: Field, reading: Reading, cuts: Sequence[float]) -> Axis:
    """The bins that these cuts make of a field."""
    if field.kind == "number":
        return Axis(field.name, cuts=tuple(map(float, cuts)), special=field.special)
    return _grouped(field, reading.orders[field.name], cuts)


def _grouped(field: Field, order: Order, cuts: Sequence[float]) -> Axis:
    places = np.searchsorted(cuts, order.of_words, side="left")
    others = int(np.searchsorted(cuts, order.others, side="left"))
    groups = tuple(
        tuple(
            word
            for word, at, place in zip(field.levels, places, order.of_words, strict=True)
            if at == group and place != order.others
        )
        for group in range(len(cuts) + 1)
    )
    return Axis(field.name, groups=groups, others=others)
