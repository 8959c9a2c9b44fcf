"""With whom firms trade: how much hangs on few, how long ties last, how much is new."""

import polars as pl

from bench.likeness.papers import Window, good

LOOK_BACK = 12  # months a buyer must not have been seen in to count as new


def concentration(papers: pl.DataFrame) -> pl.DataFrame:
    """Per firm over the window, red invoices taken off: firm, partners, largest, five, hhi (shares of net trade)."""
    traded = papers.filter(~pl.col("void")).group_by("firm", "partner").agg(pl.col("net").sum())
    part = pl.col("net") / pl.col("net").sum().over("firm")
    parts = traded.filter(pl.col("net") > 0).with_columns(part=part)
    return (
        parts.group_by("firm")
        .agg(
            partners=pl.len(),
            largest=pl.col("part").max(),
            five=pl.col("part").top_k(5).sum(),
            hhi=pl.col("part").pow(2).sum(),
        )
        .sort("firm")
    )


def ties(papers: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Every tie: firm, partner, days (first to last invoice), months (with invoices), part (of the firm's trade)."""
    traded = good(papers).with_columns(month=window.month_of("day")).group_by("firm", "partner")
    found = traded.agg(
        days=(pl.col("day").max() - pl.col("day").min()).dt.total_days(),
        months=pl.col("month").n_unique(),
        net=pl.col("net").sum(),
    )
    return found.with_columns(part=pl.col("net") / pl.col("net").sum().over("firm")).sort("firm", "partner")


def lasting(found: pl.DataFrame) -> pl.DataFrame:
    """Per firm: days a tie lasts, weighted by turnover, and the share of ties seen in a single month: firm, days, once."""
    days = (pl.col("days") * pl.col("part")).sum()
    return found.group_by("firm").agg(days=days, once=(pl.col("months") == 1).mean()).sort("firm")


def new_part(papers: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Share of a month's trade with partners not seen in the twelve months before, from the second year on: firm, part."""
    by_month = ["firm", "partner", "month"]
    traded = (
        good(papers).with_columns(month=window.month_of("day")).group_by(by_month).agg(pl.col("net").sum())
    )
    before = pl.col("month").shift(1).over("firm", "partner")
    fresh = before.is_null() | (pl.col("month") - before > LOOK_BACK)
    marked = traded.sort(by_month).with_columns(fresh=fresh).filter(pl.col("month") >= LOOK_BACK)
    part = pl.col("net").filter("fresh").sum() / pl.col("net").sum()
    return marked.group_by("firm", "month").agg(part=part).sort("firm", "month")


def kept_part(papers: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Share of the first year's trade whose partners are seen again in the second: firm, part."""
    traded = good(papers).with_columns(later=window.month_of("day") >= 12)
    tie = traded.group_by("firm", "partner").agg(
        first=pl.col("net").filter(~pl.col("later")).sum(), again=pl.col("later").any()
    )
    part = pl.col("first").filter("again").sum() / pl.col("first").sum()
    both = tie.group_by("firm").agg(part=part, first=pl.col("first").sum(), later=pl.col("again").any())
    return both.filter((pl.col("first") > 0) & pl.col("later")).select("firm", "part").sort("firm")
