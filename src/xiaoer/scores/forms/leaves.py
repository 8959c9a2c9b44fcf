"""The leaves of boosted trees: what each is worth, and which values come to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xiaoer.scores.forms.axes import axis_of
from xiaoer.scores.forms.reading import Reading
from xiaoer.scores.forms.tables import Axis
from xiaoer.scores.samples import Field


@dataclass(frozen=True)
class Span:
    """Values above `low` up to `high`; whether a missing one belongs to them."""

    low: float = -np.inf
    high: float = np.inf
    missing: bool = True

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.where(np.isnan(values), self.missing, (values > self.low) & (values <= self.high))


@dataclass(frozen=True)
class Leaf:
    """A leaf's worth in log-odds, and the span of each matrix column on the way to it."""

    worth: float
    spans: Mapping[int, Span]


def leaves_of(trees: Sequence[Mapping[str, Any]]) -> Iterator[Leaf]:
    """Every leaf of a LightGBM model's dump (`dump_model()["tree_info"]`)."""
    for tree in trees:
        yield from _below(tree["tree_structure"], {})


def _below(node: Mapping[str, Any], spans: Mapping[int, Span]) -> Iterator[Leaf]:
    if "split_feature" not in node:
        yield Leaf(float(node["leaf_value"]), spans)
        return
    column, cut = int(node["split_feature"]), float(node["threshold"])
    # Without a missing value in training LightGBM reads one as 0.
    left_missing = bool(node["default_left"]) if node["missing_type"] == "NaN" else cut >= 0
    span = spans.get(column, Span())
    left = replace(span, high=min(span.high, cut), missing=span.missing and left_missing)
    right = replace(span, low=max(span.low, cut), missing=span.missing and not left_missing)
    yield from _below(node["left_child"], {**spans, column: left})
    yield from _below(node["right_child"], {**spans, column: right})


@dataclass(frozen=True)
class Ruler:
    """A field's axis beside the values of its matrix columns that stand for each bin (columns × bins)."""

    axis: Axis
    stands: Mapping[int, NDArray[np.float64]]

    def inside(self, leaf: Leaf) -> NDArray[np.bool_]:
        """The bins of this field that come to a leaf."""
        inside = np.ones(self.axis.bins, dtype=bool)
        for column, values in self.stands.items():
            if column in leaf.spans:
                inside &= leaf.spans[column].holds(values)
        return inside


def ruler_of(field: Field, columns: Sequence[int], reading: Reading, leaves: Sequence[Leaf]) -> Ruler:
    """The bins that the leaves tell apart."""
    line = columns[0]
    edges = {
        edge
        for leaf in leaves
        if line in leaf.spans
        for edge in (leaf.spans[line].low, leaf.spans[line].high)
        if np.isfinite(edge)
    }
    cuts = sorted(edges)
    axis = axis_of(field, reading, cuts)
    unknown = 1 + len(field.special)
    stands = {line: np.array([*cuts, np.inf, *[np.nan] * unknown])}
    for place, column in enumerate(columns[1:]):
        stands[column] = np.zeros(axis.bins)
        stands[column][axis.sizes + 1 + place] = 1.0
    return Ruler(axis, stands)
