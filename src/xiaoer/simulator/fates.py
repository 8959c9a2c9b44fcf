"""What befalls the firms: who stops paying and when, shocks, and the level of business month by month."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, choose, flips, stream, top_by_chance
from xiaoer.simulator.terms import Month, Plan, figure

SHOCKS = ("none", "buyer_lost", "new_buyer", "silent", "pause", "spurt", "slide")
SHOCK_SHARES = (0.755, 0.055, 0.04, 0.022, 0.02, 0.048, 0.06)
NEVER = 10_000
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Fates:
    """Per firm: borrower or not, the day it stops paying, its shock, and its monthly level of business."""

    borrower: Flags
    stops: Days  # first due date it will miss; NaT for never
    shock: Ints  # position in SHOCKS
    shock_month: Ints
    level: Floats  # firms × months, 1 is an ordinary month
    weakness: Floats  # latent log-odds of default


def draw_fates(plan: Plan, months: list[Month], firms: pl.DataFrame) -> Fates:
    """Draw every firm's fate; weakness drives both default and, less strictly, the flows."""
    rng = stream(plan.seed, "fates")
    count = len(firms)
    borrower = _borrowers(rng, firms)
    weakness = _weakness(rng, firms)
    stops = _stops(rng, plan, months, firms, borrower, weakness)
    shock = choose(rng, list(SHOCK_SHARES), count)
    shock[~np.isnat(stops)] = 0
    late = rng.random(count) < 0.45
    shock_month = np.where(
        late, plan.months - 1 - rng.integers(0, 3, count), rng.integers(2, max(plan.months, 3), count)
    )
    level = _levels(rng, months, firms, stops, shock, shock_month.clip(0, plan.months - 1))
    return Fates(borrower, stops, shock, shock_month.clip(0, plan.months - 1), level, weakness)


def _borrowers(rng: np.random.Generator, firms: pl.DataFrame) -> Flags:
    """Larger firms borrow more often; those who left the bank are paid up."""
    lift = 0.35 * (np.log(firms["sales"].to_numpy()) - 12.3) + 0.3 * firms["need"].to_numpy()
    odds = np.exp(lift) * figure("borrower_share") / (1 - figure("borrower_share")) * 1.12
    stays = firms["closed_date"].is_null().to_numpy()
    return flips(rng, odds / (1 + odds), len(firms)) & stays


def _weakness(rng: np.random.Generator, firms: pl.DataFrame) -> Floats:
    quality, cash = firms["quality"].to_numpy(), firms["cash_buffer"].to_numpy()
    young = (firms["founded_date"].max() - firms["founded_date"]).dt.total_days().to_numpy() < 3 * 365  # type: ignore[operator]
    return -0.85 * quality - 0.35 * cash + 0.35 * young + rng.normal(0, 0.55, len(firms))


def _stops(
    rng: np.random.Generator,
    plan: Plan,
    months: list[Month],
    firms: pl.DataFrame,
    borrower: Flags,
    weakness: Floats,
) -> Days:
    """The day each failing borrower stops paying: defaults over the window, then fresh arrears."""
    count, end = len(firms), np.datetime64(plan.end)
    old = (firms["opened_date"].to_numpy() < np.datetime64(months[0].first)) & borrower
    chances = np.where(old, figure("default_steepness") * weakness, -1e9)
    known = round(figure("defaulted_share") * count)
    fresh = round(figure("arrears_share") * count)
    failing = top_by_chance(rng, chances, min(known + fresh, int(old.sum())))
    failing = rng.permutation(failing)
    stops = np.full(count, NO_DAY)
    span = (plan.end - months[0].first).days
    back = rng.integers(125, max(span + 40, 126), len(failing))
    back[known:] = rng.integers(4, 86, len(back[known:]))
    stops[failing] = end - back.astype("timedelta64[D]")
    return stops


def _levels(
    rng: np.random.Generator, months: list[Month], firms: pl.DataFrame, stops: Days, shock: Ints, at: Ints
) -> Floats:
    count, length = len(firms), len(months)
    quality = firms["quality"].to_numpy()[:, None]
    drift = 0.003 + 0.008 * quality + rng.normal(0, 0.008, (count, 1))
    noise = rng.normal(0, 1, (count, length)) * np.exp(-1.85 - 0.28 * quality)
    log = np.cumsum(np.full((count, length), 1.0) * drift, axis=1) + noise
    log += _shock_effect(rng, shock, at, length) + _failing(rng, months, stops)
    present = _present(months, firms)
    return np.exp(log) * present


def _shock_effect(rng: np.random.Generator, shock: Ints, at: Ints, length: int) -> Floats:
    since = np.arange(length)[None, :] - at[:, None]
    after, kind = since >= 0, shock[:, None]
    pause = (since >= 0) & (since < 2 + rng.integers(0, 2, (len(shock), 1)))
    strength = rng.uniform(0.5, 1.1, (len(shock), 1))
    effect = np.where((kind == SHOCKS.index("silent")) & after, -7.0, 0.0)
    effect += np.where((kind == SHOCKS.index("pause")) & pause, -6.0, 0.0)
    effect += np.where((kind == SHOCKS.index("spurt")) & after, strength, 0.0)
    return effect - np.where(
        (kind == SHOCKS.index("slide")) & after, (0.22 * (since + 1) * strength).clip(0, 1.3), 0.0
    )


def _failing(rng: np.random.Generator, months: list[Month], stops: Days) -> Floats:
    """Business runs down before a firm stops paying, steeply or hardly at all, stays low after, or ends."""
    count = len(stops)
    ends = np.array([np.datetime64(month.last) for month in months])
    to_stop = np.where(np.isnat(stops)[:, None], NEVER, (stops[:, None] - ends[None, :]).astype(int)) / 30.4
    depth = rng.gamma(1.7, 0.45, (count, 1))
    run_up = rng.uniform(2, 8, (count, 1))
    shuts = (rng.random((count, 1)) < 0.35) & (-to_stop > rng.uniform(1.5, 8, (count, 1)))
    return -depth * ((run_up - to_stop) / run_up).clip(0, 1.6) - 6.0 * shuts


def _present(months: list[Month], firms: pl.DataFrame) -> Floats:
    """Nothing before a firm was founded, little after it left the bank."""
    ends = np.array([np.datetime64(month.last) for month in months])
    founded, closed = firms["founded_date"].to_numpy(), firms["closed_date"].to_numpy()
    born = ends[None, :] >= founded[:, None]
    gone = ~np.isnat(closed)[:, None] & (ends[None, :] > closed[:, None])
    return born * np.where(gone, 0.0, 1.0)


def shock_names(fates: Fates) -> Array:
    """The shock of each firm in words."""
    return np.array(SHOCKS, dtype=object)[fates.shock]
