"""How much firms sell: invoice amounts, months, seasons, growth, memory."""

import numpy as np
import polars as pl

from bench.likeness.papers import MONTHS, Window, good

QUIET = 0.05  # of an average month; added before the logarithm, so that months without sales have one


def amounts(sales: pl.DataFrame) -> pl.DataFrame:
    """Net amount of every good invoice in yuan: firm, yuan_net."""
    return good(sales).select("firm", yuan_net=pl.col("net") / 100)


def orders(sales: pl.DataFrame) -> pl.DataFrame:
    """What a firm invoices one partner on one day: firm, partner, day, yuan_net, papers."""
    whole = good(sales).group_by("firm", "partner", "day")
    return whole.agg(yuan_net=pl.col("net").sum() / 100, papers=pl.len()).sort("firm", "partner", "day")


def spread_of_amounts(papers: pl.DataFrame, *, within: list[str], least: int = 6) -> pl.DataFrame:
    """Standard deviation of the logarithm of `yuan_net` within firms, or firms' ties (then the median tie's)."""
    logs = papers.group_by(within).agg(count=pl.len(), spread=pl.col("yuan_net").log().std())
    enough = logs.filter(pl.col("count") >= least)
    return enough.group_by("firm").agg(pl.col("spread").median()).sort("firm")


def monthly(sales: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Turnover by firm and month, from a firm's first to its last month with invoices: firm, month, yuan_net, papers.

    Void invoices are out, red ones are taken off the month they are written in; months without any are there with 0.
    """
    sold = sales.filter(~pl.col("void")).with_columns(month=window.month_of("day"))
    sums = sold.group_by("firm", "month").agg(
        yuan_net=pl.col("net").sum() / 100, papers=(pl.col("net") > 0).sum().cast(pl.Int64)
    )
    span = sums.group_by("firm").agg(begin=pl.col("month").min(), end=pl.col("month").max() + 1)
    grid = span.select("firm", month=pl.int_ranges("begin", "end")).explode("month")
    return grid.join(sums, on=["firm", "month"], how="left").fill_null(0).sort("firm", "month")


def throughout(months: pl.DataFrame) -> pl.DataFrame:
    """Firms that sold in the first and the last month, with `part`: the month against the firm's average month."""
    whole = months.filter((pl.len().over("firm") == MONTHS) & (pl.col("yuan_net").sum().over("firm") > 0))
    return whole.with_columns(part=pl.col("yuan_net") / pl.col("yuan_net").mean().over("firm"))


def season(whole: pl.DataFrame, first_month: int) -> list[float]:
    """Index of January … December, 1 the average: mean over firms and both years, freed of the common growth."""
    level = whole.group_by("month").agg(pl.col("part").mean()).sort("month")["part"].to_numpy()
    growth = np.log(level[12:].mean() / level[:12].mean())
    flat = level / np.exp(growth * (np.arange(MONTHS) - (MONTHS - 1) / 2) / 12)
    index = np.roll(flat.reshape(-1, 12).mean(axis=0), first_month - 1)
    return [float(value) for value in index / index.mean()]


def about_season(whole: pl.DataFrame) -> pl.DataFrame:
    """Adds `log`, the month about the firm's own mean, and `calm`, the same freed of what all firms do that month."""
    clipped = (pl.col("part").clip(0) + QUIET).log()
    everyone = (pl.col("part").mean().over("month") + QUIET).log()
    own = [clipped.alias("log"), (clipped - everyone).alias("calm")]
    return whole.with_columns(own).with_columns(
        (pl.col(name) - pl.col(name).mean().over("firm")) for name in ("log", "calm")
    )


def spread_of_months(whole: pl.DataFrame) -> pl.DataFrame:
    """Standard deviation of log turnover about the season, months with sales only: firm, spread."""
    sold = whole.with_columns(season=pl.col("part").mean().over("month")).filter(pl.col("part") > 0)
    return sold.group_by("firm").agg(spread=(pl.col("part") / pl.col("season")).log().std()).sort("firm")


def memory(rows: pl.DataFrame, name: str, lag: int) -> pl.DataFrame:
    """Correlation of a firm's months with those `lag` months before: firm, memory; firms without any change left out."""
    before = pl.col(name).shift(lag).over("firm")
    pairs = rows.sort("firm", "month").with_columns(before=before).drop_nulls("before")
    found = pairs.group_by("firm").agg(memory=pl.corr(name, "before"))
    return found.drop_nulls().filter(pl.col("memory").is_not_nan()).sort("firm")


def growth(whole: pl.DataFrame) -> pl.DataFrame:
    """Logarithm of the second year's turnover against the first's: firm, growth."""
    later = pl.col("yuan_net").filter(pl.col("month") >= 12).sum()
    sums = whole.group_by("firm").agg(later=later, first=pl.col("yuan_net").sum() - later)
    both = sums.filter((pl.col("later") > 0) & (pl.col("first") > 0))
    return both.select("firm", growth=(pl.col("later") / pl.col("first")).log()).sort("firm")
