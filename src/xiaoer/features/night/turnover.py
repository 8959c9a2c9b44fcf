"""Turnover and growth, season, margin, void and red papers."""

import narwhals as nw

from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import between, share, total, whole

BASIS = 10_000


def monthly(trade: Frame) -> Frame:
    """Sales and purchases (fen) per firm and month number."""
    sale, purchase = nw.col("direction") == "sale", nw.col("direction") == "purchase"
    return trade.group_by("customer_id", "month").agg(
        total("amount", sale).alias("sales"),
        total("amount", purchase).alias("purchases"),
        total("papers", sale).alias("sale_papers"),
    )


def turnover(trade: Frame, months: Frame, on: Windows) -> Frame:
    """Sums by window, growth, margin, tax, void and red shares; one row per firm that ever traded."""
    sums = _sums(trade, on).with_columns(
        (share("sales_12m", "sales_prior_12m") - 1).alias("growth_12m"),
        (share("sales_90d", "sales_90d_last_year") - 1).alias("growth_90d"),
        (share("purchases_90d", "purchases_90d_last_year") - 1).alias("purchase_growth_90d"),
        share(nw.col("net_sales") - nw.col("net_purchases"), "net_sales").alias("margin"),
        share("purchases_all", "sales_all").alias("purchases_to_sales"),
        share("sale_tax", "net_sales").alias("sale_tax_rate"),
        share("sale_voids", "sale_papers").alias("void_share"),
        share("sale_reds", "sale_papers").alias("red_share"),
        share(-nw.col("sale_red_amount"), nw.col("sales_all") - nw.col("sale_red_amount")).alias(
            "red_amount_share"
        ),
        share("purchase_voids", "purchase_papers").alias("purchase_void_share"),
        share(-nw.col("purchase_red_amount"), nw.col("purchases_all") - nw.col("purchase_red_amount")).alias(
            "purchase_red_amount_share"
        ),
        share("sales_all", "sale_papers").alias("sale_paper_size"),
    )
    return sums.join(_steadiness(months), on="customer_id", how="left")


def _sums(trade: Frame, on: Windows) -> Frame:
    sale, purchase = nw.col("direction") == "sale", nw.col("direction") == "purchase"
    year, prior = nw.col("day") > on.today - 365, between("day", on.today - 729, on.today - 365)
    quarter = nw.col("day") > on.today - 90
    quarter_before = between("day", on.same_day_last_year - 89, on.same_day_last_year)
    coming = between("day", on.same_day_last_year + 1, on.same_day_last_year + 60)
    return (
        trade.group_by("customer_id")
        .agg(
            total("amount", sale).alias("sales_all"),
            total("amount", purchase).alias("purchases_all"),
            total("amount", sale & year).alias("sales_12m"),
            total("amount", sale & prior).alias("sales_prior_12m"),
            total("amount", purchase & year).alias("purchases_12m"),
            total("amount", sale & quarter).alias("sales_90d"),
            total("amount", sale & quarter_before).alias("sales_90d_last_year"),
            total("amount", purchase & quarter).alias("purchases_90d"),
            total("amount", purchase & quarter_before).alias("purchases_90d_last_year"),
            total("amount", purchase & coming).alias("purchases_coming_60d_last_year"),
            total(
                "amount", purchase & between("day", on.same_day_last_year - 364, on.same_day_last_year)
            ).alias("purchases_year_to_last_year"),
            total("amount", sale & between("day", on.today - 454, on.today - 90)).alias(
                "sales_year_before_90d"
            ),
            total("net", sale).alias("net_sales"),
            total("net", purchase).alias("net_purchases"),
            total("tax", sale).alias("sale_tax"),
            total("papers", sale).alias("sale_papers"),
            total("papers", purchase).alias("purchase_papers"),
            total("voids", sale).alias("sale_voids"),
            total("voids", purchase).alias("purchase_voids"),
            total("reds", sale).alias("sale_reds"),
            total("red_amount", sale).alias("sale_red_amount"),
            total("red_amount", purchase).alias("purchase_red_amount"),
            total("reds", sale & quarter).alias("sale_reds_90d"),
            total("voids", sale & quarter).alias("sale_voids_90d"),
            total("papers", sale & quarter).alias("sale_papers_90d"),
            nw.col("day").min().alias("first_day"),
        )
        .with_columns((on.today - nw.col("first_day") + 1).alias("known_days"))
        .drop("first_day")
    )


def _steadiness(months: Frame) -> Frame:
    """How even the months are, from whole basis points so that every engine gives the same figure."""
    whole_firm = total(nw.col("sales")).alias("all_sales")
    sums = (
        months.filter(nw.col("sales") > 0)
        .group_by("customer_id")
        .agg(
            whole_firm, nw.col("month").min().alias("first_month"), nw.col("month").max().alias("last_month")
        )
    )
    parts = (
        months.filter(nw.col("sales") > 0)
        .join(sums, on="customer_id", how="inner")
        .with_columns((nw.col("sales") / nw.col("all_sales") * BASIS).floor().cast(nw.Int64).alias("bp"))
    )
    squares = parts.group_by("customer_id", "all_sales", "first_month", "last_month").agg(
        total(nw.col("bp") * nw.col("bp")).alias("squares"),
        whole(nw.col("bp").max()).alias("largest"),
        whole(nw.len()).alias("sale_months"),
    )
    span = nw.col("last_month") - nw.col("first_month") + 1
    return squares.with_columns(
        (span * nw.col("squares") / BASIS**2).alias("month_unevenness"),
        (nw.col("largest") / BASIS).alias("largest_month_share"),
        share(nw.col("sale_months"), span).alias("sale_month_share"),
        whole(nw.col("all_sales") // span).alias("sales_a_month"),
    ).select(
        "customer_id",
        "month_unevenness",
        "largest_month_share",
        "sale_month_share",
        "sale_months",
        "sales_a_month",
    )
