"""Sums of the ledger's days kept beside the lake, so that a night adds up only the days it knows otherwise than before.

A sum is as good as new while no row of its day or an earlier one came since, none was said again, and no register
names for the first time an owner of such rows.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.kit.tables import Frame, Part
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.sources.contracts import contract
from xiaoer.sources.ledger import ITEMS, REGISTERS, SUMS, Books, Delivered, delivered, owners_of

TABLES = tuple(dict.fromkeys([*(item.table for item in ITEMS.values()), *REGISTERS.values()]))
Loads = dict[str, list[list[object]]]


@dataclass(frozen=True)
class Kept:
    """Per table the loads that were known, the days that were added up, and their sums (`table` and SUMS)."""

    loads: Loads = field(default_factory=dict)
    days: dict[str, list[date]] = field(default_factory=dict)
    sums: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"table": pl.String, **SUMS}))

    @classmethod
    def read(cls, path: Path, ways: str, as_of: date) -> Self:
        """What was kept on that day or before, added up in the same ways; else nothing."""
        held = json.loads(path.read_bytes()) if path.exists() else {}
        if held.get("ways") != ways or date.fromisoformat(held["as_of"]) > as_of:
            return cls()
        days = {table: list(map(date.fromisoformat, days)) for table, days in held["days"].items()}
        dates = [date.fromisoformat(day) for day in held["sums"]["ledger_date"]]
        sums = pl.DataFrame(held["sums"] | {"ledger_date": dates}, schema={"table": pl.String, **SUMS})
        return cls(held["loads"], days, sums)

    def write(self, path: Path, ways: str, as_of: date) -> None:
        """Keep it for the next night."""
        columns = self.sums.to_dict(as_series=False)
        told: dict[str, Any] = {"ways": ways, "as_of": as_of, "loads": self.loads, "days": self.days}
        write_atomically(path, json.dumps(told | {"sums": columns}, default=str).encode())

    def good_of(self, table: str, until: date) -> tuple[list[date], pl.DataFrame]:
        """The days before one on which something changed, and their sums."""
        rows = self.sums.filter(pl.col("ledger_date") < until, table=table).select(list(SUMS))
        return [day for day in self.days.get(table, ()) if day < until], rows


def delivered_since(books: Books, days: list[date], kept: Kept) -> tuple[list[Delivered], Kept]:
    """`ledger.delivered`, added up only where it is not kept, and what to keep of it."""
    owners = {owner: _first_named(books, owner, kept) for owner in REGISTERS}
    good = {table: kept.good_of(table, _since(books, table, kept, owners)) for table in TABLES}
    found = list(delivered(books, days, good))
    told = [one.sums.select(pl.lit(one.table).alias("table"), *SUMS) for one in found]
    sums = pl.concat([Kept().sums, *told])
    loads = {table: [_name(part) for part in _parts(books, table)] for table in TABLES}
    return found, Kept(loads, {one.table: one.days for one in found}, sums)


def _parts(books: Books, table: str) -> Sequence[Part]:
    """The loads known on the day; no snapshot of a later one."""
    known = books.lake.manifest.known_on(table, books.as_of)
    return [part for part in known if contract(table).day or part.business_date <= books.as_of]


def _name(part: Part) -> list[object]:
    return [part.load_no, part.fingerprint]


def _new(books: Books, table: str, kept: Kept) -> list[Part] | None:
    """The loads that are known since; None where one that was known is gone."""
    known, parts = kept.loads.get(table, []), _parts(books, table)
    new = [part for part in parts if _name(part) not in known]
    return new if len(parts) - len(new) == len(known) else None


def _since(books: Books, table: str, kept: Kept, owners: dict[str, pa.Table | None]) -> date:
    """The first day of which something may be told otherwise than it was kept; the last of all for none."""
    new = _new(books, table, kept)
    mine = [owner for owner in owners_of(table) if owner in owners]
    if new is None or any(owners[owner] is None for owner in mine):
        return date.min
    changed = [*_days_of(books, table, new)]
    for owner in mine:
        changed += [part.business_date for part in _new(books, REGISTERS[owner], kept) or ()]
        named = owners[owner]
        if named is not None and named.num_rows:
            theirs = books.rows(table).join(books.engine.table(named), on=owner, how="semi")
            changed.append(_first_day(books, theirs, table))
    return min((day for day in changed if day), default=date.max)


def _days_of(books: Books, table: str, new: Sequence[Part]) -> Iterator[date | None]:
    """The first days that new loads speak of, by their rows and by rows they overrule."""
    root = books.lake.root
    if contract(table).day is None:
        yield from (part.business_date for part in new)
    elif new:
        yield _first_day(books, books.engine.scan([root / part.path for part in new]), table)
    said = [root / part.corrections for part in new if part.corrections]
    if said:
        yield _first_day(books, books.engine.scan(said), table)
    if any(part.corrects and not part.corrections for part in new):
        yield date.min


def _first_day(books: Books, rows: Frame, table: str) -> date | None:
    own = nw.col(contract(table).day or "business_date")
    first: date | None = books.engine.collect(rows.select(own.min().alias("first")))["first"][0].as_py()
    return first


def _first_named(books: Books, owner: str, kept: Kept) -> pa.Table | None:
    """Owners that no earlier snapshot of their register placed at a branch; None where one of those is gone."""
    table = REGISTERS[owner]
    new = _new(books, table, kept)
    if new is None:
        return None
    numbers = {part.load_no for part in new}
    old = [part for part in _parts(books, table) if part.load_no not in numbers]
    named = _placed(books, table, owner, new).join(_placed(books, table, owner, old), on=owner, how="anti")
    return books.engine.collect(named)


def _placed(books: Books, table: str, owner: str, parts: Sequence[Part]) -> Frame:
    paths = [books.lake.root / part.path for part in parts]
    rows = (
        books.engine.scan(paths) if paths else books.engine.table(contract(table).schema.arrow.empty_table())
    )
    return rows.filter(~nw.col("branch_id").is_null()).select(owner).unique()
