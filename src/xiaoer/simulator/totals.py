"""The general ledger's totals, by sub-branch and for the whole bank."""

from datetime import date

import polars as pl

from xiaoer.simulator.organisation import HEAD

Part = tuple[str, pl.DataFrame, str | None]


def ledger_file(day: date, parts: list[Part]) -> pl.DataFrame:
    """One row per item and branch; a part is (item, frame with `branch_id`, amount column or none)."""
    return pl.concat([_item(day, *part) for part in parts])


def _item(day: date, item: str, frame: pl.DataFrame, amount: str | None) -> pl.DataFrame:
    value = pl.col(amount).sum() if amount else pl.lit(None, dtype=pl.Int64)
    by_branch = frame.group_by("branch_id").agg(amount=value, rows=pl.len()).sort("branch_id")
    whole = frame.select(branch_id=pl.lit(HEAD), amount=value, rows=pl.len()).head(1)
    return pl.concat([whole, by_branch]).with_columns(
        pl.col("amount").cast(pl.Int64),
        pl.col("rows").cast(pl.Int64),
        item=pl.lit(item),
        ledger_date=pl.lit(day),
        currency=pl.lit("CNY"),
    )


def whole_bank(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """The totals of a bank from those of its parts: head office's rows added up, branches as they are."""
    rows = pl.concat(parts)
    keys = ["item", "ledger_date", "currency"]
    head = rows.filter(branch_id=HEAD).group_by(keys, maintain_order=True)
    totals = head.agg(pl.col("rows").sum(), _sum_or_nothing("amount")).with_columns(branch_id=pl.lit(HEAD))
    return pl.concat([totals.select(rows.columns), rows.filter(pl.col("branch_id") != HEAD)])


def _sum_or_nothing(name: str) -> pl.Expr:
    """A sum, null where there is nothing to add (items that are counted only)."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
