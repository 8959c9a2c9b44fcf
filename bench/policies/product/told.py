"""What is seen of a bank on a morning, as arrays: tables of columns, the fewest steps from what it sees to numbers."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from xiaoer.simulator.catalogue import product_ids
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.seen import seen

Array = np.ndarray
Table = Mapping[str, Array]
Told = Mapping[str, Table]
NONE = -1


def told_of(living: LivingBank) -> Told:
    """`people.seen.seen`, each table as its columns."""
    return {
        name: {column: frame[column].to_numpy() for column in frame.columns}
        for name, frame in seen(living).items()
    }


def only(table: Table, which: Array) -> Table:
    """The rows chosen by a mask or by positions."""
    return {name: column[which] for name, column in table.items()}


def since(table: Table, column: str, day: np.datetime64, days: int) -> Array:
    """Rows that lie less than so many days back."""
    flags: Array = table[column] > day - np.timedelta64(days, "D")
    return flags


def of_firms(table: Table, name: str, count: int) -> Array:
    """A numeric column over all firms, NaN where the table does not tell."""
    column = np.full(count, np.nan)
    column[table["i"]] = table[name].astype(float)
    return column


def flagged(table: Table, which: Array, count: int) -> Array:
    """Per firm whether any of its rows is among those chosen."""
    flags = np.zeros(count, dtype=bool)
    flags[table["i"][which]] = True
    return flags


def places(table: Table) -> Array:
    """Per row the place of its product, NONE where none was spoken of."""
    known = _places()
    return np.array([known.get(code, NONE) for code in table["product_id"]], dtype=int)


@cache
def _places() -> dict[str, int]:
    return {code: place for place, code in enumerate(product_ids())}
