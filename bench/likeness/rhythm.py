"""When firms invoice: gaps, weekdays, days of the month, days about Spring Festival."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from bench.likeness.papers import Window, good
from xiaoer.kit.dates import Feast, feast_day, is_working_day

REACH = 45  # days before and after the feast


def gaps(sales: pl.DataFrame) -> pl.DataFrame:
    """Days between consecutive sales invoices of a firm, 0 within a day: firm, gap."""
    return _gaps(good(sales).select("firm", "day"))


def gaps_of_days(sales: pl.DataFrame) -> pl.DataFrame:
    """Days between consecutive days on which a firm sold: firm, gap."""
    return _gaps(good(sales).select("firm", "day").unique())


def _gaps(days: pl.DataFrame) -> pl.DataFrame:
    gap = (pl.col("day") - pl.col("day").shift(1).over("firm")).dt.total_days()
    return days.sort("firm", "day").select("firm", gap=gap).drop_nulls()


def weekday_shares(sales: pl.DataFrame) -> list[float]:
    """Share of invoices on Monday … Sunday, every firm weighing the same."""
    return shares_by(sales, pl.col("day").dt.weekday(), range(1, 8))


def by_day_of_month(sales: pl.DataFrame, window: Window) -> list[float]:
    """Invoices on the 1st … 31st against an average day (1), every firm weighing the same."""
    shares = shares_by(sales, pl.col("day").dt.day(), range(1, 32))
    days = [(window.first + timedelta(offset)).day for offset in range(window.days)]
    return [share * window.days / days.count(number) for number, share in enumerate(shares, 1)]


def shares_by(sales: pl.DataFrame, key: pl.Expr, keys: range) -> list[float]:
    """Mean over firms of the share of a firm's good invoices under each key."""
    weighed = good(sales).select(key=key, weight=1 / pl.len().over("firm"), firm="firm")
    found = dict(weighed.group_by("key").agg(pl.col("weight").sum()).iter_rows())
    return [found.get(one, 0.0) / weighed["firm"].n_unique() for one in keys]


def free_day_share(sales: pl.DataFrame) -> pl.DataFrame:
    """Share of a firm's invoices on days on which offices are closed: firm, share."""
    sold = good(sales)
    open_days = [day for day in sold["day"].unique() if is_working_day(day)]
    return sold.group_by("firm").agg(share=1 - pl.col("day").is_in(open_days).mean()).sort("firm")


def about_festival(sales: pl.DataFrame, window: Window) -> list[float]:
    """Invoices by day from REACH days before Spring Festival to REACH after it; 1 is the firm's average day.

    Every firm weighs the same; the mean of all feasts that lie within the window with their surroundings.
    """
    sold = good(sales).select("day", weight=window.days / pl.len().over("firm"))
    firms = sales["firm"].n_unique()
    by_day = dict(sold.group_by("day").agg(pl.col("weight").sum() / firms).iter_rows())
    feasts = spring_festivals(window)
    return [
        float(np.mean([by_day.get(feast + timedelta(offset), 0.0) for feast in feasts]))
        for offset in range(-REACH, REACH + 1)
    ]


def spring_festivals(window: Window) -> list[date]:
    """The feasts that lie within the window with REACH days about them."""
    reach = timedelta(REACH)
    days = [feast_day(Feast.SPRING_FESTIVAL, year) for year in range(window.first.year, window.last.year + 1)]
    return [day for day in days if window.first + reach <= day <= window.last - reach]
