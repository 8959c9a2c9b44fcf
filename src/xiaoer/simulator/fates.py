"""What befalls the firms by themselves: who stops paying and when, who gives up, shocks, the level of business."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, choose, flips, stream, top_by_chance
from xiaoer.simulator.terms import Month, Plan, figure, table

SHOCKS = ("none", "buyer_lost", "new_buyer", "silent", "pause", "spurt", "slide")
NEVER = 10_000
NO_DAY = np.datetime64("NaT", "D")
CIRCLE = 4
SHUTTING = 0.35
LINGERS = 0.5
SUDDEN = 0.25  # of the failing fail without a run-down


@dataclass(frozen=True)
class Fates:
    """Per firm: whether it owes as the window opens, when it stops paying or gives up, its shock, its business.

    From `stops` on it pays nothing that falls due, unless it is helped; `dies` is the day its business ends; NaT
    for never. `level` is firms × months, 1 an ordinary month; `slump` that part of it that comes from trouble.
    """

    borrower: Flags
    stops: Days
    dies: Days
    shock: Ints  # position in SHOCKS
    shock_month: Ints
    level: Floats
    slump: Floats
    weakness: Floats  # latent log-odds of default


def draw_fates(plan: Plan, months: list[Month], firms: pl.DataFrame) -> Fates:
    """Draw every firm's fate; weakness drives both default and, less strictly, the flows."""
    rng = stream(plan.seed, "fates")
    count = len(firms)
    borrower = _borrowers(rng, firms)
    weakness = _weakness(rng, firms)
    stops = _stops(rng, plan, months, firms, weakness)
    dies = np.where(np.isnat(stops), _quiet_ends(rng, plan, months, stops, weakness), shut_down(rng, stops))
    shock = _shocks(rng, plan, stops)
    shock_month = rng.integers(min(2, plan.months - 1), plan.months, count)
    trouble = _shock_effect(rng, shock, shock_month, plan.months) + run_down(rng, months, stops, dies)
    level = np.exp(_ordinary(rng, plan, months, firms) + trouble) * _present(months, firms)
    slump = np.exp(np.minimum(trouble, 0))
    return Fates(borrower, stops, dies, shock, shock_month, level, slump, weakness)


def _shocks(rng: np.random.Generator, plan: Plan, stops: Days) -> Ints:
    """At most one shock a firm and window; none for those that fail anyhow."""
    yearly = np.array([float(table("mechanisms")["shocks"][name]) for name in SHOCKS[1:]])
    share = yearly * plan.months / 12
    shock = choose(rng, np.append(max(1 - share.sum(), 0.0), share), len(stops))
    return np.where(np.isnat(stops), shock, 0)


