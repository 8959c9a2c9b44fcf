"""The general ledger held against what was delivered: which totals agree, which do not, how many rows are missing."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from xiaoer.kit.tables import Engine, Lake
from xiaoer.kit.tables.manifest import write_atomically
from xiaoer.kit.text import Reason, reason, say
from xiaoer.sources import kept, ledger, tree
from xiaoer.sources.contracts import contract
from xiaoer.sources.kept import Kept, delivered_since
from xiaoer.sources.ledger import ITEMS, Books, Delivered


@dataclass(frozen=True)
class Difference:
    """One total on which ledger and files disagree; money in fen, None where the ledger does not say.

    `top` marks totals no other total stands above: the whole bank's, where the ledger has them. What is
    `explained` is the sum of differences listed beneath it, so nobody need look at it.
    """

    ledger_date: date
    item: str
    branch_id: str
    branch: str
    ledger_rows: int | None
    rows: int
    ledger_amount: int | None
    amount: int
    top: bool = False
    explained: bool = False

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

    @property
    def why(self) -> Reason:
        """The difference as a sentence."""
        told = {"item_words": f"ledger_{self.item}", "ledger_date": self.ledger_date, "branch": self.branch}
        short = self.amount_short
        if self.rows_short > 0:
            return reason("ledger_rows_missing", "warn", rows=self.rows_short, short_amount=short, **told)
        if self.rows_short < 0:
            return reason("ledger_rows_over", "warn", rows=-self.rows_short, over_amount=-short, **told)
        return reason("ledger_amount_differs", "warn", short_amount=short, **told)


@dataclass(frozen=True)
class Reconciliation:
    """Per table how many totals agree and how many nothing was delivered for; those that differ, the worst first."""

    agree: dict[str, int] = field(default_factory=dict)
    unchecked: dict[str, int] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()

    @property
    def agreeing(self) -> int:
        return sum(self.agree.values())

    @property
    def open(self) -> tuple[Difference, ...]:
        """The differences to look at: those that others do not explain."""
        return tuple(one for one in self.differences if not one.explained)

    def summary(self, language: str, today: date) -> str:
        """What came of it in a sentence, in "zh" or "en"; nothing where no total could be looked at."""
        if not self.open:
            return say(reason("ledger_agrees", agree=self.agreeing), language) if self.agreeing else ""
        worst = say(self.open[0].why, language, today)
        missing = sum(self.missing(table) for table in self.agree)
        told = {"differ": len(self.open), "agree": self.agreeing, "missing": missing, "where": worst}
        return say(reason("ledger_disagrees", "warn", **told), language)

    def missing(self, table: str) -> int:
        """Rows of a table that the ledger counts and no file brought."""
        telling = (
            one for one in self.differences if one.top and one.table == table and ITEMS[one.item].telling
        )
        return sum(max(one.rows_short, 0) for one in telling)

    def of(self, table: str) -> dict[str, Any]:
        """A table's part of it, to be kept or shown as JSON."""
        mine = [asdict(one) for one in self.differences if one.table == table]
        return {
            "agree": self.agree.get(table, 0),
            "unchecked": self.unchecked.get(table, 0),
            "differences": mine,
        }


def reconciled(lake: Lake, engine: Engine, as_of: date | None = None) -> Reconciliation:
    """The ledger against the files as known on a day, by default now; kept beside the lake until more is known."""
    day = as_of or _newest(lake)
    if day is None:
        return Reconciliation()
    known, path = _seal(lake, day), lake.root / "reconciled.json"
    held = json.loads(path.read_bytes()) if path.exists() else {}
    if held.get("known") == known:
        return _read(held)
    ways, sums = _ways(), lake.root / "ledger_sums.json"
    found, added_up = _reconcile(Books(lake, engine, day), Kept.read(sums, ways, day))
    added_up.write(sums, ways, day)
    write_atomically(path, json.dumps({"known": known, **asdict(found)}, default=str).encode())
    return found


def _newest(lake: Lake) -> date | None:
    parts = lake.manifest.live()
    return max((max(part.business_date, part.first_delivered) for part in parts), default=None)


def _seal(lake: Lake, as_of: date) -> str:
    """What the answer depends on: everything known on the day, and how it is added up."""
    return hashlib.sha256(f"{_ways()} {as_of} {lake.manifest.digest(as_of)}".encode()).hexdigest()


def _ways() -> str:
    paths = [*(Path(str(module.__file__)) for module in (ledger, tree, kept)), Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _read(held: dict[str, Any]) -> Reconciliation:
    rows = [row | {"ledger_date": date.fromisoformat(row["ledger_date"])} for row in held["differences"]]
    return Reconciliation(held["agree"], held["unchecked"], tuple(Difference(**row) for row in rows))


def reconcile(lake: Lake, engine: Engine, as_of: date) -> Reconciliation:
    """Every total of the ledger known on a day, beside the sum of what was delivered."""
    return _reconcile(Books(lake, engine, as_of), Kept())[0]


def _reconcile(books: Books, before: Kept) -> tuple[Reconciliation, Kept]:
    totals = _totals(books)
    found, sums = delivered_since(books, sorted(totals["ledger_date"].unique()), before)
    return _compared(books, totals, found), sums


def _compared(books: Books, totals: pl.DataFrame, found: list[Delivered]) -> Reconciliation:
    if totals.is_empty() or not found:
        return Reconciliation(unchecked=_by_table(totals))
    sums = pl.concat(one.sums for one in found)
    branches = tree.grown(books, set(totals["branch_id"]), set(sums["branch_id"].drop_nulls()))
    spoken = pl.DataFrame(
        _spoken_for(found), schema={"item": pl.String, "ledger_date": pl.Date}, orient="row"
    )
    known = pl.col("branch_id").is_in(list(branches.known))
    checked = totals.join(spoken, on=["item", "ledger_date"]).filter(known)
    compared = checked.join(branches.rolled_up(sums), on=["item", "ledger_date", "branch_id"], how="left")
    differing = compared.with_columns(pl.col("rows", "amount").fill_null(0)).filter(_differs())
    return Reconciliation(
        _less(_by_table(checked), _by_table(differing)),
        _less(_by_table(totals), _by_table(checked)),
        tuple(sorted(_differences(differing, branches), key=_worst_first)),
    )


def _by_table(rows: pl.DataFrame) -> dict[str, int]:
    return dict(Counter(ITEMS[item].table for item in rows["item"]))


def _less(whole: dict[str, int], part: dict[str, int]) -> dict[str, int]:
    return {table: count - part.get(table, 0) for table, count in sorted(whole.items())}


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


def _differences(rows: pl.DataFrame, branches: tree.Tree) -> Iterator[Difference]:
    """Each differing total; explained where those right beneath it add up to the same."""
    found = [Difference(**row, branch="") for row in rows.to_dicts()]
    beneath: defaultdict[tuple[object, ...], list[Difference]] = defaultdict(list)
    for one in found:
        beneath[one.ledger_date, one.item, branches.over(one.branch_id)].append(one)
    for one in found:
        under = beneath[one.ledger_date, one.item, one.branch_id]
        sums = (sum(low.rows_short for low in under), sum(low.amount_short for low in under))
        yield replace(
            one,
            branch=branches.names.get(one.branch_id) or one.branch_id,
            top=branches.over(one.branch_id) is None,
            explained=bool(under) and sums == (one.rows_short, one.amount_short),
        )


def _worst_first(one: Difference) -> tuple[object, ...]:
    return (-abs(one.amount_short), -abs(one.rows_short), one.ledger_date, one.item, one.branch_id)
