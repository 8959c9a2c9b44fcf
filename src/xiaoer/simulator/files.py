"""Source files as a bank writes them: GB18030 CSV, Chinese headers and words, dated names, some packed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
from isal import igzip

from xiaoer.kit.tables.schema import Kind
from xiaoer.simulator.terms import Plan, table
from xiaoer.sources.contracts import contract
from xiaoer.sources.terms import Column

ENCODING = "gb18030"
PACKING = 1
DAY_SECONDS = 86_400
PACKED = {"invoices", "transactions", "schedules", "balances", "channel_uses"}
HEAD_OFFICE = {"branches", "staff", "posts", "products", "rate_curves", "cost_curves", "loss_curves"}
SLASHED = {"invoices"}  # tables whose dates read 2026/10/31


@dataclass
class Delivery:
    """The folder written to, and how many rows of each table went out."""

    folder: Path
    plan: Plan
    rows: Counter[str] = field(default_factory=Counter)
    files: int = 0

    def write(self, name: str, frame: pl.DataFrame, day: date) -> None:
        """Write a table's frame as the file of a day; columns the contract does not know stay behind.

        What head office keeps for the whole bank comes with the first part only.
        """
        if self.plan.part and name in HEAD_OFFICE:
            return
        self.write_text(name, as_text(name, frame), day)

    def write_text(self, name: str, text: pl.DataFrame, day: date, tail: bytes = b"") -> None:
        """Write rows already in the bank's words, and after them lines that are none."""
        data = text.write_csv(line_terminator="\r\n").encode(ENCODING) + tail
        packed = name in PACKED or self.plan.parts > 1
        part = f"_{self.plan.part + 1:02d}" if self.plan.parts > 1 else ""
        path = self.folder / f"{name}_{day:%Y%m%d}{part}.csv{'.gz' if packed else ''}"
        path.write_bytes(igzip.compress(data, PACKING, mtime=0) if packed else data)
        self.rows[name] += len(text) + tail.count(b"\n")
        self.files += 1


def as_text(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame in contract columns turned into the bank's strings under its headers."""
    shape = contract(name)
    columns = [column for column in shape.columns if column.name in frame.columns]
    return pl.DataFrame([_text(name, column, frame[column.name]) for column in columns])


def _text(name: str, column: Column, values: pl.Series) -> pl.Series:
    match column.kind:
        case Kind.MONEY:
            text = _yuan(values)
        case Kind.DATE:
            text = _days(values.cast(pl.Date), "%Y/%m/%d" if name in SLASHED else "%Y-%m-%d")
        case Kind.INSTANT:
            text = _instants(values)
        case Kind.FLAG:
            text = values.replace_strict({True: "是", False: "否"}, default=None, return_dtype=pl.String)
        case Kind.CODE if column.allowed:
            text = values.cast(pl.String).replace_strict(words_of(name, column), return_dtype=pl.String)
        case _:
            text = values.cast(pl.String)
    return text.alias(column.zh)


def _yuan(fen: pl.Series) -> pl.Series:
    """Fen as yuan with two decimals, exact all the way."""
    return (fen.cast(pl.Int64).cast(pl.Decimal(38, 2)) / 100).cast(pl.String)


def _days(days: pl.Series, form: str) -> pl.Series:
    """Dates as text; each day of the span is written once and looked up, which is several times faster."""
    number = days.to_physical()
    first = number.min()
    if not isinstance(first, int):
        return pl.Series(days.name, [None] * len(days), dtype=pl.String)
    last = number.max()
    span = pl.int_range(first, int(str(last)) + 1, dtype=pl.Int32, eager=True)
    return span.cast(pl.Date).dt.strftime(form).gather(number - first)


def _instants(values: pl.Series) -> pl.Series:
    """Instants as text, to the second."""
    frame = pl.DataFrame({"day": _days(values.dt.date(), "%Y-%m-%d"), "at": _clock(values)})
    return frame.select(pl.concat_str("day", "at", separator=" ")).to_series()


def _clock(values: pl.Series) -> pl.Series:
    """The time of day of instants; a day's seconds are written once and looked up."""
    return _times().gather(values.dt.epoch("s") % DAY_SECONDS)


@cache
def _times() -> pl.Series:
    whole = pl.int_range(DAY_SECONDS, eager=True) * 1_000_000
    return whole.cast(pl.Datetime("us")).dt.strftime("%H:%M:%S")


def words_of(name: str, column: Column) -> dict[str, str]:
    """The bank's word for each of our codes in a column; codes without a word stay as they are."""
    own = table("words").get(name, {}).get(column.name, {})
    general = table("words")["general"]
    return {code: own.get(code, general.get(code, code)) for code in column.allowed}
