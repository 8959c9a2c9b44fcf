"""The branches as the ledger sees them: which totals take in which branches, and which is the whole bank's."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import polars as pl

from xiaoer.sources.contracts import contract
from xiaoer.sources.ledger import Books

HEAD_OFFICE = "head_office"
OF = ("ledger_date", "item")


@dataclass(frozen=True)
class Tree:
    """Each branch with itself and all above it; the `whole` bank's stand for rows of no known branch too.

    `told` are the branches the ledger has totals of.
    """

    above: dict[str, list[str]]
    whole: frozenset[str]
    told: frozenset[str]
    names: dict[str, str]

    @property
    def known(self) -> frozenset[str]:
        return self.whole | self.above.keys()

    def over(self, branch: str) -> str | None:
        """The next branch above one that has totals of its own; the whole bank stands above all."""
        if branch in self.whole:
            return None
        path = [one for one in self.above.get(branch, ())[1:] if one in self.told]
        return path[0] if path else min(self.whole & self.told, default=None)

    def rolled_up(self, sums: pl.DataFrame) -> pl.DataFrame:
        """Sums by branch as totals of every branch: its own and all beneath it."""
        steps = [(low, high) for low, path in self.above.items() for high in path if high not in self.whole]
        stairs = pl.DataFrame(steps, schema={"branch_id": pl.String, "high": pl.String}, orient="row")
        upward = sums.join(stairs, on="branch_id").drop("branch_id").rename({"high": "branch_id"})
        everything = [sums.with_columns(branch_id=pl.lit(one)) for one in sorted(self.whole)]
        rows = pl.concat([upward.select(sums.columns), *everything])
        return rows.group_by(*OF, "branch_id").agg(pl.col("rows", "amount").sum())


def grown(books: Books, told: AbstractSet[str], booked: AbstractSet[str]) -> Tree:
    """The tree of the branches as the register last had each; `told` have totals, `booked` have rows.

    Without a register a total nobody is booked at is taken for the whole bank's.
    """
    register = _register(books)
    parents = {str(row["branch_id"]): row["parent_id"] for row in register}
    above = {branch: list(_upwards(branch, parents)) for branch in parents.keys() | booked}
    whole = frozenset(_heads(register)) if register else frozenset(told - booked)
    names = {str(row["branch_id"]): str(row["name"]) for row in register if row["name"]}
    return Tree(above, whole, frozenset(told), names)


def _register(books: Books) -> list[dict[str, str | None]]:
    schema = contract("branches").schema
    rows = books.engine.collect(books.lake.snapshots(schema, books.as_of, books.engine))
    latest = pl.DataFrame(pl.from_arrow(rows)).sort("business_date").unique("branch_id", keep="last")
    return latest.select("branch_id", "parent_id", "level", "name").to_dicts()


def _upwards(branch: str, parents: dict[str, str | None]) -> Iterator[str]:
    at: str | None = branch
    seen: set[str] = set()
    while at and at not in seen:
        yield at
        seen.add(at)
        at = parents.get(at)


def _heads(register: list[dict[str, str | None]]) -> list[str]:
    """Head office by its level, else the only branch without one above it."""
    named = [str(row["branch_id"]) for row in register if row["level"] == HEAD_OFFICE]
    roots = [str(row["branch_id"]) for row in register if not row["parent_id"]]
    return named or (roots if len(roots) == 1 else [])
