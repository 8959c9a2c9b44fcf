"""Which products each firm holds, and what the bank earns on balances and fees."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole


def held(holdings: Frame) -> Frame:
    """One row per firm and open product: customer_id, product_id, opened_date, last_used_date."""
    still_open = nw.coalesce(nw.col("status"), nw.lit("open")) == "open"
    return holdings.filter(still_open).select("customer_id", "product_id", "opened_date", "last_used_date")


def products_per_firm(open_holdings: Frame) -> Frame:
    """How many different products each firm holds."""
    return open_holdings.group_by("customer_id").agg(whole(nw.col("product_id").n_unique()).alias("products"))
