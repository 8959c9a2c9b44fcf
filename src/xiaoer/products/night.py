"""Which products each firm holds, and what the bank earns on balances and fees."""

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, stacked, whole
from xiaoer.products.terms import VISIT, Education


def held(holdings: Frame) -> Frame:
    """One row per firm and open product: customer_id, product_id, opened_date, last_used_date."""
    still_open = nw.coalesce(nw.col("status"), nw.lit("open")) == "open"
    return holdings.filter(still_open).select("customer_id", "product_id", "opened_date", "last_used_date")


def products_per_firm(open_holdings: Frame) -> Frame:
    """How many different products each firm holds."""
    return open_holdings.group_by("customer_id").agg(whole(nw.col("product_id").n_unique()).alias("products"))


def opened_lately(holdings: Frame, catalogue: Frame, today: int, within_days: int) -> Frame:
    """Open products begun within so many days: customer_id, product_id, product (its name), category, opened_day, uses.

    uses: since it was opened, null where the bank does not tell (a last use on the day of opening is none).
    """
    kinds = catalogue.select(
        "product_id", "category", product=nw.coalesce(nw.col("name"), nw.col("product_id"))
    )
    still = nw.coalesce(nw.col("status"), nw.lit("open")) == "open"
    days = holdings.filter(still).with_columns(
        opened_day=day_no("opened_date"), used=day_no("last_used_date")
    )
    fresh = days.filter(nw.col("opened_day") <= today, nw.col("opened_day") > today - within_days)
    none = nw.when(nw.col("used") <= nw.col("opened_day")).then(nw.lit(0))
    return fresh.join(kinds.unique(), on="product_id", how="inner").select(
        "customer_id", "product_id", "product", "category", "opened_day",
        uses=whole(nw.coalesce(nw.col("uses_12m"), none)),
    )  # fmt: skip


def lessons(fresh: Frame, tiers: Frame, education: Education) -> Frame:
    """Every step of every opening's checklist; `fresh` as `opened_lately` gives it, `tiers`: customer_id, tier.

    Columns: customer_id, product_id, product, category, opened_day, high_value, step (its code), due_day (day number).
    """
    placed = fresh.join(tiers, on="customer_id", how="inner").with_columns(
        high_value=nw.coalesce(nw.col("tier").is_in(sorted(education.visit_tiers)), nw.lit(value=False))
    )
    mine = placed.select(
        "customer_id", "product_id", "product", "category", "opened_day", "high_value"
    ).filter(nw.col("category").is_in(sorted(education.steps)))
    visits = _step(mine.filter(nw.col("high_value")), VISIT, education.visit_days)
    taught = [
        _step(mine.filter(nw.col("category") == category), code, days)
        for category, steps in education.steps.items()
        for code, days in steps
    ]
    return stacked([visits, *taught])


def _step(openings: Frame, code: str, days: int) -> Frame:
    return openings.with_columns(step=nw.lit(code), due_day=nw.col("opened_day") + days)
