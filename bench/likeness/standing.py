"""What hints at trouble: invoices taken back, silence, a fall; defaulters against others."""

import polars as pl

from bench.likeness.papers import Book, good


def taken_back(papers: pl.DataFrame) -> pl.DataFrame:
    """Share of a firm's invoices that are void and that are red: firm, void, red."""
    red = ~pl.col("void") & (pl.col("net") < 0)
    return papers.group_by("firm").agg(void=pl.col("void").mean(), red=red.mean()).sort("firm")


def fates(book: Book) -> pl.DataFrame:
    """Firms known to have defaulted or not: firm, defaulted, silence, kept.

    `silence`: days from the last good sale to the window's end. `kept`: turnover of the last six months against the same
    six a year before; empty where there was none then. Firms without a sale in the window are left out.
    """
    sales = book.papers.filter(pl.col("side") == "sale")
    last = (
        good(sales)
        .group_by("firm")
        .agg(silence=(pl.lit(book.window.last) - pl.col("day").max()).dt.total_days())
    )
    valid = sales.filter(~pl.col("void")).with_columns(month=book.window.month_of("day"))
    sums = valid.group_by("firm").agg(now=_sum_of(18, 24), then=_sum_of(6, 12))
    kept = pl.when(pl.col("then") > 0).then(pl.col("now").clip(0) / pl.col("then"))
    known = book.labels.drop_nulls("defaulted").join(last, on="firm").join(sums, on="firm", how="left")
    return known.select("firm", "defaulted", "silence", kept=kept).sort("firm")


def _sum_of(begin: int, end: int) -> pl.Expr:
    return pl.col("net").filter((pl.col("month") >= begin) & (pl.col("month") < end)).sum()
