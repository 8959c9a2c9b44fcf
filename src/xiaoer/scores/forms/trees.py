"""Boosted trees, the challenger: what accuracy a readable form gives up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.forms.boosting import Rows, boosted, raw, shares
from xiaoer.scores.forms.openmp import lightgbm
from xiaoer.scores.forms.reading import Reading, read_from
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample

if TYPE_CHECKING:
    from lightgbm import Booster


@dataclass(frozen=True)
class Size:
    """How many trees, and what is asked of each."""

    rounds: int
    asked: Mapping[str, Any]


# Slow and thinned out does better where much is chance, deep and whole where the ratios of few firms tell. On few rows
# the mean of all is near the best of them everywhere (bench/shelf.py), with no choice that folds could disagree on; on
# many rows the first alone does as well.
SIZES = (
    Size(
        500,
        {
            "learning_rate": 0.04, "num_leaves": 16, "feature_fraction": 0.5, "bagging_fraction": 0.8,
            "bagging_freq": 1, "lambda_l2": 3.0,
        },
    ),
    Size(300, {"learning_rate": 0.1, "num_leaves": 31}),
    Size(
        500,
        {
            "learning_rate": 0.03, "num_leaves": 31, "feature_fraction": 0.6, "bagging_fraction": 0.9,
            "bagging_freq": 1, "lambda_l2": 1.0,
        },
    ),
)  # fmt: skip
MANY_ROWS = 30_000


@dataclass(frozen=True)
class Trees:
    """Trees in LightGBM's own text, one text a size, the hash of all, and how columns become their matrix."""

    texts: tuple[str, ...]
    sha256: str
    reading: Reading = made(repr=False)

    @cached_property
    def boosters(self) -> tuple[Booster, ...]:
        """The trees, ready; raises Refusal when the texts are not those that were kept."""
        if hash_of(self.texts) != self.sha256:
            raise Refusal("the trees are not those that were judged", "model text", f"sha256 {self.sha256}")
        return tuple(lightgbm().Booster(model_str=text) for text in self.texts)

    def check(self) -> None:
        """Raises Refusal when the texts are not those that were kept, or cannot be read on this machine."""
        _ = self.boosters

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.reading.fields

    def log_odds(self, columns: Mapping[str, Floats]) -> Floats:
        """The mean of the sizes."""
        matrix = self.reading.matrix(columns)
        odds: Floats = np.mean([raw(trees, matrix) for trees in self.boosters], axis=0)
        return odds

    @cached_property
    def mean(self) -> float:
        """The answer before any field is known: the mean over the rows the trees were fitted to."""
        nothing = {field.name: np.array([np.nan]) for field in self.fields}
        return float(self.shares(nothing)[0, -1])

    def shares(self, columns: Mapping[str, Floats]) -> Floats:
        """Rows × (fields + 1): what each field added to the log-odds, then the start."""
        matrix = self.reading.matrix(columns)
        by_column = np.mean([shares(trees, matrix) for trees in self.boosters], axis=0)
        by_field = [by_column[:, group].sum(axis=1) for group in self.reading.columns_of]
        return np.column_stack([*by_field, by_column[:, -1]])


def fit(fields: Sequence[Field], sample: Sample, seed: int = 0) -> Trees:
    """Trees of every size, or of one on many rows; the same rows and seed give the same trees."""
    reading = read_from(fields, sample)
    rows = Rows(reading.matrix(sample.columns), sample.hit)
    sizes = SIZES[:1] if len(sample.hit) > MANY_ROWS else SIZES
    texts = tuple(
        boosted(reading, rows, size.rounds, {"seed": seed, **size.asked}).model_to_string() for size in sizes
    )
    return Trees(texts, hash_of(texts), reading)


def hash_of(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
