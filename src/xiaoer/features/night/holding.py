"""What a firm holds of the bank's products, category by category."""

import narwhals as nw

from xiaoer.features.night.lending import MONTH_DAYS, YEAR
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, total

CATEGORIES = (
    "loan", "deposit", "settlement", "payroll", "acquiring", "card", "wealth", "insurance", "electronic",
    "foreign_exchange", "bill", "package",
)  # fmt: skip


def holdings(holdings: Frame, catalogue: Frame, today: int) -> Frame:
    """One row per firm that holds something.

    Columns: holds_<category> (how many products of it), products_held, products_opened_12m, products_closed_12m,
    products_unused (no use in twelve months), product_last_opened_months, product_uses_12m.
    """
    kinds = catalogue.select("product_id", "category").unique()
    rows = holdings.join(kinds, on="product_id", how="left")
    opened, closed = day_no("opened_date"), day_no("closed_date")
    still = (nw.coalesce(nw.col("status"), nw.lit("open")) == "open") & (opened <= today)
    marked = rows.with_columns(held=still, opened=opened, closed=closed)
    held = nw.col("held")
    return marked.group_by("customer_id").agg(
        *(count(held & (nw.col("category") == name)).alias(f"holds_{name}") for name in CATEGORIES),
        count(held).alias("products_held"),
        count(held & (nw.col("opened") > today - YEAR)).alias("products_opened_12m"),
        count(~held & (nw.col("closed") > today - YEAR)).alias("products_closed_12m"),
        count(held & (nw.coalesce(nw.col("uses_12m"), nw.lit(0)) == 0)).alias("products_unused"),
        ((today - nw.col("opened").max()) / MONTH_DAYS).alias("product_last_opened_months"),
        total(nw.coalesce(nw.col("uses_12m"), nw.lit(0)), held).alias("product_uses_12m"),
    )
