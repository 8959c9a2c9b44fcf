"""A model over the night's features, batch by batch."""

from collections.abc import Callable, Sequence

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole
from xiaoer.scores.rules import Floats, Ints, score
from xiaoer.scores.samples import Field
from xiaoer.scores.terms import Scorecard

SCORES = pa.schema(
    {
        "customer_id": pa.string(), "model": pa.string(), "version": pa.string(), "state": pa.string(),
        "value": pa.float64(), "points": pa.int64(), "band": pa.string(), "parts": pa.list_(pa.int16()),
    }
)  # fmt: skip
BANDS = ((0.05, "low"), (0.20, "medium"), (1.01, "high"))


def read_by(card: Scorecard, requires: str) -> list[str]:
    """The columns of the features that scoring reads."""
    return list(dict.fromkeys(("customer_id", requires, *(entry.name for entry in card.inputs))))


def scoring(card: Scorecard, requires: str) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """A function from a batch of features to a batch of scores.

    Out: customer_id, model, version, state, value (probability), points, band, and parts: the points of each
    input in the card's order, which with the features say why. Firms without `requires` are left out: nothing
    is known that a score could stand on.
    """

    def apply(batch: pa.RecordBatch) -> pa.RecordBatch:
        kept = batch.filter(pc.greater(batch[requires], 0))
        scored = score(card, {entry.name: floats(kept[entry.name]) for entry in card.inputs})
        constant = [
            pa.repeat(str(getattr(card, name)), kept.num_rows) for name in ("model", "version", "state")
        ]
        columns = [kept["customer_id"], *constant, scored.probability, scored.points]
        return pa.RecordBatch.from_arrays(
            [*map(pa.array, columns), bands(scored.probability), _lists(scored.parts)], schema=SCORES
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


def columns(batch: pa.RecordBatch, fields: Sequence[Field]) -> dict[str, Floats]:
    """What a card reads of a batch: numbers as floats; words as their places among the card's, others after them."""
    return {field.name: _read(batch[field.name], field) for field in fields}


def _read(column: pa.Array, field: Field) -> Floats:
    if field.kind == "number":
        return floats(column)
    words = column.cast(pa.string())
    places = pc.fill_null(
        pc.index_in(words, value_set=pa.array(field.levels, pa.string())), len(field.levels)
    )
    return floats(pc.if_else(pc.is_null(words), pa.scalar(None, pa.int32()), places))


def bands(probability: Floats) -> pa.Array:
    """The name of the band each probability lies in."""
    limits = np.array([limit for limit, _ in BANDS[:-1]])
    names = pa.array([name for _, name in BANDS])
    return names.take(pa.array(np.searchsorted(limits, probability, side="right")))


def _lists(parts: Ints) -> pa.ListArray:
    """Rows × inputs as one list per row."""
    rows, inputs = parts.shape
    ends = pa.array(np.arange(rows + 1, dtype=np.int32) * inputs)
    return pa.ListArray.from_arrays(ends, pa.array(parts.ravel()).cast(pa.int16()))
