"""LightGBM as the forms use it: the same rows and seed give the same trees, on one thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xiaoer.scores.forms.openmp import lightgbm
from xiaoer.scores.forms.reading import Reading
from xiaoer.scores.rules import Floats

if TYPE_CHECKING:
    from lightgbm import Booster

# One thread each: parts of a split are fitted side by side, and threads waiting for each other cost more than work.
SAME_EVERY_TIME: dict[str, Any] = {
    "verbose": -1, "deterministic": True, "force_row_wise": True, "objective": "binary", "num_threads": 1,
}  # fmt: skip
SEEDS = ("bagging_seed", "feature_fraction_seed", "data_random_seed", "extra_seed")
OF_THE_ROWS = ("max_bin",)


@dataclass(frozen=True)
class Rows:
    """A matrix with its outcomes; `known` are log-odds to start from (none: the mean)."""

    matrix: Floats
    hit: NDArray[np.bool_]
    known: Floats | None = None


def boosted(reading: Reading, rows: Rows, rounds: int, asked: Mapping[str, Any]) -> Booster:
    """So many trees with what is asked of them (`seed` among it); monotone where the fields say so."""
    given = SAME_EVERY_TIME | dict(asked) | {"boost_from_average": rows.known is None}
    given |= dict.fromkeys(SEEDS, asked["seed"])
    if any(reading.monotone):
        given |= {"monotone_constraints": reading.monotone, "monotone_constraints_method": "basic"}
    binning = {name: given.pop(name) for name in OF_THE_ROWS if name in given}
    data = lightgbm().Dataset(
        rows.matrix, rows.hit.astype(np.float64), init_score=rows.known, params=binning | {"verbose": -1}
    )
    return lightgbm().train(given, data, rounds)


def raw(trees: Booster, matrix: Floats) -> Floats:
    """Log-odds of rows."""
    return np.asarray(trees.predict(matrix, raw_score=True), dtype=np.float64)


def shares(trees: Booster, matrix: Floats) -> Floats:
    """Rows × (columns + 1): what each column added to the log-odds, then the start (Lundberg and Lee 2017)."""
    return np.asarray(trees.predict(matrix, pred_contrib=True), dtype=np.float64)
