"""Rows of a training set as the forms of models read them: numbers, codes with their words, outcomes, firms, days."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xiaoer.features.terms import catalogue
from xiaoer.scores.rules import Floats, Ints
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.specifications import ASKED, Model

HALF = 0.5


def fields_of(model: Model, rows: pa.Table) -> tuple[Field, ...]:
    """What the model reads, with the words these rows (to train on) have and the directions its file gives."""
    return tuple(_field(model, name, rows) for name in model.inputs.names)


def _field(model: Model, name: str, rows: pa.Table) -> Field:
    if (catalogue() | ASKED)[name].unit == "code":
        words = sorted(word for word in pc.unique(rows[name]).to_pylist() if word is not None)
        return Field(name, "category", tuple(words))
    return Field(name, monotone=(name in model.inputs.rising) - (name in model.inputs.falling))


def columns_of(fields: Sequence[Field], rows: pa.Table) -> dict[str, Floats]:
    """Each field's values; NaN where missing, for a word not among a field's words its number of words."""
    return {field.name: _values(field, rows[field.name]) for field in fields}


def _values(field: Field, column: pa.ChunkedArray) -> Floats:
    if field.kind == "number":
        return numbers(column)
    place = pc.index_in(column, pa.array(field.levels, pa.string()))
    codes = pc.if_else(pc.is_null(column), None, pc.fill_null(place, len(field.levels)))
    return numbers(codes)


def numbers(column: pa.ChunkedArray) -> Floats:
    """A numeric column as floats, nulls as NaN."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def sample_of(fields: Sequence[Field], rows: pa.Table, hit: NDArray[np.bool_] | None = None) -> Sample:
    """The rows as a sample; `hit` where something else than the label is to be told apart."""
    return Sample(
        tuple(_keys(rows)),
        columns_of(fields, rows),
        numbers(rows["label"]) > HALF if hit is None else hit,
        owners(rows),
        numbers(rows["on_day"]).astype(np.int64).astype("datetime64[D]"),
    )


def owners(rows: pa.Table) -> Ints:
    """The number of each row's firm."""
    _, place = np.unique(
        np.asarray(rows["customer_id"].to_pylist(), dtype=object).astype(str), return_inverse=True
    )
    return place.astype(np.int64)


def _keys(rows: pa.Table) -> list[str]:
    parts = (rows[name].cast(pa.string()) for name in ("customer_id", "item", "on_day"))
    return pc.binary_join_element_wise(*parts, "/").to_pylist()  # type: ignore[no-any-return]


def thinned(rows: pa.Table, most: int) -> pa.Table:
    """Every so-manyth row of each outcome, in the order given; all rows where there are no more than `most`."""
    if rows.num_rows <= most:
        return rows
    step = -(-rows.num_rows // most)
    label = numbers(rows["label"])
    order = np.argsort(label, kind="stable")
    return rows.take(pa.array(np.sort(order[::step])))
