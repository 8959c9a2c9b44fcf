"""What the delivered rows add up to, item by item of the general ledger: by day and by the branch they are booked at.

A row belongs to the branch of its account, else of its customer, as the registers said nearest before the
ledger's day. Of a row delivered again only the last word counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import polars as pl
import pyarrow as pa

from xiaoer.kit.tables import Engine, Frame, Lake
from xiaoer.kit.tables.expressions import count, month_no, total, whole
from xiaoer.sources.contracts import contract

REGISTERS = {
    "account_id": "accounts",
    "customer_id": "customers",
}  # who says where an owner is booked, best first
SUMS = {
    "ledger_date": pl.Date, "branch_id": pl.String, "item": pl.String, "rows": pl.Int64, "amount": pl.Int64,
}  # fmt: skip
ROWS, AMOUNT = "_rows", "_amount"
NOT_CLOSED = ((nw.col("status") != "closed") | nw.col("status").is_null()) & (
    (nw.col("closed_date") > nw.col("business_date")) | nw.col("closed_date").is_null()
)


@dataclass(frozen=True)
class Item:
    """Rows of a table that one item of the ledger counts, and the column of money (fen) it sums.

    A `flow` is summed over the calendar month up to the ledger's day, everything else stands on that day. By
    the `telling` items one knows how many rows of a table are missing: together they count each row once.
    """

    table: str
    amount: str | None = None
    where: nw.Expr | None = None
    flow: bool = False
    telling: bool = True


ITEMS = {
    "customers": Item("customers", where=NOT_CLOSED),
    "accounts": Item("balances", telling=False),
    "deposit_balance": Item("balances", "balance"),
    "loan_balance": Item("drawdown_notes", "balance"),
    "overdue_balance": Item("drawdown_notes", "balance", nw.col("status") == "overdue", telling=False),
    "money_in": Item("transactions", "amount", nw.col("direction") == "in", flow=True),
    "money_out": Item("transactions", "amount", nw.col("direction") == "out", flow=True),
    "repaid_principal": Item("repayments", "principal", flow=True),
    "repaid_interest": Item("repayments", "interest", flow=True, telling=False),
}


def items_of(table: str) -> dict[str, Item]:
    """The ledger's items that a table's rows make up."""
    return {name: item for name, item in ITEMS.items() if item.table == table}


def _flows(table: str) -> bool:
    return any(item.flow for item in items_of(table).values())


@dataclass(frozen=True)
class Books:
    """The lake as it is known on a day."""

    lake: Lake
    engine: Engine
    as_of: date

    def rows(self, table: str) -> Frame:
        """Rows of an increment, or of every snapshot."""
        schema = contract(table).schema
        opened = self.lake.open if schema.day else self.lake.snapshots
        return opened(schema, self.as_of, self.engine)

    def days_of(self, table: str, days: list[date]) -> list[date]:
        """Of some days those on which the table can be held against the ledger: those it has spoken for."""
        parts = [part for part in self.lake.manifest.known_on(table, self.as_of) if part.rows]
        if not parts:
            return []
        spoken = {part.business_date for part in parts}
        if contract(table).day is None:
            return [day for day in days if day in spoken]
        first = self._first_day(table)
        begun = first.replace(day=1) if _flows(table) else first
        return [day for day in days if begun <= day <= max(spoken)]

    def _first_day(self, table: str) -> date:
        first: date = self.engine.collect(
            self.rows(table).select(nw.col(str(contract(table).day)).min().alias("first"))
        )["first"][0].as_py()
        return first


@dataclass(frozen=True)
class Delivered:
    """What was delivered of a table: ledger_date, branch_id (null where nobody knows), item, rows, amount (fen).

    `days` are the ledger's days that the table has spoken for; a day without rows is not among the sums.
    """

    table: str
    days: list[date]
    sums: pl.DataFrame


def delivered(
    books: Books, days: list[date], known: Mapping[str, tuple[list[date], pl.DataFrame]] | None = None
) -> Iterator[Delivered]:
    """Each table the ledger tells of, as far as it was delivered; of days whose sums are `known` these."""
    for table in dict.fromkeys(item.table for item in ITEMS.values()):
        covered = books.days_of(table, days)
        told, sums = (known or {}).get(table, ([], pl.DataFrame(schema=SUMS)))
        missing = [day for day in covered if day not in told]
        kept = sums.filter(pl.col("ledger_date").is_in(covered))
        if missing:
            found = _by_item(table, _by_branch(books, table, missing)).select(list(SUMS)).cast(SUMS)  # type: ignore[arg-type]
            kept = pl.concat([kept, found])
        if covered:
            yield Delivered(table, covered, kept)


def _by_item(table: str, summed: pl.DataFrame) -> pl.DataFrame:
    """Columns side by side turned into a row per item."""
    items = items_of(table)
    return pl.concat(
        summed.select(
            "ledger_date",
            "branch_id",
            item=pl.lit(name),
            rows=pl.col(name + ROWS),
            amount=pl.col(name + AMOUNT) if item.amount else pl.lit(0, dtype=pl.Int64),
        )
        for name, item in items.items()
    )


def _by_branch(books: Books, table: str, days: list[date]) -> pl.DataFrame:
    owners = owners_of(table)
    frame = _on_days(books.rows(table), table, days, books.engine)
    summed = frame.group_by(*owners, "ledger_date").agg(*_sums(items_of(table)))
    placed = _placed(summed, owners, books) if owners != ["branch_id"] else summed
    measures = [name for name in placed.collect_schema().names() if name.endswith((ROWS, AMOUNT))]
    sums = (total(name).alias(name) for name in measures)
    gathered = books.engine.collect(placed.group_by("branch_id", "ledger_date").agg(*sums))
    return pl.DataFrame(pl.from_arrow(gathered))


def owners_of(table: str) -> list[str]:
    """Which columns say where a row is booked: its own branch, or whose it is."""
    columns = contract(table).schema.columns
    return ["branch_id"] if "branch_id" in columns else [owner for owner in REGISTERS if owner in columns]


def _on_days(frame: Frame, table: str, days: list[date], engine: Engine) -> Frame:
    """Rows beside each ledger day they count for."""
    own = contract(table).day or "business_date"
    months = [day.year * 12 + day.month - 1 for day in days]
    wanted = engine.table(
        pa.table({"ledger_date": pa.array(days, pa.date32()), "month": pa.array(months, pa.int64())})
    )
    if _flows(table):
        first = min(days).replace(day=1)  # what lies before is not read
        dated = (
            frame.filter(nw.col(own) >= nw.lit(first))
            .with_columns(month_no(own).alias("month"))
            .join(wanted, on="month", how="inner")
        )
        return dated.filter(nw.col(own) <= nw.col("ledger_date"))
    here = frame.filter(nw.col(own) >= nw.lit(min(days)))
    return here.with_columns(nw.col(own).alias("ledger_date")).join(wanted, on="ledger_date", how="inner")


def _sums(items: dict[str, Item]) -> Iterator[nw.Expr]:
    for name, item in items.items():
        rows = nw.len() if item.where is None else count(item.where)
        yield whole(rows).alias(name + ROWS)
        if item.amount:
            yield total(item.amount, item.where).alias(name + AMOUNT)


def _placed(summed: Frame, owners: list[str], books: Books) -> Frame:
    """Sums by owner with the branch the owner was booked at on the day."""
    for owner in owners:
        summed = summed.join(_spells(books, owner), on=owner, how="left").filter(
            nw.col(f"{owner}_branch").is_null()
            | (
                ((nw.col("ledger_date") >= nw.col("since")) | nw.col("since").is_null())
                & ((nw.col("ledger_date") < nw.col("until")) | nw.col("until").is_null())
            )
        )
        summed = summed.drop("since", "until")
    branch = nw.coalesce(*(nw.col(f"{owner}_branch") for owner in owners))
    return summed.with_columns(branch.alias("branch_id"))


def _spells(books: Books, owner: str) -> Frame:
    """Since when and until when (exclusive) an owner was booked at a branch; null before all snapshots and after."""
    rows = books.lake.snapshots(contract(REGISTERS[owner]).schema, books.as_of, books.engine)
    placed = rows.filter(~nw.col("branch_id").is_null()).select(owner, "branch_id", "business_date")
    before = nw.col("branch_id").shift(1).over(owner, order_by="business_date")
    moved = placed.with_columns(before.alias("before")).filter(
        nw.col("before").is_null() | (nw.col("before") != nw.col("branch_id"))
    )
    since = nw.when(~nw.col("before").is_null()).then(nw.col("business_date"))
    until = nw.col("business_date").shift(-1).over(owner, order_by="business_date")
    return moved.select(
        owner, nw.col("branch_id").alias(f"{owner}_branch"), since.alias("since"), until.alias("until")
    )
