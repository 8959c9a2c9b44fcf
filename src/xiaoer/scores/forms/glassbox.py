"""The glass box: one curve per input and a few pairs, boosted, then written down as tables.

Generalized additive models plus interactions (Lou, Caruana, Gehrke and Hooker 2013), fitted by LightGBM under
interaction constraints. A leaf's way leads through the inputs of one group only, so that the trees are a sum of
tables, exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xiaoer.scores.forms.boosting import Rows, boosted, raw
from xiaoer.scores.forms.leaves import Leaf, leaves_of, ruler_of
from xiaoer.scores.forms.reading import Reading, read_from
from xiaoer.scores.forms.tables import Additive, Part
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample

if TYPE_CHECKING:
    from lightgbm import Booster

MANY_ROWS = 30_000


@dataclass(frozen=True)
class Shape:
    """How finely a glass box is cut: chosen once, on four public sets (bench/shelf.py), not per model."""

    rounds: int = 600
    pairs: int = 10
    pair_rounds: int = 600
    bins: int = 255
    pair_bins: int = 24
    bags: int = 4


OF_FEW = Shape()
OF_MANY = Shape(rounds=400, pair_rounds=400, bags=1)  # chance matters less, time more


def fit(fields: Sequence[Field], sample: Sample, seed: int = 0, shape: Shape | None = None) -> Additive:
    """Log-odds as curves and pairs; the same rows and seed give the same tables.

    On few rows the mean of several fits whose chance draws differ (bagging, Breiman 1996), every other one with its
    cuts drawn by chance, too: sharp where the data are, smooth where they are thin. A mean of tables is a table.
    """
    shape = shape or (OF_FEW if len(sample.hit) <= MANY_ROWS else OF_MANY)
    reading = read_from(fields, sample)
    matrix = reading.matrix(sample.columns)
    fittings = [
        Fitting(reading, matrix, sample, seed + bag, smooth=bag % 2 == 1) for bag in range(shape.bags)
    ]
    trees = [fitting.curves(shape) for fitting in fittings]
    known = [raw(curves, matrix) for curves in trees]
    pairs = likely_pairs(fittings, known, shape.pairs)
    if pairs:
        trees += [fitting.pairs(odds, pairs, shape) for fitting, odds in zip(fittings, known, strict=True)]
    return written(reading, trees, 1 / shape.bags).centred(sample.columns)


def likely_pairs(fittings: Sequence[Fitting], known: Sequence[Floats], most: int) -> list[list[int]]:
    """Pairs of fields that trees split together on what the curves leave, by what it gained in all fits."""
    gains: dict[tuple[int, int], float] = defaultdict(float)
    for fitting, odds in zip(fittings, known, strict=True):
        for pair, gain in fitting.gains(odds).items():
            gains[pair] += gain
    return [list(pair) for pair in sorted(gains, key=lambda pair: (-gains[pair], pair))[:most]]


@dataclass(frozen=True)
class Fitting:
    """Rows ready for LightGBM."""

    reading: Reading
    matrix: Floats
    sample: Sample
    seed: int
    smooth: bool = False  # cuts drawn by chance instead of sought (Geurts, Ernst and Wehenkel 2006)

    def curves(self, shape: Shape) -> Booster:
        """Trees of one input each."""
        asked = {
            "learning_rate": 0.05, "num_leaves": 4, "lambda_l2": 2.0, "feature_fraction": 0.5,
            "max_bin": shape.bins, "bagging_fraction": 0.8, "bagging_freq": 1,
            "extra_trees": self.smooth, "path_smooth": 5.0, "interaction_constraints": self.reading.columns_of,
        }  # fmt: skip
        return self._boosted(asked, shape.rounds)

    def gains(self, known: Floats) -> dict[tuple[int, int], float]:
        """What free trees of two levels gain by splitting a pair of fields together, on what the curves leave."""
        asked = {
            "learning_rate": 0.1, "num_leaves": 4, "max_depth": 2, "lambda_l2": 5.0, "feature_fraction": 0.6,
            "max_bin": 32, "min_data_in_leaf": 50,
        }  # fmt: skip
        return _gains(self._boosted(asked, 60, known), self._field_of)

    def pairs(self, known: Floats, pairs: Sequence[Sequence[int]], shape: Shape) -> Booster:
        """Trees over two fields each, on what the curves leave."""
        columns = self.reading.columns_of
        asked = {
            "learning_rate": 0.03, "num_leaves": 12, "lambda_l2": 5.0, "min_data_in_leaf": 30,
            "max_bin": shape.pair_bins, "bagging_fraction": 0.8, "bagging_freq": 1,
            "extra_trees": self.smooth, "interaction_constraints": [columns[one] + columns[two] for one, two in pairs],
        }  # fmt: skip
        return self._boosted(asked, shape.pair_rounds, known)

    @property
    def _field_of(self) -> dict[int, int]:
        return {column: place for place, group in enumerate(self.reading.columns_of) for column in group}

    def _boosted(self, asked: Mapping[str, Any], rounds: int, known: Floats | None = None) -> Booster:
        """Boosted trees; `known` are log-odds to start from (none: the mean)."""
        return boosted(
            self.reading, Rows(self.matrix, self.sample.hit, known), rounds, {"seed": self.seed, **asked}
        )


def _gains(trees: Booster, field_of: Mapping[int, int]) -> dict[tuple[int, int], float]:
    """What splits below a split of another field gained, by pair of fields."""
    gains: dict[tuple[int, int], float] = defaultdict(float)
    for tree in trees.dump_model()["tree_info"]:
        root = tree["tree_structure"]
        if "split_feature" not in root:
            continue
        for below in (root["left_child"], root["right_child"]):
            one, two = (
                sorted((field_of[root["split_feature"]], field_of[below["split_feature"]]))
                if "split_feature" in below
                else (0, 0)
            )
            if one != two:
                gains[one, two] += below["split_gain"]
    return gains


def written(reading: Reading, trees: Iterable[Booster], weight: float = 1.0) -> Additive:
    """Trees whose leaves read one or two fields, as one table a set of fields; `weight` is that of each tree."""
    together: dict[tuple[int, ...], list[Leaf]] = defaultdict(list)
    field_of = {column: place for place, group in enumerate(reading.columns_of) for column in group}
    for booster in trees:
        for leaf in leaves_of(booster.dump_model()["tree_info"]):
            fields = tuple(sorted({field_of[column] for column in leaf.spans}))
            together[fields].append(replace(leaf, worth=weight * leaf.worth))
    start = float(sum(leaf.worth for leaf in together.pop((), [])))
    parts = (
        _table(reading, places, leaves) for places, leaves in sorted(together.items(), key=_curves_first)
    )
    return Additive(start, tuple(parts), reading.fields)


def _curves_first(entry: tuple[tuple[int, ...], list[Leaf]]) -> tuple[int, tuple[int, ...]]:
    return len(entry[0]), entry[0]


def _table(reading: Reading, places: Sequence[int], leaves: Sequence[Leaf]) -> Part:
    rulers = [ruler_of(reading.fields[at], reading.columns_of[at], reading, leaves) for at in places]
    worth = np.zeros([ruler.axis.bins for ruler in rulers])
    for leaf in leaves:
        worth[np.ix_(*(ruler.inside(leaf) for ruler in rulers))] += leaf.worth
    return Part(tuple(ruler.axis for ruler in rulers), tuple(worth.ravel().tolist()))
