"""Everything measured on one book: samples (distributions), curves, and single figures taken from them."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from bench.likeness import partners, rhythm, standing, turnover
from bench.likeness.papers import MONTHS, Book

Floats = np.ndarray[Any, np.dtype[np.float64]]
SHARE_OF = re.compile(r"(<=|>|<|>=) ?(-?[\d.]+)")
RANGE_OF = re.compile(r"(-?\d+)\.\.(-?\d+)")


@dataclass(frozen=True)
class Sample:
    """Values in rising order and their weights, which add up to one."""

    values: Floats
    weights: Floats

    def quantiles(self, shares: Floats) -> Floats:
        """For each share the least value that so much of the weight does not exceed; NaN where there is none."""
        if not len(self.values):
            return np.full(len(shares), np.nan)
        at = np.searchsorted(np.cumsum(self.weights), shares - 1e-9)
        return self.values[at.clip(max=len(self.values) - 1)]

    def take(self, how: str) -> float:
        """`mean`, `p50` (a percentile), or the share of the weight `<= 1`, `> 0.9`."""
        if how == "mean":
            return float((self.values * self.weights).sum()) if len(self.values) else float("nan")
        if hit := SHARE_OF.fullmatch(how):
            return self._share(hit[1], float(hit[2]))
        return float(self.quantiles(np.array([int(how.removeprefix("p")) / 100]))[0])

    def _share(self, sign: str, limit: float) -> float:
        below = self.values <= limit if sign in {"<=", ">"} else self.values < limit
        part = float(self.weights[below].sum())
        return part if sign.startswith("<") else 1 - part


@dataclass(frozen=True)
class Curve:
    """One value for each whole number from `begin` on."""

    begin: int
    values: Floats

    @property
    def places(self) -> Floats:
        return np.arange(self.begin, self.begin + len(self.values), dtype=float)

    def take(self, how: str) -> float:
        """Mean over places, as `1..1` or `-25..-12`."""
        low, high = (int(edge) for edge in RANGE_OF.fullmatch(how).groups())
        return float(self.values[low - self.begin : high - self.begin + 1].mean())


@dataclass(frozen=True)
class Survey:
    """What one book shows; `firms` are the regular ones, `known` those whose fate is known (defaulted, not)."""

    samples: dict[str, Sample]
    curves: dict[str, Curve]
    firms: int
    known: tuple[int, int]

    def take(self, of: str, how: str) -> float:
        return (self.samples.get(of) or self.curves[of]).take(how)


def survey(book: Book) -> Survey:
    """Measure a book; about two seconds for a million invoices."""
    sales, purchases = book.side("sale"), book.side("purchase")
    fates = standing.fates(book)
    months = turnover.monthly(sales, book.window)
    whole = turnover.about_season(turnover.throughout(months))
    samples = _gaps(sales) | _amounts(sales) | _months(months, whole) | _taken_back(sales) | _fates(fates)
    samples |= _partners("buyers", sales, book) | _partners("suppliers", purchases, book)
    curves = _curves(whole, sales, book)
    singles = _overall(book) | {
        "season_winter": (curves["season"].take("12..12") + curves["season"].take("1..1")) / 2
    }
    samples |= {name: Sample(np.array([value]), np.ones(1)) for name, value in singles.items()}
    bad = int(fates["defaulted"].sum())
    return Survey(samples, curves, len(book.regular), (bad, len(fates) - bad))


def by_firm(rows: pl.DataFrame, name: str) -> Sample:
    """A sample in which every firm weighs the same, however many rows it has."""
    kept = rows.drop_nulls(name).filter(pl.col(name).cast(pl.Float64).is_not_nan())
    return weighed(kept.select(value=name, weight=1 / pl.len().over("firm")))


def weighed(rows: pl.DataFrame) -> Sample:
    """A sample of columns `value` and `weight`."""
    ordered = rows.select(pl.col("value").cast(pl.Float64), "weight").sort("value", "weight")
    values, weights = ordered["value"].to_numpy(), ordered["weight"].to_numpy()
    return Sample(values, weights / weights.sum() if len(weights) else weights)


def _gaps(sales: pl.DataFrame) -> dict[str, Sample]:
    gaps, of_days = rhythm.gaps(sales), rhythm.gaps_of_days(sales)
    return {
        "gap": by_firm(gaps, "gap"),
        "same_day": by_firm(gaps.group_by("firm").agg(share=(pl.col("gap") == 0).mean()), "share"),
        "day_gap": by_firm(of_days.group_by("firm").agg(pl.col("gap").median()), "gap"),
        "free_days": by_firm(rhythm.free_day_share(sales), "share"),
    }


def _amounts(sales: pl.DataFrame) -> dict[str, Sample]:
    invoices, orders = turnover.amounts(sales), turnover.orders(sales)
    middle = pl.col("yuan_net").median()
    return {
        "invoice": by_firm(invoices, "yuan_net"),
        "median_invoice": by_firm(invoices.group_by("firm").agg(middle), "yuan_net"),
        "median_order": by_firm(orders.group_by("firm").agg(middle), "yuan_net"),
        "order_papers": by_firm(orders.group_by("firm").agg(pl.col("papers").mean()), "papers"),
        "order_spread": by_firm(turnover.spread_of_amounts(orders, within=["firm"]), "spread"),
        "tie_spread": by_firm(turnover.spread_of_amounts(orders, within=["firm", "partner"]), "spread"),
    }


def _months(months: pl.DataFrame, whole: pl.DataFrame) -> dict[str, Sample]:
    return {
        "month_turnover": by_firm(months, "yuan_net"),
        "month_papers": by_firm(months, "papers"),
        "mean_turnover": by_firm(months.group_by("firm").agg(pl.col("yuan_net").mean()), "yuan_net"),
        "quiet_months": by_firm(months.group_by("firm").agg(share=(pl.col("papers") == 0).mean()), "share"),
        "month_spread": by_firm(turnover.spread_of_months(whole), "spread"),
        "growth": by_firm(turnover.growth(whole), "growth"),
        "memory_1": by_firm(turnover.memory(whole, "calm", 1), "memory"),
        "memory_12": by_firm(turnover.memory(whole, "log", 12), "memory"),
    }


def _partners(who: str, papers: pl.DataFrame, book: Book) -> dict[str, Sample]:
    papers = papers.drop_nulls("partner")  # sales to unnamed persons are nobody's tie
    parts, ties = partners.concentration(papers), partners.ties(papers, book.window)
    lasting = partners.lasting(ties)
    return {
        **{f"{who}_{name}": by_firm(parts, name) for name in ("partners", "largest", "five", "hhi")},
        f"{who}_tie_days": by_firm(ties, "days"),
        f"{who}_trade_days": weighed(ties.select(value="days", weight="part")),
        f"{who}_lasting": by_firm(lasting, "days"),
        f"{who}_once": by_firm(lasting, "once"),
        f"{who}_new": by_firm(partners.new_part(papers, book.window), "part"),
        f"{who}_kept": by_firm(partners.kept_part(papers, book.window), "part"),
    }


def _taken_back(sales: pl.DataFrame) -> dict[str, Sample]:
    back = standing.taken_back(sales).with_columns(either=pl.col("void") + pl.col("red"))
    return {name: by_firm(back, name) for name in ("void", "red", "either")}


def _overall(book: Book) -> dict[str, float]:
    """Shares of all papers of all firms, both sides, as the calibration counts them."""
    return {
        "overall_void": float(book.papers["void"].mean()),
        "overall_red": float((book.papers["net"] < 0).mean()),
    }


def _fates(fates: pl.DataFrame) -> dict[str, Sample]:
    return {
        f"{name}_{group}": by_firm(fates.filter(pl.col("defaulted") == flag), name)
        for name in ("silence", "kept")
        for group, flag in (("defaulted", True), ("others", False))
    }


def _curves(whole: pl.DataFrame, sales: pl.DataFrame, book: Book) -> dict[str, Curve]:
    lags = range(1, MONTHS // 2 + 1)
    found = {
        "season": (1, turnover.season(whole, book.window.first.month)),
        "festival": (-rhythm.REACH, rhythm.about_festival(sales, book.window)),
        "weekday": (1, rhythm.weekday_shares(sales)),
        "day_of_month": (1, rhythm.by_day_of_month(sales, book.window)),
        "memory": (1, [_mean_memory(whole, "log", lag) for lag in lags]),
        "memory_calm": (1, [_mean_memory(whole, "calm", lag) for lag in lags]),
    }
    # Sums over threads differ in their last digits; a picture must not.
    return {name: Curve(begin, np.round(np.array(values), 9)) for name, (begin, values) in found.items()}


def _mean_memory(whole: pl.DataFrame, name: str, lag: int) -> float:
    return by_firm(turnover.memory(whole, name, lag), "memory").take("mean")
