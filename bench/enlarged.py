"""A small bank's published rows, many times over: as many firms as a large bank has, each with keys of its own.

The rows are those a night made; a copy's firms, staff and branches carry its number inside theirs, and its branches
hang below the first copy's head office, so that portfolios, scopes and pages are as large as in the small bank.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

import polars as pl
import pyarrow as pa

from xiaoer.nightly import seam

KEYS = {"customer_id": "C", "other_id": "C", "branch_id": "B", "parent_id": "B", "staff_id": "S"}
NUMBERED = ("event_id", "offer_id", "note_id", "contract_id", "application_id", "guarantee_id", "place")
SPOKEN = ("buyers", "suppliers", "similar")  # JSON that tells of other firms by number
NAMED = ("name", "pinyin")


def enlarged(tables: Mapping[str, pa.Table], times: int) -> dict[str, seam.Handed]:
    """Every published table `times` over, made piece by piece; those of the whole bank (deliveries, cards) stay."""
    return {name: _many(name, table, times) if _multiplies(name) else table for name, table in tables.items()}


def _multiplies(name: str) -> bool:
    """A copy's rows have keys of their own."""
    (key,) = (one for one in seam.model_of(name)._meta.constraints if one.name.endswith("_one_open"))
    return not {*KEYS, "manager_id", *NUMBERED}.isdisjoint(key.fields)  # type: ignore[attr-defined]


def _many(name: str, table: pa.Table, times: int) -> seam.Handed:
    rows = pl.DataFrame(table)
    root = rows.filter(parent_id="")["branch_id"][0] if name == "branches" else ""

    def pieces() -> Iterator[pa.Table]:
        copies = chain.from_iterable(
            _copied(rows, number, root, named=name == "firms").iter_slices(seam.PIECE)
            for number in range(times)
        )
        return (copy.to_arrow() for copy in copies)

    return seam.Rows(rows.columns, pieces)


def _copied(rows: pl.DataFrame, number: int, root: str, *, named: bool) -> pl.DataFrame:
    """One copy; the first keeps its keys."""
    if not number:
        return rows
    tag = f"{number:03d}"
    changed = [_tagged(pl.col(name), letter, tag) for name, letter in KEYS.items() if name in rows.columns]
    changed += [pl.col(name) + tag for name in NUMBERED if name in rows.columns]
    changed += [
        pl.col(name).str.replace_all('"C', f'"C{tag}', literal=True)
        for name in SPOKEN
        if name in rows.columns
    ]
    changed += [pl.col(name) + tag for name in NAMED if named]
    if "manager_id" in rows.columns:
        pooled = pl.col("manager_id").str.replace("pool:B", f"pool:B{tag}", literal=True)
        own = pl.col("manager_id").str.starts_with("pool:")
        changed.append(pl.when(own).then(pooled).otherwise(_tagged(pl.col("manager_id"), "S", tag)))
    made = rows.with_columns(changed)
    return _below(made, root, tag) if root else made


def _tagged(key: pl.Expr, letter: str, tag: str) -> pl.Expr:
    return key.str.replace(f"^{letter}", f"{letter}{tag}")


def _below(branches: pl.DataFrame, root: str, tag: str) -> pl.DataFrame:
    """The copy's own head office becomes a branch of the first copy's."""
    path = pl.col("path").str.replace_all("B", f"B{tag}", literal=True)
    top = pl.col("parent_id") == ""
    return branches.with_columns(
        pl.when(top).then(pl.lit(root)).otherwise("parent_id").alias("parent_id"),
        (pl.lit(f"{root}/") + path).alias("path"),
    )


def next_day(tables: Mapping[str, seam.Handed], every: int) -> dict[str, seam.Handed]:
    """The same rows a day later, with another figure in one firm of so many."""
    changed = {"firms": _moved("events"), "scores": _moved("points"), "profiles": _a_month_on("last_month")}
    return {
        name: _with(table, changed[name], every) if name in changed else table
        for name, table in tables.items()
    }


def _with(table: seam.Handed, change: Callable[[], pl.Expr], every: int) -> seam.Handed:
    rows = seam.rows(table)

    def pieces() -> Iterator[pa.Table]:
        for piece in rows.pieces():
            mine = pl.int_range(pl.len()) % every == 0
            column = change()
            moved = pl.when(mine).then(column).otherwise(pl.col(column.meta.output_name()))
            yield pl.DataFrame(piece).with_columns(moved.alias(column.meta.output_name())).to_arrow()

    return seam.Rows(rows.column_names, pieces)


def _moved(name: str) -> Callable[[], pl.Expr]:
    return lambda: pl.col(name) + 1


def _a_month_on(name: str) -> Callable[[], pl.Expr]:
    return lambda: pl.col(name).dt.offset_by("1mo")
