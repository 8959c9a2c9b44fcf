"""The published rows of what firms came with, as the bank's file tells it."""

import polars as pl

from xiaoer.nightly import seam
from xiaoer.nightly.lent import product_names
from xiaoer.nightly.pieces import Part, in_parts
from xiaoer.nightly.run import Night
from xiaoer.satisfaction.rules import deadlines
from xiaoer.satisfaction.terms import RequestRule

REQUESTS = (
    "request_id", "customer_id", "kind", "topic", "channel", "product", "requested_date", "due_date", "owner_id",
    "status", "closed_date", "confirmed",
)  # fmt: skip


def requests(night: Night) -> seam.Rows:
    """Open ones, and those closed lately; without a deadline or an owner of its own each gets the house's."""
    rule, products = RequestRule.in_force(night.business_date), product_names(night)
    placed = pl.DataFrame(night.rows_of("portfolio")).select("customer_id", "manager_id")
    return in_parts(night, REQUESTS, lambda part: _requests(part, rule, products, placed))


def _requests(part: Part, rule: RequestRule, products: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    rows = part.made("requests").filter(by="bank").sort("customer_id", "request_id")
    named = rows.join(products, on="product_id", how="left", maintain_order="left")
    timed = named.join(
        _deadlines(rows, rule), on=["kind", "requested_date"], how="left", maintain_order="left"
    )
    owned = timed.join(placed, on="customer_id", how="left", maintain_order="left")
    manager = pl.when(~pl.col("manager_id").str.starts_with("pool:")).then("manager_id")
    return owned.with_columns(
        pl.col("topic", "channel", "product").fill_null(""),
        due_date=pl.coalesce("due_date", "house_date"),
        owner_id=pl.coalesce("staff_id", manager, pl.lit("")),
    ).select(REQUESTS)


def _deadlines(rows: pl.DataFrame, rule: RequestRule) -> pl.DataFrame:
    """kind, requested_date, house_date of every day that occurs."""
    schema = {"kind": pl.String, "requested_date": pl.Date, "due_date": pl.Date}
    days = rows["requested_date"]
    made = [] if days.is_empty() else deadlines(days.min(), days.max(), rule)  # type: ignore[arg-type]
    return pl.DataFrame(made, schema).rename({"due_date": "house_date"})
