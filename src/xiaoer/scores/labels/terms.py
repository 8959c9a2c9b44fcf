"""What a label is asked: which rows, over how many days, from tables that were told how far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

from xiaoer.kit.tables import Frame

#: What tells one row of a training set from another; `item` is a note, contact or product, "" for a firm as such.
KEY = ("customer_id", "on_day", "item")
#: A label looks at the days after `from_day`: the day of the frame, or of the occasion (an offer, a drawing).
ROW = (*KEY, "from_day")


@dataclass(frozen=True)
class Later:
    """The bank's tables as known on the day of training, and how long a label looks ahead.

    `tables` gives a contract's table by name, `snapshots` every snapshot of it (with `business_date`). Outcomes up to
    the day number `told_until` are told in full; what ends later is unknown. `options` are the label's own figures.
    """

    tables: Callable[[str], Frame]
    snapshots: Callable[[str], Frame]
    horizon: int
    told_until: int
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ends(self) -> nw.Expr:
        """The last day a row's label looks at."""
        return nw.col("from_day") + self.horizon

    def told(self, label: nw.Expr) -> nw.Expr:
        """The label as Float64, null where the days it looks at are not all told yet."""
        return nw.when(self.ends <= self.told_until).then(label.cast(nw.Float64))

    def inside(self, day: nw.Expr) -> nw.Expr:
        """A day after the row's first, up to the horizon, both told."""
        return (day > nw.col("from_day")) & (day <= self.ends)


Label = Callable[[Frame, Later], Frame]
