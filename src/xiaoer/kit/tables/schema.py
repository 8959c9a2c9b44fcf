"""What a column may be, and how it lies in the lake."""

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa


class Kind(Enum):
    """Kinds of column; money is Int64 minor units, rates are fractions per year."""

    KEY = "key"
    TEXT = "text"
    CODE = "code"
    DATE = "date"
    INSTANT = "instant"
    MONEY = "money"
    INTEGER = "integer"
    NUMBER = "number"
    RATE = "rate"
    FLAG = "flag"

    @property
    def arrow(self) -> pa.DataType:
        return _ARROW[self]


_ARROW = {
    Kind.KEY: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.INSTANT: pa.timestamp("us"),
    Kind.MONEY: pa.int64(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.RATE: pa.float64(),
    Kind.FLAG: pa.bool_(),
}

#: Columns every stored row carries beside its own: the bank's day, the day we learnt of it, the load's number.
STAMPS = {
    "business_date": pa.date32(),
    "delivered_on": pa.date32(),
    "load_no": pa.int64(),
    "line_no": pa.int64(),
}


@dataclass(frozen=True)
class TableSchema:
    """How one table lies in the lake.

    `day` names the column an increment's row happened on; None for a snapshot.
    `personal` columns are stored apart, under the table's key, and can be erased.
    """

    name: str
    columns: dict[str, Kind]
    key: tuple[str, ...]
    day: str | None
    personal: frozenset[str] = frozenset()

    @property
    def arrow(self) -> pa.Schema:
        """Stored schema without personal columns, stamps last."""
        plain = {name: kind.arrow for name, kind in self.columns.items() if name not in self.personal}
        return pa.schema(plain | STAMPS)

    @property
    def personal_arrow(self) -> pa.Schema:
        """Schema of the personal side: key, then personal columns, stamps last."""
        names = [*self.key, *sorted(self.personal - set(self.key))]
        return pa.schema({name: self.columns[name].arrow for name in names} | STAMPS)


def empty_table(schema: pa.Schema) -> pa.Table:
    """No rows, all columns: what a table that was never delivered looks like."""
    return schema.empty_table()
