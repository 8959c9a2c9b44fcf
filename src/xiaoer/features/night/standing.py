"""Who a firm is, and what follows from several themes side by side."""

import narwhals as nw

from xiaoer.features.night.lending import MONTH_DAYS
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, share


def standing(customers: Frame, today: int) -> Frame:
    """One row per firm of the book.

    Columns: relation_months, firm_months, staff, assets, revenue_told, capital (fen), may_market (1 or 0), and the
    codes industry_letter, industry_division, source_tag.
    Columns of `together` (kind, region, opened_date …) are not repeated here.
    """
    code = nw.col("industry_code")
    agreed = nw.col("consent_marketing").cast(nw.Int64)
    return customers.select(
        "customer_id",
        "source_tag",
        relation_months=(today - day_no("opened_date")) / MONTH_DAYS,
        firm_months=(today - day_no("founded_date")) / MONTH_DAYS,
        staff=nw.col("staff_count").cast(nw.Int64),
        assets=nw.col("total_assets"),
        revenue_told=nw.col("annual_revenue"),
        capital=nw.col("registered_capital"),
        may_market=agreed,
        industry_letter=code.str.slice(0, 1),
        industry_division=code.str.slice(0, 3),
    )


def beside(known: Frame) -> Frame:
    """Ratios between themes, added to a frame that has them all."""
    return known.with_columns(
        share("debt", "sales_12m").alias("debt_to_sales"),
        share("debt", "limit_amount").alias("limit_use"),
        share("earned_12m", "sales_12m").alias("settled_share_12m"),
        share("earned_90d", "sales_90d").alias("settled_share_90d"),
        (share("earned_90d", "earned_prior_90d") - 1).alias("earned_growth_90d"),
        (share("payments_90d", "payments_prior_90d") - 1).alias("payments_growth_90d"),
        share(nw.col("earned_90d") - nw.col("spent_90d"), "earned_90d").alias("kept_share_90d"),
        share("balance_now", "earned_90d").alias("balance_to_earned"),
        share("topped_up_12m", "spent_12m").alias("topped_up_share"),
        share("owner_out_12m", "earned_12m").alias("owner_out_share"),
        share("wages_90d", "spent_90d").alias("wages_share"),
        share("takings_90d", "earned_90d").alias("takings_share"),
        share("declared_12m", "sales_12m").alias("declared_share"),
        share(nw.coalesce(nw.col("elsewhere_debt"), nw.lit(0)), "sales_12m").alias("elsewhere_to_sales"),
    )
