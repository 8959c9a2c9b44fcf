"""Published tables made a range of firms at a time, column by column: a bank's worth of JSON fits into no memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa

from xiaoer.kit.tables import Frame
from xiaoer.nightly import seam
from xiaoer.nightly.run import Night

FIRMS_AT_ONCE = 25_000


@dataclass(frozen=True)
class Part:
    """Firms next to one another by number, `firms.customer_id` in order, and what the night knows of them."""

    night: Night
    firms: pl.DataFrame

    def rows(self, frame: Frame) -> pl.DataFrame:
        """A table's rows of these firms."""
        number, mine = nw.col("customer_id"), self.firms["customer_id"]
        kept = frame.filter(number >= mine[0], number <= mine[-1])
        return pl.DataFrame(self.night.engine.collect(kept))

    def made(self, name: str) -> pl.DataFrame:
        """These firms' rows of a table an earlier step wrote."""
        return self.rows(self.night.made(name))

    def in_order(self, name: str) -> pl.DataFrame:
        """These firms' rows of a table that was written in the order of its firms; nothing else of it is read."""
        number, mine = pl.col("customer_id"), self.firms["customer_id"]
        rows = pl.scan_parquet(self.night.path(name))
        return rows.filter(number >= pl.lit(mine[0]), number <= pl.lit(mine[-1])).collect()

    def among(self, rows: pl.DataFrame) -> pl.DataFrame:
        """These firms' rows of a table in memory that lies in order of customer_id."""
        numbers, mine = rows["customer_id"], self.firms["customer_id"]
        first, end = numbers.search_sorted(mine[0], "left"), numbers.search_sorted(mine[-1], "right")
        return rows.slice(first, end - first)


def in_parts(night: Night, columns: Sequence[str], make: Callable[[Part], pl.DataFrame]) -> seam.Rows:
    """A published table of which `make` gives the rows of some firms; the scope columns are added here."""
    names = [*columns, "branch_id", "manager_id"]

    def pieces() -> Iterator[pa.Table]:
        placed = pl.DataFrame(night.rows_of("portfolio")).sort("customer_id")
        for part in parts(night):
            yield in_scope(make(part).select(columns), part.among(placed)).select(names).to_arrow()

    return seam.Rows(names, pieces)


def parts(night: Night) -> Iterator[Part]:
    """All firms of the book."""
    numbers = pl.DataFrame(night.engine.collect(night.made("features").select("customer_id")))
    for piece in numbers.sort("customer_id").iter_slices(FIRMS_AT_ONCE):
        yield Part(night, piece)


def in_scope(rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Rows with their firm's branch and manager; a row nobody answers for is our mistake: ValueError."""
    scoped = rows.join(placed, on="customer_id", how="left", maintain_order="left")
    if scoped["branch_id"].null_count():
        lost = scoped.filter(pl.col("branch_id").is_null())["customer_id"][0]
        message = f"firm {lost} stands in no portfolio"
        raise ValueError(message)
    return scoped


def as_json(value: pl.Expr) -> pl.Expr:
    """Lists and structs as JSON text; null stays null."""
    text = pl.struct(v=value).struct.json_encode().str.strip_prefix('{"v":').str.strip_suffix("}")
    return pl.when(value.is_not_null()).then(text)


def said(column: str, otherwise: pl.Expr | str = "") -> pl.Expr:
    """A text, or something else where it is missing or empty."""
    text = pl.col(column)
    other = pl.lit(otherwise) if isinstance(otherwise, str) else otherwise
    return pl.when(text.str.len_bytes() > 0).then(text).otherwise(other)


def monthly(
    owners: pl.DataFrame, rows: pl.DataFrame, values: Sequence[str], first_month: int, months: int
) -> pl.DataFrame:
    """Per owner the `values` of so many months, oldest first, zeros where nothing was; `known`: it has a row.

    `owners` holds the key alone, `rows` the key, `month` and whole numbers.
    """
    placed = (
        rows.join(owners.with_row_index("place"), on=owners.columns)
        .with_columns(at=pl.col("month") - first_month)
        .filter(pl.col("at").is_between(0, months - 1))
    )
    known = np.zeros(owners.height, dtype=bool)
    known[placed["place"]] = True
    return owners.with_columns(
        pl.Series("known", known),
        *(pl.Series(name, _grid(owners.height, months, placed, name)) for name in values),
    )


def _grid(owners: int, months: int, placed: pl.DataFrame, value: str) -> np.ndarray:
    grid = np.zeros((owners, months), dtype=np.int64)
    grid[placed["place"], placed["at"]] = placed[value]
    return grid