def in_circle(plan: Plan, count: int) -> Flags:
    """Whether each firm stands in a circle of four that stand surety for one another's loans."""
    circles = flips(stream(plan.seed, "circles"), figure("circle_share"), -(-count // CIRCLE))
    return np.repeat(circles, CIRCLE)[:count]


def surety_of(firm: Ints) -> Ints:
    """The firm that stands surety for each in its circle of four."""
    return (firm // CIRCLE) * CIRCLE + (firm + 1) % CIRCLE


def _borrowers(rng: np.random.Generator, firms: pl.DataFrame) -> Flags:
    """Larger firms borrow more often."""
    lift = 0.35 * (np.log(firms["sales"].to_numpy()) - 12.7) + 0.3 * firms["need"].to_numpy()
    odds = np.exp(lift) * figure("borrower_share") / (1 - figure("borrower_share"))
    return flips(rng, odds / (1 + odds), len(firms))


def _weakness(rng: np.random.Generator, firms: pl.DataFrame) -> Floats:
    """Weak are the poorly run, those without cash, the small and the young; and some for no reason one sees."""
    by = table("mechanisms")["weakness"]
    size = np.log(firms["sales"].to_numpy())
    young = (firms["founded_date"].max() - firms["founded_date"]).dt.total_days().to_numpy() < 3 * 365  # type: ignore[operator]
    return (
        by["quality"] * firms["quality"].to_numpy()
        + by["cash"] * firms["cash_buffer"].to_numpy()
        + by["size"] * (size - size.mean()) / size.std()
        + by["young"] * young
        + rng.normal(0, by["unseen"], len(firms))
    )


def _stops(
    rng: np.random.Generator, plan: Plan, months: list[Month], firms: pl.DataFrame, weakness: Floats
) -> Days:
    """The day each failing firm stops paying, should it owe then; evenly over the window and a little beyond."""
    count, end = len(firms), np.datetime64(plan.end)
    old = firms["opened_date"].to_numpy() < np.datetime64(months[0].first)
    chances = np.where(old, figure("default_steepness") * weakness, -1e9)
    span = (plan.end - months[0].first).days + 40
    many = round(figure("distress_yearly") * span / 365 * int(old.sum()))
    failing = rng.permutation(top_by_chance(rng, chances, min(many, int(old.sum()))))
    stops = np.full(count, NO_DAY)
    back = rng.integers(-36, span - 40, len(failing))
    stops[failing] = end - back.astype("timedelta64[D]")
    return stops


def shut_down(rng: np.random.Generator, stops: Days) -> Days:
    """A part of the failing shut down some months later."""
    shuts = flips(rng, SHUTTING, len(stops))
    return np.where(shuts, stops + rng.integers(45, 245, len(stops)).astype("timedelta64[D]"), NO_DAY)


def _quiet_ends(
    rng: np.random.Generator, plan: Plan, months: list[Month], stops: Days, weakness: Floats
) -> Days:
    """A few of the others, the weak before the strong, end their business and pay what they owe."""
    count = len(stops)
    span = (plan.end - months[0].first).days
    chance = figure("closing_yearly") * span / 365 * np.exp(0.6 * weakness - 0.4)
    day = np.datetime64(months[0].first) + rng.integers(30, max(span, 31), count).astype("timedelta64[D]")
    return np.where(flips(rng, chance.clip(0, 1), count), day, NO_DAY)


def _ordinary(rng: np.random.Generator, plan: Plan, months: list[Month], firms: pl.DataFrame) -> Floats:
    """Log level without trouble: growth, its own ups and downs, its industry's and its region's."""
    count, length = len(firms), len(months)
    quality = firms["quality"].to_numpy()[:, None]
    drift = 0.002 + 0.008 * quality + rng.normal(0, figure("growth_spread") / 12, (count, 1))
    log = drift * (np.arange(length)[None, :] - length / 2) + _swings(rng, quality, length)
    log += _common(plan, "industry", length)[firms["industry"].to_numpy()]
    log += _common(plan, "region", length)[firms["place"].to_numpy()]
    return log + _ordered(plan, months, firms)


def _swings(rng: np.random.Generator, quality: Floats, length: int) -> Floats:
    """Ups and downs of single months, larger for some firms and for weak ones; a quarter of them lingers."""
    own = np.exp(np.log(figure("monthly_swing")) + rng.normal(0, 0.5, quality.shape) - 0.2 * quality)
    fresh = rng.normal(0, 1, (len(quality), length))
    lingering = np.zeros_like(fresh)
    lingering[:, 0] = fresh[:, 0]
    shocks = rng.normal(0, np.sqrt(1 - LINGERS**2), fresh.shape)
    for month in range(1, length):
        lingering[:, month] = LINGERS * lingering[:, month - 1] + shocks[:, month]
    return own * (np.sqrt(0.75) * fresh + np.sqrt(0.25) * lingering).clip(-3, 3)


def _common(plan: Plan, what: str, length: int) -> Floats:
    """Industries or places × months: log of what all firms of one share, a slow walk that is pulled back.

    It is the same in every part of a large bank.
    """
    rng = stream(plan.whole_seed, f"common {what}")
    rows = len(table("industries")["industry"] if what == "industry" else table("places")["place"])
    steps = rng.normal(0, figure(f"{what}_shock"), (rows, length))
    path = np.zeros((rows, length))
    for month in range(1, length):
        path[:, month] = 0.85 * path[:, month - 1] + steps[:, month]
    return path


def _ordered(plan: Plan, months: list[Month], firms: pl.DataFrame) -> Floats:
    """Shocks asked for: an industry's business falls to a share from a day on."""
    log = np.zeros((len(firms), len(months)))
    lasts = np.array([np.datetime64(month.last) for month in months])
    for shock in plan.shocks:
        hit = firms["industry_code"].str.starts_with(shock.industry).to_numpy()
        after = lasts >= np.datetime64(shock.day)
        log += np.where(hit[:, None] & after[None, :], np.log(shock.level), 0.0)
    return log


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


def run_down(rng: np.random.Generator, months: list[Month], stops: Days, dies: Days) -> Floats:
    """Business runs down before a firm stops paying, steeply or hardly at all, stays low after, or ends."""
    count = len(stops)
    ends = np.array([np.datetime64(month.last) for month in months])
    to_stop = np.where(np.isnat(stops)[:, None], NEVER, (stops[:, None] - ends[None, :]).astype(int)) / 30.4
    depth = rng.gamma(1.9, 0.5, (count, 1))
    run_up = rng.uniform(2, 8, (count, 1))
    depth *= rng.random((count, 1)) > SUDDEN
    gone = ends[None, :] > dies[:, None]
    return -depth * ((run_up - to_stop) / run_up).clip(0, 1.6) - 6.0 * gone


def _present(months: list[Month], firms: pl.DataFrame) -> Floats:
    """Nothing before a firm was founded."""
    ends = np.array([np.datetime64(month.last) for month in months])
    born = ends[None, :] >= firms["founded_date"].to_numpy()[:, None]
    return born.astype(float)


def shock_names(fates: Fates) -> Array:
    """The shock of each firm in words."""
    return np.array(SHOCKS, dtype=object)[fates.shock]
