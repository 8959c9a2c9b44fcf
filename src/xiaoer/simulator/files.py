"""Source files as a bank writes them: GB18030 CSV, Chinese headers and words, dated names, some packed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
from isal import igzip

from xiaoer.kit.tables.schema import Kind
from xiaoer.simulator.terms import Plan, table
from xiaoer.sources.contracts import contract
from xiaoer.sources.terms import Column

ENCODING = "gb18030"
PACKING = 1
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
    return frame.select(_text(name, column).alias(column.zh) for column in columns)


def _text(name: str, column: Column) -> pl.Expr:
    value = pl.col(column.name)
    match column.kind:
        case Kind.MONEY:
            return _yuan(value)
        case Kind.DATE:
            return value.cast(pl.Date).dt.strftime("%Y/%m/%d" if name in SLASHED else "%Y-%m-%d")
        case Kind.INSTANT:
            return value.dt.strftime("%Y-%m-%d %H:%M:%S")
        case Kind.FLAG:
            return value.replace_strict({True: "是", False: "否"}, default=None, return_dtype=pl.String)
        case Kind.CODE if column.allowed:
            return value.cast(pl.String).replace(words_of(name, column))
        case _:
            return value.cast(pl.String)


def _yuan(fen: pl.Expr) -> pl.Expr:
    """Fen as yuan with two decimals, in whole numbers all the way."""
    amount = fen.cast(pl.Int64)
    size = amount.abs()
    sign = pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(
        sign, (size // 100).cast(pl.String), pl.lit("."), (size % 100).cast(pl.String).str.zfill(2)
    )


def words_of(name: str, column: Column) -> dict[str, str]:
    """The bank's word for each of our codes in a column; codes without a word stay as they are."""
    own = table("words").get(name, {}).get(column.name, {})
    general = table("words")["general"]
    return {code: own.get(code, general.get(code, code)) for code in column.allowed}
