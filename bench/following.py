"""What the invoices did after a morning: falls that stayed, silences that lasted, buyers that did not come back.

Each question is a table with a row for every firm (or main buyer) it could be asked of, whether the product flagged it,
whether the largest-first list of the same length would have, and whether it came true. Invoices are valid sales of
customer_id, counterparty_id, day (date) and amount (fen, red ones negative).
"""

from datetime import date, timedelta

import numpy as np
import polars as pl

AHEAD_DAYS, QUIET_DAYS, YEAR_DAYS = 90, 30, 365
ALIVE_DAYS = 180
FALLEN = 0.6  # of the same days last year
LEAST_FEN = 10_000_000  # 100,000 yuan: below it a fall of a share says little
LEAST_SHARE, LEAST_PURCHASES = 0.2, 4
DRAWS = 2_000
QUESTIONS = ("fall", "silence", "buyer lost", "morning list")


def between(sales: pl.DataFrame, first: date, days: int, *keys: str) -> pl.DataFrame:
    """Sums by firm (and whatever else) of so many days from a day on: keys and `sum`."""
    within = sales.filter(pl.col("day") >= first, pl.col("day") < first + timedelta(days=days))
    return within.group_by("customer_id", *keys).agg(pl.col("amount").sum().alias("sum"))


def falls(sales: pl.DataFrame, morning: date, flagged: set[str]) -> pl.DataFrame:
    """Firms with enough sales in the coming days of last year: whether they sell at most 60 % of it now."""
    coming = morning + timedelta(days=1)
    was = between(sales, coming - timedelta(days=YEAR_DAYS), AHEAD_DAYS).rename({"sum": "size"})
    now = between(sales, coming, AHEAD_DAYS)
    alive = sales.filter(pl.col("day").is_between(morning - timedelta(days=ALIVE_DAYS), morning))
    asked = was.filter(pl.col("size") >= LEAST_FEN).join(alive, on="customer_id", how="semi")
    beside = asked.join(now, on="customer_id", how="left").with_columns(pl.col("sum").fill_null(0))
    return _lists(beside.with_columns(hit=pl.col("sum") <= FALLEN * pl.col("size")), flagged)


def silences(sales: pl.DataFrame, morning: date, flagged: set[str]) -> pl.DataFrame:
    """Firms that sold within half a year: whether they sell nothing in the coming thirty days."""
    half = sales.filter(pl.col("day").is_between(morning - timedelta(days=ALIVE_DAYS), morning))
    size = half.group_by("customer_id").agg(pl.col("amount").sum().alias("size"))
    coming = sales.filter(
        pl.col("day") > morning, pl.col("day") <= morning + timedelta(days=QUIET_DAYS), pl.col("amount") > 0
    )
    speaks = coming.select("customer_id").unique().with_columns(hit=pl.lit(value=False))
    asked = size.join(speaks, on="customer_id", how="left").with_columns(pl.col("hit").fill_null(value=True))
    return _lists(asked, flagged)


def buyers_lost(sales: pl.DataFrame, morning: date, flagged: set[tuple[str, str]]) -> pl.DataFrame:
    """Buyers that brought a fifth of a firm's sales in the year: whether they buy nothing in the coming ninety."""
    year = sales.filter(pl.col("day").is_between(morning - timedelta(days=YEAR_DAYS + AHEAD_DAYS), morning))
    pairs = year.group_by("customer_id", "counterparty_id").agg(
        pl.col("amount").sum().alias("size"),
        pl.col("day").n_unique().alias("times"),
        last=pl.col("day").max(),
    )
    main = pairs.filter(
        pl.col("size") >= LEAST_SHARE * pl.col("size").sum().over("customer_id"),
        pl.col("size") >= LEAST_FEN,
        pl.col("times") >= LEAST_PURCHASES,
        pl.col("last") >= morning - timedelta(days=ALIVE_DAYS),
    )
    coming = between(
        sales.filter(pl.col("amount") > 0), morning + timedelta(days=1), AHEAD_DAYS, "counterparty_id"
    )
    keys = ["customer_id", "counterparty_id"]
    asked = main.join(coming, on=keys, how="left").with_columns(hit=pl.col("sum").is_null())
    named = pl.DataFrame(sorted(flagged), dict.fromkeys(keys, pl.String), orient="row").with_columns(
        flagged=pl.lit(value=True)
    )
    marked = asked.join(named, on=keys, how="left").with_columns(pl.col("flagged").fill_null(value=False))
    return _beside_largest(marked, *keys)


def _lists(asked: pl.DataFrame, flagged: set[str]) -> pl.DataFrame:
    return _beside_largest(
        asked.with_columns(flagged=pl.col("customer_id").is_in(sorted(flagged))), "customer_id"
    )


def _beside_largest(asked: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Adds the list of the largest, as long as the product's, and what a random one's rows weigh."""
    many = int(asked["flagged"].sum())
    order = asked.sort("size", *keys, descending=[True, *[False] * len(keys)])
    at = pl.int_range(pl.len())
    return order.with_columns(largest=at < many, weight=pl.lit(many / max(asked.height, 1))).select(
        "customer_id", "flagged", "largest", "weight", "hit"
    )


def compared(rows: pl.DataFrame, seed: int = 0) -> dict[str, float | int | None]:
    """Shares that came true of the product's list, of a random and of the largest-first one of the same length.

    95 % intervals by drawing firms with replacement, with all their mornings: the mornings of a firm are not
    independent.
    """
    firm = rows["customer_id"].rank("dense").to_numpy().astype(int) - 1
    hit = rows["hit"].cast(pl.Float64).to_numpy()
    lists = {name: rows[name].cast(pl.Float64).to_numpy() for name in ("flagged", "weight", "largest")}
    rng, firms = np.random.default_rng(seed), int(firm.max(initial=-1)) + 1
    drawn = rng.multinomial(firms, np.full(firms, 1 / firms), DRAWS) if firms else np.zeros((DRAWS, 0))
    told: dict[str, float | int | None] = {"asked": rows.height, "flagged": int(lists["flagged"].sum())}
    ways = {name: _share(firm, hit, chosen, firms, drawn) for name, chosen in lists.items()}
    for name, (mean, _) in ways.items():
        told["random" if name == "weight" else name + "_true"] = _rounded(mean)
    for name, against in (("over_random", "weight"), ("over_largest", "largest")):
        spread = ways["flagged"][1] - ways[against][1]
        told[name] = _rounded(ways["flagged"][0] - ways[against][0])
        low, high = np.nanquantile(spread, [0.025, 0.975]) if np.isfinite(spread).any() else (np.nan, np.nan)
        told[f"{name}_low"], told[f"{name}_high"] = _rounded(low), _rounded(high)
    return told


def _share(
    firm: np.ndarray, hit: np.ndarray, chosen: np.ndarray, firms: int, drawn: np.ndarray
) -> tuple[float, np.ndarray]:
    """The share that came true, and the same over each drawing of firms."""
    true, all_ = np.bincount(firm, hit * chosen, firms), np.bincount(firm, chosen, firms)
    with np.errstate(invalid="ignore"):
        return float(np.divide(true.sum(), all_.sum())), (drawn @ true) / (drawn @ all_)


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
