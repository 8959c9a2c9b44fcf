"""The truth, apart from the source files: only tests and benches may open it."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from xiaoer.simulator.catalogue import UNASKED, Shelf, product_ids
from xiaoer.simulator.draws import texts
from xiaoer.simulator.fates import Fates, shock_names
from xiaoer.simulator.lending import Loans
from xiaoer.simulator.terms import Month, Plan

FOLDER = "truth"
TRAITS = (
    "customer_id",
    "quality",
    "cash_buffer",
    "satisfaction",
    "patience",
    "price_sensitivity",
    "settles_here",
    "need",
    "sales",
    "margin",
    "closed_date",
)


def tell(
    folder: Path,
    plan: Plan,
    months: list[Month],
    firms: pl.DataFrame,
    fates: Fates,
    loans: Loans,
    shelf: Shelf,
    dirt: Counter[str],
) -> None:
    """Write latent traits, risk, shocks, levels, effects and counts of dirt, in UTF-8."""
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    _firms(firms, fates, loans, months).write_csv(target / "firms.csv")
    _levels(firms, fates, months).write_csv(target / "levels.csv")
    _effects(firms, shelf).write_csv(target / "effects.csv")
    about = {"firms": plan.firms, "months": plan.months, "seed": plan.seed, "end": plan.end.isoformat()}
    page = {"plan": about, "dirt": dict(sorted(dirt.items()))}
    (target / "plan.json").write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _firms(firms: pl.DataFrame, fates: Fates, loans: Loans, months: list[Month]) -> pl.DataFrame:
    first = loans.notes.group_by("i").agg(defaulted_date=pl.col("defaulted").min())
    starts = np.array([np.datetime64(month.first) for month in months])
    return (
        firms.select("i", *TRAITS)
        .with_columns(
            borrower=pl.Series(fates.borrower),
            weakness=pl.Series(fates.weakness.round(6)),
            stops_paying=pl.Series(fates.stops),
            shock=texts(shock_names(fates)),
            shock_date=pl.Series(
                np.where(fates.shock > 0, starts[fates.shock_month], np.datetime64("NaT")).astype(
                    "datetime64[D]"
                )
            ),
        )
        .join(first, on="i", how="left", maintain_order="left")
        .drop("i")
    )


def _levels(firms: pl.DataFrame, fates: Fates, months: list[Month]) -> pl.DataFrame:
    columns = {f"{month.first:%Y-%m}": fates.level[:, month.index].round(5) for month in months}
    return pl.DataFrame({"customer_id": firms["customer_id"], **columns})


def _effects(firms: pl.DataFrame, shelf: Shelf) -> pl.DataFrame:
    """True chance of taking each product when asked once, and unasked per month."""
    rows, products = shelf.asked.shape
    return pl.DataFrame(
        {
            "customer_id": np.repeat(firms["customer_id"].to_numpy(), products),
            "product_id": np.tile(np.array(product_ids(), dtype=object), rows),
            "if_asked": shelf.asked.ravel().round(6),
            "unasked": (shelf.asked * UNASKED).ravel().round(6),
        }
    )
