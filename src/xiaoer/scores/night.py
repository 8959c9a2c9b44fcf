"""A model over the night's features, batch by batch."""

import json
from collections.abc import Callable

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.features.terms import catalogue
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole
from xiaoer.scores.rules import Floats, score, told
from xiaoer.scores.terms import Scorecard

MOST_REASONS = 3
SCORES = pa.schema(
    {
        "customer_id": pa.string(), "model": pa.string(), "version": pa.string(), "state": pa.string(),
        "value": pa.float64(), "points": pa.int64(), "band": pa.string(), "reasons": pa.string(),
        "all_points": pa.string(),
    }
)  # fmt: skip
BANDS = ((0.05, "low"), (0.20, "medium"), (1.01, "high"))


def scoring(card: Scorecard, requires: str) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """A function from a batch of features to a batch of scores.

    Out: customer_id, model, version, state, value (probability), points, band, reasons and all_points
    (JSON). Firms without `requires` are left out: nothing is known that a score could stand on.
    """

    def apply(batch: pa.RecordBatch) -> pa.RecordBatch:
        kept = batch.filter(pc.greater(batch[requires], 0))
        columns = {entry.name: floats(kept[entry.name]) for entry in card.inputs}
        scored = score(card, columns)
        rows = [_explained(card, columns, scored.parts, at) for at in range(kept.num_rows)]
        constant = {
            name: [str(getattr(card, name))] * kept.num_rows for name in ("model", "version", "state")
        }
        return pa.RecordBatch.from_pydict(
            constant
            | {
                "customer_id": kept["customer_id"],
                "value": scored.probability,
                "points": scored.points,
                "band": [band(value) for value in scored.probability],
                "reasons": [top for top, _ in rows],
                "all_points": [every for _, every in rows],
            },
            schema=SCORES,
        )

    return apply


def thinned(known: Frame, label: str, keep_one_in: int) -> Frame:
    """Every so-manyth firm of each outcome, in order of their numbers: the same firms on every engine."""
    if keep_one_in <= 1:
        return known
    placed = known.with_columns(nw.lit(1).alias("one")).with_columns(
        whole(nw.col("one").cum_sum().over(label, order_by="customer_id")).alias("place")
    )
    return placed.filter(nw.col("place") % keep_one_in == 0).drop("one", "place")


def empty_scores() -> pa.Table:
    """No firm scored: what a night without a model writes."""
    return SCORES.empty_table()


def floats(column: pa.Array) -> Floats:
    """A numeric column as floats, nulls as NaN."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def band(probability: float) -> str:
    return next(name for limit, name in BANDS if probability < limit)


def _explained(card: Scorecard, columns: dict[str, Floats], parts: np.ndarray, at: int) -> tuple[str, str]:
    known = catalogue()
    order = sorted(range(len(card.inputs)), key=lambda n: (-abs(int(parts[at, n])), card.inputs[n].name))
    every = [
        told(
            card.inputs[n],
            known[card.inputs[n].name].unit,
            float(columns[card.inputs[n].name][at]),
            int(parts[at, n]),
        )
        for n in order
    ]
    return json.dumps(every[:MOST_REASONS], ensure_ascii=False), json.dumps(every, ensure_ascii=False)
