"""The general ledger held against what was delivered: which totals agree, which do not, how many rows are missing."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from xiaoer.kit.tables import Engine, Lake
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.sources import ledger
from xiaoer.sources.contracts import contract
from xiaoer.sources.ledger import ITEMS, Books, Delivered, delivered
from xiaoer.sources.tree import Tree, grown


@dataclass(frozen=True)
class Difference:
    """One total on which ledger and files disagree; money in fen, None where the ledger does not say.

    `top` marks totals no other total stands above: the whole bank's, where the ledger has them.
    """

    ledger_date: date
    item: str
    branch_id: str
    branch: str
    top: bool
    ledger_rows: int | None
    rows: int
    ledger_amount: int | None
    amount: int

    @property
    def table(self) -> str:
        return ITEMS[self.item].table

    @property
    def rows_short(self) -> int:
        """Rows the ledger has and the files have not; negative where the files have more."""
        return 0 if self.ledger_rows is None else self.ledger_rows - self.rows

    @property
    def amount_short(self) -> int:
        """Fen the ledger has and the files have not."""
        return 0 if self.ledger_amount is None else self.ledger_amount - self.amount


@dataclass(frozen=True)
class Reconciliation:
    """How many totals agree, how many nothing was delivered for, and those that differ, the worst first."""

    agree: int = 0
    unchecked: int = 0
    differences: tuple[Difference, ...] = ()

    def missing(self, table: str) -> int:
        """Rows of a table that the ledger counts and no file brought."""
        return sum(
            max(one.rows_short, 0)
            for one in self.differences
            if one.top and one.table == table and ITEMS[one.item].telling
        )

    def of(self, table: str) -> list[Difference]:
        """The differences of a table's items, the worst first."""
        return [one for one in self.differences if one.table == table]


def reconciled(lake: Lake, engine: Engine, as_of: date) -> Reconciliation:
    """The ledger against the files as known on a day; kept beside the lake until something else is known."""
    known = _seal(lake, as_of)
    path = lake.root / "reconciled.json"
    held = json.loads(path.read_bytes()) if path.exists() else {}
    if held.get("known") == known:
        return _read(held)
    found = reconcile(lake, engine, as_of)
    if lake.root.exists():
        write_atomically(path, json.dumps({"known": known, **asdict(found)}, default=str).encode())
    return found


def _seal(lake: Lake, as_of: date) -> str:
    """What the answer depends on: everything known on the day, and how it is added up."""
    ways = Path(__file__).read_bytes() + Path(ledger.__file__).read_bytes()
    return hashlib.sha256(ways + f"{as_of} {lake.manifest.digest(as_of)}".encode()).hexdigest()


def _read(held: dict[str, Any]) -> Reconciliation:
    rows = [row | {"ledger_date": date.fromisoformat(row["ledger_date"])} for row in held["differences"]]
    return Reconciliation(held["agree"], held["unchecked"], tuple(Difference(**row) for row in rows))


def reconcile(lake: Lake, engine: Engine, as_of: date) -> Reconciliation:
    """Every total of the ledger known on a day, beside the sum of what was delivered."""
    books = Books(lake, engine, as_of)
    totals = _totals(books)
    found = list(delivered(books, sorted(totals["ledger_date"].unique())))
    if totals.is_empty() or not found:
        return Reconciliation(unchecked=len(totals))
    sums = pl.concat(one.sums for one in found)
    tree = grown(books, set(totals["branch_id"]), set(sums["branch_id"].drop_nulls()))
    spoken = pl.DataFrame(
        _spoken_for(found), schema={"item": pl.String, "ledger_date": pl.Date}, orient="row"
    )
    checked = totals.join(spoken, on=["item", "ledger_date"]).filter(
        pl.col("branch_id").is_in(list(tree.known))
    )
    compared = checked.join(tree.rolled_up(sums), on=["item", "ledger_date", "branch_id"], how="left")
    differing = compared.with_columns(pl.col("rows", "amount").fill_null(0)).filter(_differs())
    differences = sorted((_difference(row, tree) for row in differing.to_dicts()), key=_worst_first)
    return Reconciliation(len(checked) - len(differing), len(totals) - len(checked), tuple(differences))


def _totals(books: Books) -> pl.DataFrame:
    """The ledger's own words: item, ledger_date, branch_id, ledger_rows, ledger_amount."""
    rows = books.lake.open(contract("ledger_totals").schema, books.as_of, books.engine)
    words = pl.DataFrame(pl.from_arrow(books.engine.collect(rows)))
    return words.select(
        "item", "ledger_date", "branch_id", ledger_rows=pl.col("rows"), ledger_amount=pl.col("amount")
    )


def _spoken_for(found: list[Delivered]) -> list[tuple[str, date]]:
    return [
        (name, day)
        for one in found
        for name, item in ITEMS.items()
        if item.table == one.table
        for day in one.days
    ]


def _differs() -> pl.Expr:
    """Where the ledger says something, and something else than the files."""
    pairs = (("ledger_rows", "rows"), ("ledger_amount", "amount"))
    return pl.any_horizontal((pl.col(told) != pl.col(came)).fill_null(value=False) for told, came in pairs)


def _difference(row: dict[str, Any], tree: Tree) -> Difference:
    branch = row["branch_id"]
    return Difference(**row, branch=tree.names.get(branch) or branch, top=branch in tree.top)


def _worst_first(one: Difference) -> tuple[object, ...]:
    return (-abs(one.amount_short), -abs(one.rows_short), one.ledger_date, one.item, one.branch_id)
