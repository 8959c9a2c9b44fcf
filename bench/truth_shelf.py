"""`python -m bench.truth_shelf HOME BANK`: what the shelf says, held against what only the simulation knows.

HOME is where `xiaoer scores train --all` ran on the simulated bank in BANK. Per model: Spearman's correlation of what it
said of the judged rows with the truth behind them, and for offers, where the truth is a chance, calibration too: mean
chance said against mean true chance by fifths. Uplift stands beside the order by response on the same true effects.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import spearmanr

from bench.watching import CHECKOUT, commit
from xiaoer.scores.keeping import newest, read_said
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import Model, models

KEPT = CHECKOUT / "bench" / "results" / "truth_shelf.json"
FIFTHS = 5
EPOCH = date(1970, 1, 1)
FEWEST = 30


@dataclass(frozen=True)
class Truth:
    """The tables of a simulated bank's truth."""

    folder: Path

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "truth" / f"{name}.parquet")

    def firms(self, value: pl.Expr) -> pl.DataFrame:
        """customer_id, truth."""
        return self.table("firms").select("customer_id", truth=value)

    def offers(self, value: pl.Expr) -> pl.DataFrame:
        """customer_id, asked_product, week_begins and the truth of each offer carried out."""
        return self.table("offers").select(
            "customer_id", "week_begins", "campaign", asked_product="product_id", truth=value
        )


Pairing = Callable[[pl.DataFrame, Truth], pl.DataFrame]


def of_firm(value: pl.Expr) -> Pairing:
    return lambda said, truth: said.join(truth.firms(value), on="customer_id")


def of_offer(value: pl.Expr) -> Pairing:
    """The offer to that firm of that product in the week of the row's day."""

    def paired(said: pl.DataFrame, truth: Truth) -> pl.DataFrame:
        dated = said.with_columns(at=pl.lit(EPOCH) + pl.duration(days=pl.col("from_day")))
        keys = ["customer_id", "asked_product"]
        wide = dated.join(truth.offers(value), on=keys)
        within = (pl.col("at") - pl.col("week_begins")).dt.total_days()
        return wide.filter(within.is_between(0, 6)).unique(
            ["customer_id", "asked_product", "from_day"], keep="first"
        )

    return paired


EFFECT = pl.col("chance_if_asked") - pl.col("chance_if_left")
UNHAPPY = -pl.col("mood")
#: What stands behind a family, or a single model.
BEHIND: Mapping[str, tuple[str, Pairing]] = {
    "risk": ("weakness", of_firm(pl.col("weakness"))),
    "note_default": ("weakness", of_firm(pl.col("weakness"))),
    "cure": ("−weakness", of_firm(-pl.col("weakness"))),
    "leaving": ("−satisfaction", of_firm(UNHAPPY)),
    "complaint": ("−satisfaction", of_firm(UNHAPPY)),
    "survival": ("satisfaction", of_firm(-UNHAPPY)),
    "non_renewal": ("price sensitivity", of_firm(pl.col("price_sensitivity"))),
    "active_90": ("share settled here", of_firm(pl.col("settles_here"))),
    "active_180": ("share settled here", of_firm(pl.col("settles_here"))),
    "contribution": ("earned over the window", of_firm(pl.col("earned"))),
    "true_turnover": ("sales a month", of_firm(pl.col("sales"))),
    "cash_flow_carries": ("sales × margin", of_firm(pl.col("sales") * pl.col("margin"))),
    "sensitivity": ("price sensitivity", of_firm(pl.col("price_sensitivity"))),
    "response": ("chance if asked", of_offer(pl.col("chance_if_asked"))),
    "uplift": ("effect of asking", of_offer(EFFECT)),
}


def held(model: Model, registry: Registry, truth: Truth) -> dict[str, Any] | None:
    """A row of the table, or None where nothing was judged or no truth stands behind it."""
    last, behind = newest(registry, model), BEHIND.get(model.name, BEHIND.get(model.family))
    if not last.get("version") or behind is None:
        return None
    said = pl.DataFrame(read_said(registry, model.name, last["version"]))
    if "asked_product" not in said.columns:  # a model of one product does not read which
        said = said.with_columns(asked_product=pl.lit(next(iter(model.population.products), "")))
    paired = behind[1](said, truth).drop_nulls(["said", "truth"])
    row = {"model": model.name, "state": last["state"], "truth": behind[0], "rows": paired.height}
    if paired.height < FEWEST:
        return row
    return row | {"rank": correlation(paired, "said"), **_more(model, paired)}


def correlation(paired: pl.DataFrame, column: str) -> float | None:
    """Spearman's; None where the model says the same of everybody."""
    if paired[column].n_unique() == 1:
        return None
    return round(float(spearmanr(paired[column], paired["truth"]).statistic), 3)


def _more(model: Model, paired: pl.DataFrame) -> dict[str, Any]:
    if model.family == "uplift":
        return {"rank_of_response": correlation(paired, "response")}
    return {"calibration": fifths(paired)} if model.family == "response" else {}


def fifths(paired: pl.DataFrame) -> list[dict[str, float]]:
    """Mean chance said and mean true chance, from the least likely fifth to the likeliest; `said` are log-odds."""
    chance = 1 / (1 + np.exp(-paired["said"].to_numpy()))
    truth, order = paired["truth"].to_numpy(), np.argsort(chance, kind="stable")
    parts = np.array_split(order, FIFTHS)
    return [
        {"said": round(float(chance[at].mean()), 4), "true": round(float(truth[at].mean()), 4)}
        for at in parts
    ]


def main(home: Path, bank: Path) -> list[dict[str, Any]]:
    """Every model that was judged and has a truth behind it."""
    registry, truth = Registry(home / "models"), Truth(bank)
    rows = [row for model in models().values() if (row := held(model, registry, truth))]
    for row in rows:
        print({name: value for name, value in row.items() if name != "calibration"})
    return rows


if __name__ == "__main__":
    found = {"commit": commit(), "rows": main(Path(sys.argv[1]), Path(sys.argv[2]))}
    KEPT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
