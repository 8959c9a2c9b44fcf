"""The truth, apart from the source files: only tests and benches may open it."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from xiaoer.simulator.catalogue import product_ids
from xiaoer.simulator.dirt import Dirt
from xiaoer.simulator.draws import Array, texts
from xiaoer.simulator.fates import shock_names
from xiaoer.simulator.people.terms import CHANNELS, NATURES, WHY_LEFT
from xiaoer.simulator.world import World

FOLDER = "truth"
MISSING = ("transaction_id", "customer_id", "account_id", "booked_date", "direction", "amount")
TRAITS = (
    "customer_id",
    "quality",
    "cash_buffer",
    "satisfaction",
    "patience",
    "price_sensitivity",
    "settles_here",
    "need",
    "loyalty",
    "substitution",
    "sales",
    "margin",
    "closed_date",
)


def tell(folder: Path, world: World, dirt: Dirt) -> None:
    """Write traits, fates, levels, effects and what would have happened otherwise, as Parquet; a page of counts."""
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    part = f"_{world.plan.part + 1:02d}" if world.plan.parts > 1 else ""
    tables = {
        "firms": _firms(world),
        "levels": _levels(world),
        "effects": _effects(world),
        "offers": _offers(world),
        "managers": _managers(world),
        "partings": _partings(world),
        "missing": pl.concat(dirt.missing["transactions"]).select(MISSING),
    }
    for name, frame in tables.items():
        frame.write_parquet(target / f"{name}{part}.parquet", compression="zstd", statistics=False)
    plan = world.plan
    about = {"firms": plan.firms, "months": plan.months, "seed": plan.seed, "end": plan.end.isoformat()}
    page = {"plan": about, "dirt": dict(sorted((+dirt.counts).items()))}
    (target / f"plan{part}.json").write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _firms(world: World) -> pl.DataFrame:
    fates, folk = world.fates, world.setting.folk
    first = world.loans.notes.group_by("i").agg(defaulted_date=pl.col("defaulted").min())
    starts = np.array([np.datetime64(month.first) for month in world.months])
    struck = np.where(fates.shock > 0, starts[fates.shock_month], np.datetime64("NaT"))
    return (
        world.firms.select("i", *TRAITS)
        .with_columns(
            borrower=pl.Series(fates.borrower),
            weakness=pl.Series(fates.weakness.round(6)),
            would_stop_paying=pl.Series(fates.stops),
            stops_paying=pl.Series(world.life.stops),
            business_ends=pl.Series(world.life.dies),
            wilful=pl.Series(folk.wilful),
            good_hour=pl.Series(folk.hour),
            mood=pl.Series(folk.mood.round(6)),
            shock=texts(shock_names(fates)),
            shock_date=pl.Series(struck.astype("datetime64[D]")),
            earned=pl.Series(world.life.earned.round(2)),
        )
        .join(first, on="i", how="left", maintain_order="left")
        .drop("i")
    )


def _levels(world: World) -> pl.DataFrame:
    level = world.fates.level
    columns = {f"{month.first:%Y-%m}": level[:, month.index].round(5) for month in world.months}
    return pl.DataFrame({"customer_id": world.firms["customer_id"], **columns})


def _effects(world: World) -> pl.DataFrame:
    """Firms × products: nature, log-odds to take it when called before need, mood, skill and channel, need."""
    folk = world.setting.folk
    rows, products = folk.liking.shape
    return pl.DataFrame(
        {
            "customer_id": world.firms["customer_id"].gather(np.repeat(np.arange(rows), products)),
            "product_id": pl.Series(product_ids()).gather(np.tile(np.arange(products), rows)),
            "nature": pl.Series(NATURES).gather(folk.nature.ravel()),
            "liking": folk.liking.ravel().round(5),
            "need_arises": folk.hot_start.ravel().round(6),
        }
    )


def _offers(world: World) -> pl.DataFrame:
    """Every offer made: the chance and the outcome if asked and if left alone, and what happened."""
    made = world.life.log.joined("offers")
    if not made:
        return pl.DataFrame()
    plain = {name: column for name, column in made.items() if name not in {"firm", "product", "channel"}}
    return pl.DataFrame(
        {
            "customer_id": world.firms["customer_id"].gather(made["firm"]),
            "product_id": pl.Series(product_ids()).gather(made["product"]),
            "channel": pl.Series(CHANNELS).gather(made["channel"]),
            "week_begins": world.setting.start + made["week"] * np.timedelta64(7, "D"),
            **{name: _rounded(column) for name, column in plain.items()},
        }
    )


def _rounded(column: Array) -> Array:
    return column.round(7) if column.dtype.kind == "f" else column


def _managers(world: World) -> pl.DataFrame:
    folk = world.setting.folk
    return pl.DataFrame(
        {
            "staff_id": texts(world.bank.managers),
            "skill": folk.skill.round(6),
            "skill_before": folk.skill_before.round(6),
            "firms": np.bincount(folk.keeper[folk.keeper >= 0], minlength=len(folk.skill)),
        }
    )


def _partings(world: World) -> pl.DataFrame:
    """Firms that decided to leave and left, or were brought back."""
    told = world.life.log.joined("partings")
    if not told:
        return pl.DataFrame()
    plain: dict[str, Array | pl.Series] = {
        name: column for name, column in told.items() if name not in {"firm", "reason"}
    }
    plain |= {"reason": texts(np.array(WHY_LEFT, dtype=object)[told["reason"]])}
    return pl.DataFrame({"customer_id": world.firms["customer_id"].gather(told["firm"]), **plain})
