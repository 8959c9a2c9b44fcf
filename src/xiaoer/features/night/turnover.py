"""Turnover and growth, season, margin, void and red papers."""

import narwhals as nw

from xiaoer.features.night.stretches import stretch, within
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import share, total, whole
from xiaoer.kit.tables.grouping import Grouping, counted, grouped, least, most, summed

BASIS = 10_000
TWO_YEARS = 730
SALE, PURCHASE = nw.col("sale"), ~nw.col("sale")


OF_MONTHS = ("all_sales", "first_month", "last_month", "squares", "largest", "months_sold")
RED = nw.col("amount") < 0
SUMMED = {
    **{name: summed(name) for name in ("amount", "net", "tax")},
    "papers": counted(),
    "voids": summed("void"),
    "reds": summed(RED),
    "red_amount": summed("amount", RED),
}


def trade_stretches(trade: Frame, on: Windows, group: Grouping = grouped) -> Frame:
    """Lines of trade per firm, side, month and stretch between the windows' edges; days are day numbers.

    Sums of amount, net, tax, red_amount (fen), papers, voids, reds; first_day, and day: the last one.
    """
    told = {**SUMMED, "first_day": least("day"), "day": most("day")}
    known = trade.with_columns(stretch(on.trade.values()))
    return group(known, ("customer_id", "sale", "month", "stretch"), told).drop("stretch")


def monthly(stretches: Frame, group: Grouping = grouped) -> Frame:
    """Sales and purchases (fen) per firm and month number."""
    told = {
        "sales": summed("amount", SALE),
        "purchases": summed("amount", PURCHASE),
        "sale_papers": summed("papers", SALE),
    }
    return group(stretches, ("customer_id", "month"), told)


def turnover_sums(stretches: Frame, months: Frame, on: Windows) -> Frame:
    """Sums by window and what tells how even the months are, in whole numbers; one row per firm that ever traded."""
    return _sums(stretches, on).join(_steadiness(months), on="customer_id", how="left")


def turnover(sums: Frame, on: Windows) -> Frame:
    """With growth, margin, tax, void and red shares; one row per firm that ever traded."""
    span = nw.col("last_month") - nw.col("first_month") + 1
    return sums.with_columns(
        _growth("sales_12m", "sales_prior_12m", TWO_YEARS).alias("growth_12m"),
        _growth("sales_90d", "sales_90d_last_year", _year_and_quarter(on)).alias("growth_90d"),
        _growth("purchases_90d", "purchases_90d_last_year", _year_and_quarter(on)).alias(
            "purchase_growth_90d"
        ),
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
        (span * nw.col("squares") / BASIS**2).alias("month_unevenness"),
        (nw.col("largest") / BASIS).alias("largest_month_share"),
        share(nw.col("months_sold"), span).alias("sale_month_share"),
        nw.col("months_sold").alias("sale_months"),
        whole(nw.col("all_sales") // span).alias("sales_a_month"),
    ).drop(*OF_MONTHS)


def _growth(now: str, before: str, known: int) -> nw.Expr:
    """Null where the papers do not reach back far enough to compare: a short history is no growth."""
    return nw.when(nw.col("known_days") >= known).then(share(now, before) - 1)


def _year_and_quarter(on: Windows) -> int:
    return on.today - on.same_day_last_year + 90


def _sums(stretches: Frame, on: Windows) -> Frame:
    return (
        stretches.group_by("customer_id")
        .agg(*_amounts(on), *_papers(on), nw.col("first_day").min().alias("first_day"))
        .with_columns((on.today - nw.col("first_day") + 1).alias("known_days"))
        .drop("first_day")
    )


def _amounts(on: Windows) -> list[nw.Expr]:
    """Sales and purchases (fen) by window, and by the same windows a year before."""
    sold = ("12m", "prior_12m", "90d", "90d_last_year", "year_before_90d")
    bought = ("12m", "90d", "90d_last_year", "coming_60d_last_year", "year_to_last_year")
    return [
        total("amount", SALE).alias("sales_all"),
        total("amount", PURCHASE).alias("purchases_all"),
        *(total("amount", SALE & within(on.trade[name])).alias(f"sales_{name}") for name in sold),
        *(total("amount", PURCHASE & within(on.trade[name])).alias(f"purchases_{name}") for name in bought),
    ]


def _papers(on: Windows) -> list[nw.Expr]:
    """Net sums, tax, and how many papers were issued, voided or reversed."""
    quarter = within(on.trade["90d"])
    return [
        total("net", SALE).alias("net_sales"),
        total("net", PURCHASE).alias("net_purchases"),
        total("tax", SALE).alias("sale_tax"),
        total("papers", SALE).alias("sale_papers"),
        total("papers", PURCHASE).alias("purchase_papers"),
        total("voids", SALE).alias("sale_voids"),
        total("voids", PURCHASE).alias("purchase_voids"),
        total("reds", SALE).alias("sale_reds"),
        total("red_amount", SALE).alias("sale_red_amount"),
        total("red_amount", PURCHASE).alias("purchase_red_amount"),
        total("reds", SALE & quarter).alias("sale_reds_90d"),
        total("voids", SALE & quarter).alias("sale_voids_90d"),
        total("papers", SALE & quarter).alias("sale_papers_90d"),
    ]


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
    return parts.group_by("customer_id", "all_sales", "first_month", "last_month").agg(
        total(nw.col("bp") * nw.col("bp")).alias("squares"),
        whole(nw.col("bp").max()).alias("largest"),
        whole(nw.len()).alias("months_sold"),
    )
