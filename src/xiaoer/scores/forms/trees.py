"""Boosted trees, the challenger: what accuracy a readable form gives up."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from functools import cached_property

import lightgbm as lgb
import numpy as np

from xiaoer.kit.refusal import Refusal
from xiaoer.scores.forms.boosting import Rows, boosted, raw, shares
from xiaoer.scores.forms.reading import Reading, read_from
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample

ROUNDS = 500
ASKED = {
    "learning_rate": 0.04, "num_leaves": 16, "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1,
    "min_data_in_leaf": 20, "lambda_l2": 3.0,
}  # fmt: skip


@dataclass(frozen=True)
class Trees:
    """Trees in LightGBM's own text, the hash of that text, and how columns become its matrix."""

    text: str
    sha256: str
    reading: Reading = made(repr=False)

    @cached_property
    def booster(self) -> lgb.Booster:
        """The trees, ready; raises Refusal when the text is not the one that was kept."""
        if hash_of(self.text) != self.sha256:
            raise Refusal("the trees are not those that were judged", "model text", f"sha256 {self.sha256}")
        return lgb.Booster(model_str=self.text)

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.reading.fields

    def log_odds(self, columns: Mapping[str, Floats]) -> Floats:
        return raw(self.booster, self.reading.matrix(columns))

    def shares(self, columns: Mapping[str, Floats]) -> Floats:
        """Rows × (fields + 1): what each field added to the log-odds, then the start."""
        by_column = shares(self.booster, self.reading.matrix(columns))
        by_field = [by_column[:, group].sum(axis=1) for group in self.reading.columns_of]
        return np.column_stack([*by_field, by_column[:, -1]])


def fit(fields: Sequence[Field], sample: Sample, seed: int = 0) -> Trees:
    """Trees of a modest size, the same for every model."""
    reading = read_from(fields, sample)
    trees = boosted(
        reading, Rows(reading.matrix(sample.columns), sample.hit), ROUNDS, {"seed": seed, **ASKED}
    )
    text = trees.model_to_string()
    return Trees(text, hash_of(text), reading)


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
