"""Trees for what is an amount, or a difference: the same trees as the challenger's, another thing asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xiaoer.scores.forms.boosting import SAME_EVERY_TIME, SEEDS
from xiaoer.scores.forms.openmp import lightgbm
from xiaoer.scores.forms.reading import Reading, read_from
from xiaoer.scores.forms.trees import Trees, hash_of
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample

#: An amount: the middle one, on a scale where twice as much is as far as half as much.
OF_AMOUNTS = {"objective": "regression_l1", "learning_rate": 0.04, "num_leaves": 16, "min_data_in_leaf": 40,
              "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 3.0}  # fmt: skip
#: What approaching changes is small beside chance: few, flat trees of many rows.
OF_EFFECTS = {"objective": "regression", "learning_rate": 0.03, "num_leaves": 4, "min_data_in_leaf": 150,
              "feature_fraction": 0.3, "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 20.0}  # fmt: skip
ROUNDS_OF_AMOUNTS, ROUNDS_OF_EFFECTS = 400, 60


@dataclass(frozen=True)
class Amounts:
    """Trees whose answer is an amount in the label's unit (`logged`), or a difference of chances as it stands."""

    trees: Trees
    logged: bool

    def told(self, columns: Mapping[str, Floats]) -> Floats:
        answer = self.trees.log_odds(columns)  # whatever the trees were asked for, before any link
        return unlogged(answer) if self.logged else answer


def logged(amounts: Floats) -> Floats:
    """Sign × ln(1 + |amount|)."""
    return np.sign(amounts) * np.log1p(np.abs(amounts))


def unlogged(values: Floats) -> Floats:
    """The amount again."""
    return np.sign(values) * np.expm1(np.abs(values))


def fit_amounts(fields: Sequence[Field], sample: Sample, amounts: Floats, seed: int) -> Amounts:
    """Trees for amounts; `sample.hit` tells the larger ones apart, by which words are put in order."""
    return Amounts(
        _fit(fields, sample, logged(amounts), ROUNDS_OF_AMOUNTS, OF_AMOUNTS | {"seed": seed}), logged=True
    )


def fit_effects(fields: Sequence[Field], sample: Sample, worth: Floats, seed: int) -> Amounts:
    """Trees for `worth`, whose mean over alike rows is the effect (Athey and Imbens 2016, transformed outcomes)."""
    return Amounts(_fit(fields, sample, worth, ROUNDS_OF_EFFECTS, OF_EFFECTS | {"seed": seed}), logged=False)


def _fit(
    fields: Sequence[Field], sample: Sample, target: Floats, rounds: int, asked: Mapping[str, Any]
) -> Trees:
    reading: Reading = read_from(fields, sample)
    given = SAME_EVERY_TIME | dict(asked) | dict.fromkeys(SEEDS, asked["seed"])
    data = lightgbm().Dataset(reading.matrix(sample.columns), target, params={"verbose": -1})
    texts = (lightgbm().train(given, data, rounds).model_to_string(),)
    return Trees(texts, hash_of(texts), reading)
